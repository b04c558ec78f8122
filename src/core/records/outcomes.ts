import { type Phrase, phrase, plain } from '../model/phrase.js';
import { type Notice, REASONS, type ReasonCode } from '../model/reasons.js';
import type { ActorRef } from '../model/request.js';
import type { FinalState, Outcome } from '../model/run.js';
import type { StopCause } from '../model/stop-cause.js';

function outcome(
  state: FinalState,
  reason: ReasonCode,
  summary: Outcome['summary'],
  more?: Partial<Outcome>,
): Outcome {
  return { state, reason, summary, warnings: [], tail: [], ...more };
}

/** What is not as it was shown any more: the world, or the version of ChatOps that reads the plan. */
export type WhyAsked = 'changed' | 'other_version';

/** States that say of a run that the process did not let it go on. */
const ENDS_EARLY: readonly FinalState[] = ['cancelled', 'plan_changed'];

const WHY_ASKED: Readonly<Record<WhyAsked, Phrase>> = {
  changed: phrase`Something changed since the preview.`,
  other_version: phrase`The preview was made by another version of ChatOps.`,
};

/** The outcomes that the pipeline itself gives; executors give the others. */
export const outcomes = {
  blocked: (blockers: readonly Notice[]): Outcome =>
    outcome('refused', 'blocked', [
      ...blockers.map(({ message, remedy }) => phrase`${message} ${remedy}`),
      phrase`Nothing was run.`,
    ]),

  /** Everything is as it should be already, or nothing can be done: nobody was asked, and nothing ran. */
  nothingToDo: (notices: readonly Notice[]): Outcome => {
    const next = notices.find(({ remedy }) => plain(remedy) !== REASONS.nothing_to_do.remedy)?.remedy;
    const summary = notices.map(({ message }) => message);
    return outcome('succeeded', 'nothing_to_do', summary, next === undefined ? {} : { next });
  },

  planFailed: (): Outcome =>
    outcome(
      'refused',
      'internal_error',
      [phrase`The plan could not be made: this is a defect in ChatOps.`, phrase`Nothing was run.`],
      {
        next: phrase`Report it with the run’s id and the log.`,
      },
    ),

  cancelled: (): Outcome => outcome('cancelled', 'cancelled_by_asker', [phrase`Nothing was run.`]),

  rejected: (by: ActorRef): Outcome =>
    outcome('cancelled', 'rejected', [phrase`Rejected by ${by.name}. Nothing was run.`]),

  expired: (): Outcome =>
    outcome('expired', 'not_confirmed_in_time', [phrase`Nobody confirmed it in time. Nothing was run.`]),

  refused: ({ code, message, remedy }: Notice): Outcome =>
    outcome('refused', code, [message, phrase`Nothing was run.`], { next: remedy }),

  /** `changes` says what is another thing now; where nothing can be named, only that something is. */
  planChanged: (successor: string, why: WhyAsked, changes: readonly Phrase[]): Outcome =>
    outcome('plan_changed', 'plan_changed', changes.length > 0 ? changes : [WHY_ASKED[why]], { successor }),

  /** A step in the middle would do something else now; the successor asks about the rest, if anybody can answer. */
  paused: (reported: Outcome, successor: string, isAnswerable: boolean): Outcome => ({
    ...reported,
    next: isAnswerable
      ? phrase`Read the new preview: what is done is not repeated.`
      : (reported.next ?? phrase`Look at what changed, then run it again.`),
    successor,
  }),

  /** The same, where the new preview could not be made. */
  notAskedAgain: (reported: Outcome, { message, remedy }: Notice): Outcome => ({
    ...reported,
    summary: [...reported.summary, phrase`What is left could not be previewed. ${message}`],
    next: remedy,
  }),

  /** Ended while it waited for its turn. */
  endedInQueue: (cause: StopCause): Outcome =>
    cause.kind === 'shutdown'
      ? outcome('interrupted', 'shutdown', [
          phrase`The bot was stopped before its turn came. Nothing was run.`,
        ])
      : outcome('cancelled', 'stopped', [
          phrase`${cause.by.name} cancelled it while it waited. Nothing was run.`,
        ]),

  /** Ended while its plan was being made. */
  endedInPlanning: (cause: StopCause): Outcome =>
    cause.kind === 'shutdown'
      ? outcome('interrupted', 'shutdown', [
          phrase`The bot was stopped while the plan was made. Nothing was run.`,
        ])
      : outcome('cancelled', 'stopped', [
          phrase`${cause.by.name} cancelled it while the plan was made. Nothing was run.`,
        ]),

  /** What the executor reported after it was told to end early, with the one who caused it. */
  endedEarly: (reported: Outcome, cause: StopCause): Outcome =>
    cause.kind === 'shutdown'
      ? {
          ...reported,
          state: ENDS_EARLY.includes(reported.state) ? 'interrupted' : reported.state,
          reason: 'shutdown',
          summary: [phrase`The bot was stopped while it ran.`, ...reported.summary],
        }
      : { ...reported, summary: [phrase`Stopped by ${cause.by.name}.`, ...reported.summary] },

  /** Something failed in the middle, outside of what the parts do. */
  cutOff: ({ code, message, remedy }: Notice): Outcome =>
    outcome('failed', code, [message, phrase`It ended in the middle of this run.`], { next: remedy }),

  /** Something failed before it began: a store that can't be written, or a defect. */
  notBegun: ({ code, message, remedy }: Notice): Outcome =>
    outcome('failed', code, [message, phrase`Nothing was run.`], { next: remedy }),
} as const;
