import * as z from 'zod';
import { branchOf, type Told } from './change.js';

/**
 * GitHub's events, as https://docs.github.com/en/webhooks/webhook-events-and-payloads describes them; only the
 * members that count here.
 */
const Sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);
const Repository = z.object({
  full_name: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
  default_branch: z.string(),
  fork: z.boolean(),
});

const Push = z.object({
  ref: z.string(),
  after: Sha,
  deleted: z.boolean().default(false),
  repository: Repository,
  commits: z.array(z.object({ message: z.string() })).default([]),
  head_commit: z.object({ url: z.string() }).nullish(),
  pusher: z.object({ name: z.string() }),
});

const PullRequest = z.object({
  action: z.string(),
  repository: Repository,
  pull_request: z.object({
    merged: z.boolean().nullish(),
    merge_commit_sha: Sha.nullish(),
    title: z.string(),
    body: z.string().nullable(),
    html_url: z.string(),
    user: z.object({ login: z.string() }),
    merged_by: z.object({ login: z.string() }).nullish(),
    base: z.object({ ref: z.string() }),
    /** Null when the fork is gone. */
    head: z.object({ repo: z.object({ full_name: z.string() }).nullable() }),
  }),
});

/** @throws ZodError when the payload is not as GitHub describes it */
export function readGithubEvent(event: string, payload: unknown): Told {
  if (event === 'push') return push(Push.parse(payload));
  if (event === 'pull_request') return pullRequest(PullRequest.parse(payload));
  return { ignored: `The event ${event} starts nothing.` };
}

function push({
  ref,
  after,
  deleted,
  repository,
  commits,
  head_commit,
  pusher,
}: z.output<typeof Push>): Told {
  const branch = branchOf(ref);
  if (branch === null || deleted) return { ignored: 'Only pushes of commits to a branch start something.' };
  return {
    change: {
      provider: 'github',
      repository: repository.full_name,
      branch,
      defaultBranch: repository.default_branch,
      fork: repository.fork,
      texts: commits.map(({ message }) => message),
      commit: after,
      author: pusher.name,
      link: head_commit?.url ?? '',
    },
  };
}

function pullRequest({ action, repository, pull_request: pull }: z.output<typeof PullRequest>): Told {
  if (action !== 'closed' || pull.merged !== true || !pull.merge_commit_sha) {
    return { ignored: 'Only a merged pull request starts something.' };
  }
  return {
    change: {
      provider: 'github',
      repository: repository.full_name,
      branch: pull.base.ref,
      defaultBranch: repository.default_branch,
      // The author of a fork's pull request can change its text until the moment it is merged.
      fork: repository.fork || pull.head.repo?.full_name !== repository.full_name,
      texts: [pull.title, pull.body ?? ''],
      commit: pull.merge_commit_sha,
      author: pull.merged_by?.login ?? pull.user.login,
      link: pull.html_url,
    },
  };
}
