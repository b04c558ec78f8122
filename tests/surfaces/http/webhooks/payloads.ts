/**
 * Payloads as the public documentation of GitHub and GitLab shows them, with their surroundings: members that
 * nobody reads are there too.
 */

const SHA = '6dcb09b5b57875f334f61aebed695e2e4193db5e';

const githubRepository = {
  id: 35129377,
  node_id: 'MDEwOlJlcG9zaXRvcnkzNTEyOTM3Nw==',
  name: 'infra',
  full_name: 'acme/infra',
  private: true,
  owner: { name: 'acme', login: 'acme', type: 'Organization' },
  html_url: 'https://github.com/acme/infra',
  description: null,
  fork: false,
  url: 'https://github.com/acme/infra',
  created_at: 1430869212,
  pushed_at: 1430869217,
  default_branch: 'main',
  master_branch: 'main',
};

export interface PushOptions {
  readonly branch?: string;
  readonly messages: readonly string[];
  readonly commit?: string;
  readonly fork?: boolean;
  readonly deleted?: boolean;
}

export function githubPush({
  branch = 'main',
  messages,
  commit = SHA,
  fork = false,
  deleted = false,
}: PushOptions) {
  const commits = messages.map((message, index) => ({
    id: `${index}`.padStart(40, '0'),
    tree_id: 'f9d2a07e9488b91af2641b26b9407fe22a451433',
    distinct: true,
    message,
    timestamp: '2026-11-22T14:00:00+01:00',
    url: `https://github.com/acme/infra/commit/${index}`,
    author: { name: 'Ada', email: 'ada@example.com', username: 'ada' },
    committer: { name: 'GitHub', email: 'noreply@github.com', username: 'web-flow' },
    added: [],
    removed: [],
    modified: ['compose/media.yml'],
  }));
  return {
    ref: `refs/heads/${branch}`,
    before: 'a10867b14bb761a232cd80139fbd4c0d33264240',
    after: deleted ? '0'.repeat(40) : commit,
    created: false,
    deleted,
    forced: false,
    base_ref: null,
    compare: 'https://github.com/acme/infra/compare/a10867b14bb7...6dcb09b5b578',
    commits,
    head_commit: commits.at(-1) ?? null,
    repository: { ...githubRepository, fork },
    pusher: { name: 'ada', email: 'ada@example.com' },
    sender: { login: 'ada', id: 6752317, type: 'User', site_admin: false },
  };
}

export interface PullOptions {
  readonly body: string | null;
  readonly title?: string;
  readonly action?: string;
  readonly merged?: boolean;
  readonly head?: string | null;
  readonly base?: string;
  readonly commit?: string;
}

export function githubPull({
  body,
  title = 'Update media',
  action = 'closed',
  merged = true,
  head = 'acme/infra',
  base = 'main',
  commit = SHA,
}: PullOptions) {
  return {
    action,
    number: 2,
    pull_request: {
      url: 'https://api.github.com/repos/acme/infra/pulls/2',
      id: 279147437,
      html_url: 'https://github.com/acme/infra/pull/2',
      number: 2,
      state: action === 'closed' ? 'closed' : 'open',
      locked: false,
      title,
      user: { login: 'ada', id: 21031067, type: 'User' },
      body,
      merged_at: merged ? '2026-11-22T14:00:00Z' : null,
      merge_commit_sha: merged ? commit : null,
      draft: false,
      head: {
        label: 'ada:changes',
        ref: 'changes',
        sha: 'ec26c3e57ca3a959ca5aad62de7213c562f8c821',
        repo: head && { full_name: head, fork: head !== 'acme/infra' },
      },
      base: {
        label: `acme:${base}`,
        ref: base,
        sha: 'f95f852bd8fca8fcc58a9a2d6c842781e32a215e',
        repo: githubRepository,
      },
      merged,
      merged_by: merged ? { login: 'grace', id: 1, type: 'User' } : null,
      commits: 1,
    },
    repository: githubRepository,
    sender: { login: 'grace', id: 1, type: 'User' },
  };
}

const gitlabProject = {
  id: 15,
  name: 'Infra',
  description: '',
  web_url: 'https://gitlab.example.com/acme/ops/infra',
  avatar_url: null,
  git_ssh_url: 'git@gitlab.example.com:acme/ops/infra.git',
  namespace: 'Acme',
  visibility_level: 0,
  path_with_namespace: 'acme/ops/infra',
  default_branch: 'main',
};

export function gitlabPush({ branch = 'main', messages, commit = SHA, deleted = false }: PushOptions) {
  return {
    object_kind: 'push',
    event_name: 'push',
    before: '95790bf891e76fee5e1747ab589903a6a1f80f22',
    after: deleted ? '0'.repeat(40) : commit,
    ref: `refs/heads/${branch}`,
    ref_protected: true,
    checkout_sha: deleted ? null : commit,
    user_id: 4,
    user_name: 'Ada Lovelace',
    user_username: 'ada',
    user_email: '',
    project_id: 15,
    project: gitlabProject,
    commits: messages.map((message, index) => ({
      id: `${index}`.padStart(40, '0'),
      message,
      title: message.split('\n')[0],
      timestamp: '2026-11-22T14:00:00+01:00',
      url: `https://gitlab.example.com/acme/ops/infra/-/commit/${index}`,
      author: { name: 'Ada Lovelace', email: 'ada@example.com' },
      added: [],
      modified: ['compose/media.yml'],
      removed: [],
    })),
    total_commits_count: messages.length,
    repository: { name: 'Infra', homepage: gitlabProject.web_url, visibility_level: 0 },
  };
}

export function gitlabMerge(options: {
  readonly description: string;
  readonly action?: string;
  readonly source?: number;
  readonly commit?: string | null;
}) {
  const { description, action = 'merge', source = 15, commit = SHA } = options;
  return {
    object_kind: 'merge_request',
    event_type: 'merge_request',
    user: { id: 1, name: 'Grace Hopper', username: 'grace', email: '[REDACTED]' },
    project: gitlabProject,
    object_attributes: {
      id: 99,
      iid: 1,
      target_branch: 'main',
      source_branch: 'changes',
      source_project_id: source,
      target_project_id: 15,
      author_id: 4,
      title: 'Update media',
      created_at: '2026-11-22 13:00:00 UTC',
      updated_at: '2026-11-22 14:00:00 UTC',
      state: action === 'merge' ? 'merged' : 'opened',
      merge_status: 'can_be_merged',
      merge_commit_sha: commit,
      squash_commit_sha: null,
      description,
      last_commit: { id: 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7', message: 'change' },
      url: 'https://gitlab.example.com/acme/ops/infra/-/merge_requests/1',
      action,
    },
    labels: [],
    changes: {},
    repository: { name: 'Infra' },
  };
}
