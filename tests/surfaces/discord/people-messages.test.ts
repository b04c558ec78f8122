import { describe, test } from '@jest/globals';
import type { Consent } from '../../../src/core/model/consent.js';
import type { Lock } from '../../../src/core/model/lock.js';
import type { Run } from '../../../src/core/model/run.js';
import { outcomes } from '../../../src/core/records/outcomes.js';
import type { Message } from '../../../src/surfaces/discord/render/fit.js';
import { runDetails, runList } from '../../../src/surfaces/discord/render/history.js';
import { lockedMessage, unlockedMessage } from '../../../src/surfaces/discord/render/lock.js';
import { outcomeMessage } from '../../../src/surfaces/discord/render/outcome.js';
import { previewMessage } from '../../../src/surfaces/discord/render/preview.js';
import { progressMessage } from '../../../src/surfaces/discord/render/progress.js';
import { settledMessage } from '../../../src/surfaces/discord/render/settled.js';
import { statusMessage } from '../../../src/surfaces/discord/render/status.js';
import { expectGolden } from './golden.js';
import { ALICE, AWAITING, BOB, ended, RUNNING, SUCCEEDED } from './sample-runs.js';

const TWO: Consent = {
  confirm: 'two_people',
  approverRoles: [],
  typed: false,
  confirmed: null,
  approved: null,
};
const yes = (by: typeof ALICE | typeof BOB) => ({ by, at: '2026-11-22T14:20:00.000Z', fingerprint: 'f' });
const SCHEDULE = { kind: 'schedule', id: 'nightly', name: 'nightly' } as const;

const FROM_DISCORD: Run = {
  ...AWAITING,
  consent: { ...TWO, approverRoles: ['Night shift', '100000000000000077'] },
};
const SCHEDULED: Run = { ...AWAITING, source: 'schedule', actor: SCHEDULE, consent: TWO };
const NEVER: Run = { ...AWAITING, consent: { ...TWO, confirm: 'never' } };
const APPROVED: Run = { ...RUNNING, decidedBy: BOB, consent: { ...TWO, approved: yes(BOB) } };
const LIVE = { waitsFor: [], graph: null, pace: null, now: new Date('2026-11-22T14:20:05.000Z') };
const LOCK: Lock = {
  stack: 'media',
  holder: ALICE,
  reason: 'moving *disks* @everyone',
  since: '2026-11-22T14:00:00.000Z',
  until: '2026-11-22T16:00:00.000Z',
};

const CASES: Readonly<Record<string, () => Message>> = {
  'people-two': () => previewMessage(FROM_DISCORD),
  'people-two-unasked': () => previewMessage(SCHEDULED),
  'people-two-confirmed': () => previewMessage({ ...SCHEDULED, consent: { ...TWO, confirmed: yes(ALICE) } }),
  'people-two-approved': () => progressMessage({ ...LIVE, run: { ...APPROVED, state: 'queued' } }, true),
  'people-one-unasked': () => previewMessage({ ...SCHEDULED, consent: { ...TWO, confirm: 'person' } }),
  'people-one': () => previewMessage({ ...AWAITING, consent: { ...TWO, confirm: 'person' } }),
  'people-never': () => previewMessage(NEVER),
  'people-never-changed': () => previewMessage({ ...NEVER, id: 'r-8aaa' }, ended(NEVER, CHANGED)),
  'people-typed': () => previewMessage({ ...AWAITING, consent: { ...TWO, confirm: null, typed: true } }),
  'people-rejected': () =>
    settledMessage({ ...ended(FROM_DISCORD, outcomes.rejected(BOB)), decidedBy: BOB }, null),
  'people-details': () => runDetails({ ...SUCCEEDED, ...APPROVED, state: 'succeeded' }, ''),
  'people-outcome-unasked': () => outcomeMessage({ ...SUCCEEDED, actor: SCHEDULE, decidedBy: BOB }, ''),
  'people-run-list': () => runList([AWAITING, FROM_DISCORD, SCHEDULED]),
  'lock-taken': () => lockedMessage(LOCK),
  'lock-endless': () => lockedMessage({ ...LOCK, until: null }),
  'lock-lifted': () => unlockedMessage(LOCK, BOB),
  'lock-status': () => statusMessage([{ stack: 'media', things: [], notices: [], runs: [], lock: LOCK }]),
};
const CHANGED = { state: 'plan_changed', reason: 'plan_changed', successor: 'r-8aaa' } as const;

describe('what people read who have to agree, or hold a stack', () => {
  test.each(Object.entries(CASES))('%s', (name, render) => expectGolden(name, render()));
});
