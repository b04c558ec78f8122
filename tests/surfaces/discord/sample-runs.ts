import { code, phrase } from '../../../src/core/model/phrase.js';
import type { Plan, PlanPart } from '../../../src/core/model/plan.js';
import { notice } from '../../../src/core/model/reasons.js';
import type { Outcome, Run } from '../../../src/core/model/run.js';

export const ALICE = { kind: 'user', id: '100000000000000001', name: 'alice' } as const;
export const BOB = { kind: 'user', id: '100000000000000002', name: 'bob' } as const;
const ASKED = '2026-11-22T14:17:00.000Z';
const ARCHIVE = '/srv/backups/plex/plex_db_backup_20261122_141700.tar.zst';

export const PLEX_PART: PlanPart = {
  intent: 'plex-database',
  kind: 'files',
  action: 'backup',
  stack: 'media',
  steps: [
    {
      title: phrase`Stop ${code('plex')} (running for 12 days). Down for about 40 s, as last time.`,
      commands: [['docker', 'stop', '-t', '60', '--', 'plex']],
    },
    {
      title: phrase`Copy 1.8 GiB (214 files) to ${code(ARCHIVE)}, about 610 MiB.`,
      commands: [
        ['docker', 'cp', 'plex:/config/Library', '-'],
        ['zstd', '-T0', '-3', '--password', { secret: 'ARCHIVE_PASSWORD' }, "it's fine"],
      ],
    },
    { title: phrase`Start ${code('plex')} and wait until it is healthy.`, commands: [] },
    { title: phrase`Check the archive, then delete 2 old ones. 28 stay.`, commands: [] },
  ],
  effects: [
    { kind: 'stop', target: 'plex' },
    { kind: 'write', target: ARCHIVE, bytes: 1_932_735_283, files: 214, estimate: false },
    {
      kind: 'delete',
      target: '/srv/backups/plex',
      paths: [
        '/srv/backups/plex/plex_db_backup_20261020_141700.tar.zst',
        '/srv/backups/plex/plex_db_backup_20261021_141700.tar.zst',
      ],
    },
  ],
  touches: ['stack:media'],
  warnings: [
    notice(
      'destination_low',
      phrase`The destination will have 12 GiB left (4 %).`,
      phrase`Free some space soon.`,
    ),
  ],
  blockers: [],
  targets: null,
  data: null,
};

export function planOf(...parts: readonly PlanPart[]): Plan {
  return {
    intent: 'plex-database',
    action: 'backup',
    stack: 'media',
    plannedAt: ASKED,
    parts,
    touches: parts.flatMap((part) => part.touches),
    fingerprint: 'f'.repeat(64),
  };
}

export const AWAITING: Run = {
  id: 'r-7k2m',
  intent: 'plex-database',
  action: 'backup',
  stack: 'media',
  params: {},
  actor: ALICE,
  source: 'discord',
  dryRun: false,
  state: 'awaiting',
  createdAt: ASKED,
  expiresAt: '2026-11-22T14:32:00.000Z',
  decidedBy: null,
  queuedAt: null,
  startedAt: null,
  finishedAt: null,
  owner: null,
  plan: planOf(PLEX_PART),
  outcome: null,
  progress: null,
  shown: { surface: 'discord', channelId: '20', messageId: '30', liveId: '30', liveSince: Date.parse(ASKED) },
  reported: false,
  stopRequestedBy: null,
  previous: null,
};

export const RUNNING: Run = {
  ...AWAITING,
  state: 'running',
  decidedBy: ALICE,
  queuedAt: '2026-11-22T14:18:00.000Z',
  startedAt: '2026-11-22T14:18:01.000Z',
};

export function ended(from: Run, outcome: Partial<Outcome> & Pick<Outcome, 'state' | 'reason'>): Run {
  return {
    ...from,
    state: outcome.state,
    finishedAt: '2026-11-22T14:18:53.000Z',
    outcome: { summary: [], warnings: [], tail: [], ...outcome },
  };
}

export const SUCCEEDED = ended(RUNNING, {
  state: 'succeeded',
  reason: 'done',
  summary: [
    phrase`1.8 GiB → 604 MiB in 52 s; plex was down for 38 s.`,
    phrase`${code(ARCHIVE)}, checked, sha256 ${code('3fa9…c1')}`,
    phrase`2 old archives deleted, 28 kept.`,
  ],
});

export const FAILED = ended(RUNNING, {
  state: 'failed',
  reason: 'destination_full',
  summary: [
    phrase`The destination is full: 610 MiB needed, 88 MiB free on ${code('/srv/backups')}.`,
    phrase`Nothing half-done is left: the partial file is gone, ${code('plex')} runs again (down for 21 s).`,
  ],
  next: phrase`Free some space or lower ${code('retention_days')}, then Retry.`,
  tail: ['zstd: error 70 : Write error : cannot write block : No space left on device'],
});

const WEB_PART: PlanPart = {
  ...PLEX_PART,
  intent: 'web',
  kind: 'scale',
  action: 'scale',
  warnings: [],
};
const composeUp = ['docker', 'compose', '-f', '/opt/stacks/media/docker-compose.yml', 'up', '-d'];

export const SCALE: Run = {
  ...AWAITING,
  intent: 'web',
  action: 'scale',
  params: { replicas: 5 },
  plan: {
    ...planOf({
      ...WEB_PART,
      steps: [
        {
          title: phrase`${code('web')}: 2 → 5 replicas. 3 containers are created: ${code('media-web-3')}, ${code('media-web-4')}, ${code('media-web-5')}.`,
          commands: [[...composeUp, '--scale', 'web=5', '--', 'web']],
        },
        {
          title: phrase`Wait until each new one is up, and healthy where it has a check, for 10 s. Else go back.`,
          commands: [],
        },
      ],
      effects: ['media-web-3', 'media-web-4', 'media-web-5'].map((target) => ({ kind: 'create', target })),
    }),
    intent: 'web',
    action: 'scale',
  },
};

export const SCALE_DOWN: Run = {
  ...SCALE,
  params: { replicas: 0 },
  plan: {
    ...SCALE.plan,
    parts: [
      {
        ...WEB_PART,
        steps: [
          {
            title: phrase`${code('web')}: 2 → 0 replicas. 2 containers are stopped and removed: ${code('media-web-1')}, ${code('media-web-2')}. The service is off then.`,
            commands: [[...composeUp, '--scale', 'web=0', '--', 'web']],
          },
        ],
        effects: ['media-web-1', 'media-web-2'].map((target) => ({ kind: 'remove', target })),
      },
    ],
  },
};

const PULLED = `sha256:${'c0de'.repeat(16)}`;

export const ROLLOUT: Run = {
  ...AWAITING,
  id: 'r-9xq4',
  intent: 'media',
  action: 'rollout',
  plan: {
    ...planOf({
      ...PLEX_PART,
      intent: 'media',
      kind: 'rollout',
      action: 'rollout',
      warnings: [],
      steps: [
        {
          title: phrase`Pull what is new and hold the images that run now.`,
          commands: [['docker', 'pull', '--', `plexinc/pms-docker@${PULLED}`]],
        },
        {
          title: phrase`${code('plex')}: ${code('plexinc/pms-docker:latest')}, ${code('sha256:3fa9…c1')} → ${code('sha256:c0de…de')}. 1 container is replaced.`,
          commands: [[...composeUp, '--force-recreate', '--', 'plex']],
        },
        { title: phrase`${code('sonarr')}: already current, not touched.`, commands: [] },
      ],
      effects: [{ kind: 'replace', target: 'media-plex-1' }],
    }),
    intent: 'media',
    action: 'rollout',
  },
};

export const COMMIT = {
  provider: 'github',
  repository: 'anna/media',
  branch: 'main',
  commit: '4f1c2d3a5b6c7d8e9f00112233445566778899aa',
  author: 'Anna *the* Admin @everyone',
  link: 'https://github.example/anna/media/commit/4f1c2d3a5b6c',
} as const;
