import * as z from 'zod';
import type { Run } from './run.js';

/** The commit whose text asked for a run. All of it is a stranger's. */
export const Commit = z.object({
  provider: z.enum(['github', 'gitlab']),
  /** `owner/name`, or a path of groups on GitLab. */
  repository: z.string(),
  branch: z.string(),
  /** 40 or 64 hex digits. */
  commit: z.string(),
  author: z.string(),
  /** Where people can read it. */
  link: z.string(),
});
export type Commit = z.infer<typeof Commit>;

/** The commit that a run came from, which stays with the place where it is shown; null: it came from none. */
export function commitOf({ shown }: Pick<Run, 'shown'>): Commit | null {
  return Commit.safeParse(shown?.commit).data ?? null;
}
