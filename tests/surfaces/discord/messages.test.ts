import { describe, test } from '@jest/globals';
import type { Intent } from '../../../src/core/model/intent.js';
import type { Observation } from '../../../src/core/model/observation.js';
import { code, phrase } from '../../../src/core/model/phrase.js';
import { notice } from '../../../src/core/model/reasons.js';
import type { ProgressSnapshot, Run } from '../../../src/core/model/run.js';
import { type Pace, paceAfter } from '../../../src/core/planning/pace.js';
import { explainRights } from '../../../src/core/policy/explanation.js';
import type { Fault } from '../../../src/core/ports/fault.js';
import type { StackStatus } from '../../../src/core/views/status.js';
import { help, intentList } from '../../../src/surfaces/discord/render/catalogue.js';
import { showCommands } from '../../../src/surfaces/discord/render/commands.js';
import type { Message } from '../../../src/surfaces/discord/render/fit.js';
import { runDetails, runList } from '../../../src/surfaces/discord/render/history.js';
import type { LiveView } from '../../../src/surfaces/discord/render/live-view.js';
import { defect, refusal } from '../../../src/surfaces/discord/render/notices.js';
import { outcomeMessage } from '../../../src/surfaces/discord/render/outcome.js';
import { previewMessage } from '../../../src/surfaces/discord/render/preview.js';
import {
  endedMessage,
  movedMessage,
  progressMessage,
} from '../../../src/surfaces/discord/render/progress.js';
import { settledMessage } from '../../../src/surfaces/discord/render/settled.js';
import { statusMessage } from '../../../src/surfaces/discord/render/status.js';
import { explanationMessage } from '../../../src/surfaces/discord/render/why.js';
import { member, rulesFrom } from '../../support/policy.js';
import { expectGolden } from './golden.js';
import {
  ALICE,
  AWAITING,
  BOB,
  COMMIT,
  ended,
  FAILED,
  PLEX_PART,
  planOf,
  ROLLOUT,
  RUNNING,
  SCALE,
  SCALE_DOWN,
  SUCCEEDED,
} from './sample-runs.js';

const NOW = new Date('2026-11-22T14:18:22.000Z');
const COPYING: ProgressSnapshot = {
  part: 0,
  step: 1,
  done: 1_120_986_464,
  total: 1_932_735_283,
  unit: 'bytes',
  current: 'Library/Databases/com.plexapp.plugins.library.blobs.db',
};
/** Seconds after 14:18:02, and where the step was then. */
function paceOf(...reports: readonly (readonly [number, Partial<ProgressSnapshot>])[]): Pace | null {
  const began = Date.parse('2026-11-22T14:18:02.000Z');
  return reports.reduce<Pace | null>(
    (pace, [second, change]) => paceAfter(pace, { part: 0, step: 1, ...change }, began + second * 1000),
    null,
  );
}
const LIVE: LiveView = {
  run: RUNNING,
  waitsFor: [],
  graph: null,
  pace: paceOf(
    [0, {}],
    [0.1, { ...COPYING, done: 0 }],
    [10, { ...COPYING, done: 560_493_232 }],
    [20, COPYING],
  ),
  now: NOW,
};
/** The same step as earlier runs took it. */
const KNOWN: Run = {
  ...RUNNING,
  plan: planOf({
    ...PLEX_PART,
    expected: { tookMs: 52_000, stepsMs: { Stop: 2000, Copy: 36_000 }, runs: 1, scaled: false },
  }),
};
const QUEUED: Run = { ...RUNNING, state: 'queued', startedAt: null };
const OTHER: Run = { ...RUNNING, id: 'r-9xq4', actor: BOB, intent: 'media-all', action: 'rollout' };

const BLOCKED: Run = {
  ...ended(AWAITING, { state: 'refused', reason: 'blocked', summary: [phrase`Nothing was run.`] }),
  plan: planOf({
    ...PLEX_PART,
    effects: [],
    warnings: [],
    blockers: [
      notice(
        'tool_missing',
        phrase`${code('rsync')} is not installed on this host.`,
        phrase`Install it (${code('apt install rsync')}), then try again.`,
      ),
      notice('source_empty', phrase`${code('/srv/media')} is empty.`),
    ],
  }),
};
const CHANGED = ended(QUEUED, {
  state: 'plan_changed',
  reason: 'plan_changed',
  summary: [phrase`${code('web')} has 3 replicas now, not 2.`],
  successor: 'r-8aaa',
});
const SUCCESSOR: Run = { ...AWAITING, id: 'r-8aaa', previous: 'r-7k2m' };
const MIRROR: Run = {
  ...AWAITING,
  plan: planOf({
    ...PLEX_PART,
    effects: [
      {
        kind: 'delete',
        target: '/mnt/nas/media',
        paths: Array.from({ length: 100_000 }, (_, index) => `films/old-${index}.mkv`),
      },
    ],
  }),
};
const INTERRUPTED = ended(RUNNING, {
  state: 'interrupted',
  reason: 'process_died',
  summary: [
    phrase`The bot was restarted while it ran.`,
    phrase`${code('plex')} was found stopped and has been started; the partial file is removed.`,
    phrase`No new backup was made.`,
  ],
});
const ROLLED_BACK = ended(
  { ...ROLLOUT, decidedBy: ALICE, startedAt: RUNNING.startedAt },
  {
    state: 'rolled_back',
    reason: 'not_healthy',
    summary: [
      phrase`${code('plex')} ${code('sha256:c0de…de')}: ${code('media-plex-1')} never became healthy (waited 2 min: ${code('connection refused')}).`,
      phrase`${code('plex')} runs the image from before again (${code('sha256:3fa9…c1')}) and is healthy.`,
      phrase`It was down or restarting for up to 2 min 10 s.`,
      phrase`${code('sonarr')} and ${code('radarr')} keep their new versions.`,
    ],
    next: phrase`Look at the container’s last lines below, or pin the earlier version in the Compose file.`,
    tail: ['connection refused on :32400'],
  },
);
const STOPPED = ended(
  { ...RUNNING, stopRequestedBy: BOB },
  {
    state: 'cancelled',
    reason: 'stopped',
    summary: [phrase`Stopped by bob.`, phrase`The partial file is gone.`],
  },
);
const SINCE = { since: '2026-11-10T14:17:00.000Z' };
const thing = (name: string, more: Partial<Observation> = SINCE): Observation => ({
  key: `container:${name}`,
  name,
  state: 'running',
  healthy: null,
  detail: phrase`${code('linuxserver/sonarr:4.0')}`,
  ...more,
});
const MEDIA: StackStatus = {
  stack: 'media',
  things: [
    thing('media-sonarr-1', {
      ...SINCE,
      healthy: false,
      detail: phrase`${code('linuxserver/sonarr:4.0')}, its check says ${code('connection refused')}`,
    }),
    thing('tautulli', { state: 'absent', detail: [] }),
    thing('media-plex-1', { healthy: true, detail: phrase`${code('plexinc/pms-docker:latest')}` }),
    thing('media-radarr-1', {
      ...SINCE,
      state: 'stopped',
      detail: phrase`${code('radarr:5')}, exit code 137`,
    }),
    thing('media-web-1'),
    thing('media-web-2', { state: 'starting' }),
  ],
  notices: [],
  runs: [ROLLED_BACK, SUCCEEDED],
};
const AI: StackStatus = {
  stack: 'ai',
  things: [],
  notices: [notice('docker_unreachable', phrase`Docker does not answer: ${code('connection refused')}.`)],
  runs: [],
};
const FAULT: Fault = {
  key: 'data-directory',
  notice: notice(
    'store_unavailable',
    phrase`The disk of ${code('/data')} is full.`,
    phrase`Free some space.`,
  ),
  since: '2026-11-22T13:55:00.000Z',
  blocksRuns: true,
};

const MANY: StackStatus = {
  ...MEDIA,
  things: Array.from({ length: 60 }, (_, index) => thing(`media-web-${index + 1}`)),
  runs: [],
};
const INTENT: Intent = {
  name: 'plex-database',
  file: '/srv/intents/plex-database.yaml',
  description: 'Plex with its database',
  action: 'backup',
  stack: 'media',
  labelRequired: null,
  dependsOn: [],
  params: [],
  template: null,
  steps: [],
};
const PROBLEM = {
  file: '/srv/intents/broken.yaml',
  line: 3,
  column: 1,
  field: 'retention_dayz',
  message: 'This field is unknown.',
  hint: 'Did you mean retention_days?',
};
const STALE = notice('intent_stale', phrase`${code('plex-database')} is used in its last good version.`);

const EXPLANATION = explainRights(
  rulesFrom(`roles:
  Operator: {discord_roles: Ops, rights: run}
  Viewer: {discord_roles: "@everyone", rights: view}
  Admin: {discord_roles: Admin, rights: "*"}
confirm:
  Two: {stacks: media, confirm: two_people}
`),
  member('olga', ['Ops']),
  [{ intent: 'rollout_media', action: 'rollout', stack: 'media' }],
  new Date('2026-11-22T14:00:00Z'),
  'you',
);

const CASES: Readonly<Record<string, () => Message>> = {
  preview: () => previewMessage(AWAITING),
  'preview-dry-run': () => previewMessage({ ...AWAITING, state: 'planned', dryRun: true, expiresAt: null }),
  'preview-blocked': () => previewMessage(BLOCKED),
  'preview-blocked-early': () =>
    previewMessage({
      ...BLOCKED,
      plan: planOf(...BLOCKED.plan.parts.map((part) => ({ ...part, steps: [] }))),
    }),
  'preview-two-parts': () =>
    previewMessage({ ...AWAITING, plan: planOf({ ...PLEX_PART, intent: 'config-files' }, PLEX_PART) }),
  'preview-of-a-commit': () => previewMessage({ ...AWAITING, shown: { surface: 'webhook', commit: COMMIT } }),
  'outcome-of-a-commit': () =>
    outcomeMessage(
      {
        ...SUCCEEDED,
        shown: { surface: 'webhook', commit: { ...COMMIT, link: 'https://x) [a](javascript:0' } },
      },
      '',
    ),
  'preview-as-last-time': () => previewMessage({ ...KNOWN, state: 'awaiting' }),
  'preview-first-run': () =>
    previewMessage({ ...AWAITING, plan: planOf({ ...PLEX_PART, expected: 'first_run' }) }),
  'preview-scale': () => previewMessage(SCALE),
  'preview-scale-down': () => previewMessage(SCALE_DOWN),
  'preview-rollout': () => previewMessage(ROLLOUT),
  'preview-many-deletions': () => previewMessage(MIRROR),
  commands: () => showCommands(AWAITING),
  confirmed: () => progressMessage({ ...LIVE, run: QUEUED, pace: null }, true),
  waiting: () => progressMessage({ ...LIVE, run: QUEUED, pace: null, waitsFor: [OTHER] }, true),
  progress: () => progressMessage(LIVE, true),
  'progress-many-deletions': () => progressMessage({ ...LIVE, run: { ...RUNNING, plan: MIRROR.plan } }, true),
  'progress-early': () =>
    progressMessage({ ...LIVE, run: KNOWN, pace: paceOf([10, {}], [20, { ...COPYING, done: 1000 }]) }, false),
  'progress-unknown-total': () => {
    const { total: _, ...counted } = COPYING;
    return progressMessage({ ...LIVE, pace: paceOf([0, { ...counted, done: 0 }], [20, counted]) }, false);
  },
  'progress-stalled': () =>
    progressMessage({ ...LIVE, run: KNOWN, now: new Date('2026-11-22T14:19:02.000Z') }, false),
  'progress-slow': () =>
    progressMessage(
      {
        ...LIVE,
        run: KNOWN,
        pace: paceOf([0, { ...COPYING, done: 0 }], [80, { ...COPYING, done: 900_000_000 }], [100, COPYING]),
        now: new Date('2026-11-22T14:19:42.000Z'),
      },
      false,
    ),
  'progress-fresh': () => progressMessage(LIVE, false),
  'progress-stopping': () => progressMessage({ ...LIVE, run: { ...RUNNING, stopRequestedBy: BOB } }, false),
  'progress-moved': () => movedMessage(RUNNING, true),
  'progress-ended': () => endedMessage(SUCCEEDED, true),
  'outcome-succeeded': () => outcomeMessage(SUCCEEDED, 'not attached'),
  'outcome-failed': () => outcomeMessage(FAILED, 'tar: first line\ntar: last line\n'),
  'outcome-rolled-back': () => outcomeMessage(ROLLED_BACK, ''),
  'outcome-interrupted': () => outcomeMessage(INTERRUPTED, ''),
  'outcome-cancelled': () => outcomeMessage(STOPPED, ''),
  'settled-cancelled': () =>
    settledMessage(
      ended({ ...AWAITING, decidedBy: ALICE }, { state: 'cancelled', reason: 'cancelled_by_asker' }),
      null,
    ),
  'settled-expired': () =>
    settledMessage(ended(AWAITING, { state: 'expired', reason: 'not_confirmed_in_time' }), null),
  'settled-changed': () => settledMessage(CHANGED, SUCCESSOR),
  'settled-changed-alone': () => settledMessage(CHANGED, null),
  'settled-refused': () =>
    settledMessage(
      ended(QUEUED, {
        state: 'refused',
        reason: 'not_allowed',
        summary: [phrase`alice can’t run ${code('plex-database')}.`, phrase`Nothing was run.`],
        next: phrase`Ask a server administrator to do it.`,
      }),
      null,
    ),
  'refusal-rights': () =>
    refusal(notice('not_allowed', phrase`alice can’t run ${code('media')}.`, phrase`Ask an administrator.`)),
  'refusal-run-unknown': () =>
    refusal(notice('run_unknown', phrase`There is no run ${code('r-7k2n')}.`), ['r-7k2m']),
  'run-list': () => runList([AWAITING, RUNNING, SUCCEEDED, FAILED, OTHER, CHANGED]),
  'run-list-empty': () => runList([]),
  'run-details': () => runDetails({ ...FAILED, params: { replicas: 3 }, previous: 'r-1111' }, 'log line\n'),
  status: () => statusMessage([AI, MEDIA]),
  'status-fine': () => statusMessage([{ ...MEDIA, things: MEDIA.things.slice(2, 3), runs: [] }]),
  'status-empty': () => statusMessage([]),
  'status-many': () => statusMessage([MANY]),
  'status-in-trouble': () => statusMessage([MEDIA], [], [FAULT]),
  'status-without-store': () => statusMessage([], [], [FAULT]),
  'status-too-much': () =>
    statusMessage(Array.from({ length: 40 }, (_, index) => ({ ...MEDIA, stack: `stack-${index + 1}` }))),
  intents: () =>
    intentList([{ intent: INTENT, runnable: true }], () => STALE, { outdated: null, problems: [PROBLEM] }),
  'intents-empty': () => intentList([], () => null, { outdated: null, problems: [] }),
  help: () => help({ backup: 3, scale: 1, rollout: 2, steps: 0 }),
  'help-backups-only': () => help({ backup: 1, scale: 0, rollout: 0, steps: 0 }),
  'intents-some-only-seen': () =>
    intentList([{ intent: INTENT, runnable: false }], () => null, { outdated: null, problems: [] }),
  why: () => explanationMessage(EXPLANATION),
  'why-hostile': () =>
    explanationMessage({
      ...EXPLANATION,
      intent: '`@everyone` **x**',
      roles: ['[a](http://x)'],
      confirm: null,
    }),
  defect: () => defect('e-12345678'),
};

describe('what people read in Discord', () => {
  test.each(Object.entries(CASES))('%s', (name, render) => expectGolden(name, render()));
});
