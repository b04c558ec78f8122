import * as z from 'zod';
import { branchOf, type Told } from './change.js';

/**
 * GitLab's events, as https://docs.gitlab.com/user/project/integrations/webhook_events/ describes them; only the
 * members that count here.
 */
const Sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);
const Project = z.object({ path_with_namespace: z.string().max(500), default_branch: z.string().nullable() });

const Push = z.object({
  ref: z.string(),
  after: Sha,
  /** Null when the branch was deleted. */
  checkout_sha: Sha.nullable(),
  user_name: z.string(),
  project: Project,
  commits: z.array(z.object({ message: z.string(), url: z.string() })).default([]),
});

const MergeRequest = z.object({
  user: z.object({ name: z.string() }),
  project: Project,
  object_attributes: z.object({
    action: z.string().optional(),
    state: z.string(),
    title: z.string(),
    description: z.string().nullable(),
    target_branch: z.string(),
    source_project_id: z.int(),
    target_project_id: z.int(),
    merge_commit_sha: Sha.nullish(),
    squash_commit_sha: Sha.nullish(),
    last_commit: z.object({ id: Sha }),
    url: z.string(),
  }),
});

/** @throws ZodError when the payload is not as GitLab describes it */
export function readGitlabEvent(event: string, payload: unknown): Told {
  if (event === 'Push Hook') return push(Push.parse(payload));
  if (event === 'Merge Request Hook') return mergeRequest(MergeRequest.parse(payload));
  return { ignored: `The event ${event} starts nothing.` };
}

function push({ ref, checkout_sha, user_name, project, commits }: z.output<typeof Push>): Told {
  const branch = branchOf(ref);
  if (branch === null || checkout_sha === null) {
    return { ignored: 'Only pushes of commits to a branch start something.' };
  }
  return {
    change: {
      provider: 'gitlab',
      repository: project.path_with_namespace,
      branch,
      defaultBranch: project.default_branch ?? '',
      // A push is told by the project that it went to; that it was once forked is not said.
      fork: false,
      texts: commits.map(({ message }) => message),
      commit: checkout_sha,
      author: user_name,
      link: commits.at(-1)?.url ?? '',
    },
  };
}

function mergeRequest({ user, project, object_attributes: merge }: z.output<typeof MergeRequest>): Told {
  if (merge.action !== 'merge' || merge.state !== 'merged') {
    return { ignored: 'Only a merged merge request starts something.' };
  }
  return {
    change: {
      provider: 'gitlab',
      repository: project.path_with_namespace,
      branch: merge.target_branch,
      defaultBranch: project.default_branch ?? '',
      fork: merge.source_project_id !== merge.target_project_id,
      texts: [merge.title, merge.description ?? ''],
      // A fast-forward merge makes no commit of its own.
      commit: merge.merge_commit_sha ?? merge.squash_commit_sha ?? merge.last_commit.id,
      author: user.name,
      link: merge.url,
    },
  };
}
