import { describe, test } from '@jest/globals';
import type { Intent } from '../../../src/core/intent/intent.js';
import { code, phrase } from '../../../src/core/phrase.js';
import { notice } from '../../../src/core/reasons.js';
import type { Run } from '../../../src/core/run.js';
import { help, intentList } from '../../../src/surfaces/discord/render/catalogue.js';
import { showCommands } from '../../../src/surfaces/discord/render/commands.js';
import type { Message } from '../../../src/surfaces/discord/render/fit.js';
import { runDetails, runList } from '../../../src/surfaces/discord/render/history.js';
import { defect, refusal } from '../../../src/surfaces/discord/render/notices.js';
import { outcomeMessage } from '../../../src/surfaces/discord/render/outcome.js';
import { previewMessage } from '../../../src/surfaces/discord/render/preview.js';
import {
  endedMessage,
  type LiveView,
  movedMessage,
  progressMessage,
} from '../../../src/surfaces/discord/render/progress.js';
import { settledMessage } from '../../../src/surfaces/discord/render/settled.js';
import { expectGolden } from './golden.js';
import { ALICE, AWAITING, BOB, ended, FAILED, PLEX_PART, planOf, RUNNING, SUCCEEDED } from './sample-runs.js';

const NOW = new Date('2026-11-22T14:18:22.000Z');
const LIVE: LiveView = {
  run: RUNNING,
  waitsFor: [],
  progress: {
    part: 0,
    step: 1,
    done: 1_120_986_464,
    total: 1_932_735_283,
    unit: 'bytes',
    current: 'Library/Databases/com.plexapp.plugins.library.blobs.db',
  },
  stepStartedAt: new Date('2026-11-22T14:18:02.000Z'),
  now: NOW,
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
  { ...OTHER, intent: 'media' },
  {
    state: 'rolled_back',
    reason: 'check_failed',
    summary: [phrase`${code('plex')} 1.41.2 never became healthy (waited 120 s).`],
    next: phrase`look at the container’s last lines below.`,
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
const INTENT: Intent = {
  name: 'plex-database',
  file: '/srv/intents/plex-database.yaml',
  description: 'Plex with its database',
  action: 'backup',
  stack: 'media',
  labelRequired: null,
  dependsOn: [],
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

const CASES: Readonly<Record<string, () => Message>> = {
  preview: () => previewMessage(AWAITING),
  'preview-dry-run': () => previewMessage({ ...AWAITING, state: 'planned', dryRun: true, expiresAt: null }),
  'preview-blocked': () => previewMessage(BLOCKED),
  'preview-two-parts': () =>
    previewMessage({ ...AWAITING, plan: planOf({ ...PLEX_PART, intent: 'config-files' }, PLEX_PART) }),
  'preview-many-deletions': () => previewMessage(MIRROR),
  commands: () => showCommands(AWAITING),
  confirmed: () => progressMessage({ ...LIVE, run: QUEUED, progress: null }, true),
  waiting: () => progressMessage({ ...LIVE, run: QUEUED, progress: null, waitsFor: [OTHER] }, true),
  progress: () => progressMessage(LIVE, true),
  'progress-many-deletions': () => progressMessage({ ...LIVE, run: { ...RUNNING, plan: MIRROR.plan } }, true),
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
  intents: () => intentList([INTENT], () => STALE, [PROBLEM]),
  'intents-empty': () => intentList([], () => null, []),
  help: () => help(3),
  defect: () => defect('e-12345678'),
};

describe('what people read in Discord', () => {
  test.each(Object.entries(CASES))('%s', (name, render) => expectGolden(name, render()));
});
