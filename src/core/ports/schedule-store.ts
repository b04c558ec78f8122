import type { AuditEntry } from '../model/audit.js';
import type { NewAlert } from '../model/incident.js';
import type { Notice, ReasonCode } from '../model/reasons.js';
import type { ActorRef } from '../model/request.js';
import type { RunState } from '../model/run.js';

/** What is remembered of a schedule. All times are ISO 8601 in UTC. */
export interface ScheduleState {
  readonly name: string;
  /** The times that `cursor` is about, by `timingKey`; empty while there is no such schedule. */
  readonly timing: string;
  /** Every time up to this one was dealt with. */
  readonly cursor: string;
  readonly paused: { readonly by: ActorRef; readonly at: string } | null;
  /** Times at which no bot was there, and the last of them. */
  readonly missed: number;
  readonly missedAt: string | null;
  /** Times that were left out because the run before had not ended. */
  readonly skipped: number;
}

/** The run that belongs to a time. */
export interface DueRun {
  readonly id: string;
  readonly state: RunState;
  readonly dryRun: boolean;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly reason: ReasonCode | null;
  readonly successor: string | null;
}

/** One time of a schedule that was dealt with, or is. */
export interface Due {
  readonly id: number;
  readonly schedule: string;
  /** Its time; of a run that somebody began by hand the moment of that. */
  readonly due: string;
  readonly byHand: boolean;
  /** Its run may wait for those before it. */
  readonly queue: boolean;
  /** Something is still to be done about it. */
  readonly open: boolean;
  /** The process that cares for it. */
  readonly owner: string | null;
  /** That process is gone. */
  readonly orphan: boolean;
  /** How often its run was cut off, or its plan changed, before it began. */
  readonly attempts: number;
  /** Why nothing ran; null where a run tells it. */
  readonly notice: Notice | null;
  readonly run: DueRun | null;
}

/** The times of one schedule that have come, and what becomes of them. */
export interface Claim {
  readonly schedule: string;
  /** The cursor that this is based on. */
  readonly from: string;
  readonly to: string;
  readonly begin: readonly { readonly due: string; readonly queue: boolean }[];
  readonly skipped: readonly { readonly due: string; readonly notice: Notice }[];
  readonly missed: { readonly count: number; readonly at: string } | null;
  readonly alert: NewAlert | null;
}

/** So many of each schedule's times are kept. */
export const DUES_KEPT = 200;

/** What schedules leave behind, so that a restart neither loses nor doubles a run. */
export interface ScheduleStore {
  /** By name. */
  states(): Promise<readonly ScheduleState[]>;
  /** From now on these times count from `cursor` on, unless they did already. */
  adopt(name: string, timing: string, cursor: string): Promise<void>;
  /** There is no such schedule any more: what has no run yet gets none. */
  retire(names: readonly string[], notice: Notice): Promise<void>;
  /**
   * Takes the times of several schedules for `owner`, all in one transaction; those whose cursor another process
   * has moved, or that are paused, are left out. Resolves with the names of those that were taken.
   */
  claim(claims: readonly Claim[], owner: string): Promise<readonly string[]>;
  /** What is still to be done, oldest time first. */
  open(): Promise<readonly Due[]>;
  /** Takes over what processes that are gone cared for. */
  takeOver(owner: string): Promise<void>;
  /** The run of this time was cut off, or held back, before it began: it gets another one. */
  again(id: number, runId: string, cutOff: boolean): Promise<void>;
  /** Another run took the place of the one that the time had; counts as an attempt. */
  follow(id: number, runId: string, successor: string): Promise<void>;
  /** Nothing is left to be done. `notice`: why nothing ran. */
  settle(id: number, notice: Notice | null, alert: NewAlert | null): Promise<void>;
  /** False when it is paused already; nothing is written then. */
  pause(name: string, paused: NonNullable<ScheduleState['paused']>, audit: AuditEntry): Promise<boolean>;
  /** Times up to `cursor` are none of it. False when it is not paused; nothing is written then. */
  resume(name: string, cursor: string, audit: AuditEntry): Promise<boolean>;
  /** The newest of each schedule's times, by hand ones too. */
  newest(): Promise<readonly Due[]>;
}
