import type { Artifact } from '../model/artifact.js';
import type { AuditEntry, AuditRow, AuditVerdict } from '../model/audit.js';
import type { Consent } from '../model/consent.js';
import type { AlertEvent, Incident, NewAlert, NewAlertEvent } from '../model/incident.js';
import type { Lock } from '../model/lock.js';
import type { OriginKeys } from '../model/origin.js';
import type { Json, Plan } from '../model/plan.js';
import type { Notice } from '../model/reasons.js';
import type { Source } from '../model/request.js';
import type { PruneReport, Retention } from '../model/retention.js';
import type { Run, RunPatch, RunState, RunSummary } from '../model/run.js';
import type { ScheduleTie } from '../model/schedule-tie.js';
import type { Circuit } from './circuit.js';
import type { HistoryStore, LegacyPart } from './history.js';
import type { ChildRecord, ProcessIdentity } from './host.js';
import type { ScheduleStore } from './schedule-store.js';

export interface RunFilter {
  readonly limit: number;
  readonly intent?: string;
  readonly states?: readonly RunState[];
  /** Runs that this surface shows and whose end it has not told yet. */
  readonly unreportedBy?: Source;
  /** Only runs whose preview is open no longer at this instant (ISO 8601). */
  readonly expiredAt?: string;
  /** Only runs that this owner executes. */
  readonly owner?: string;
}

/** Runs, their logs and their journals. */
export interface RunStore {
  /**
   * False when the id is taken already; nothing is written then.
   * @param tie the time of a schedule that the run is for
   * @throws DueTakenError when that time has a run already, or needs none any more
   */
  insert(run: Run, audit: AuditEntry, tie?: ScheduleTie): Promise<boolean>;
  /** Gives a run that is still `planned` another plan; false when it is not. */
  replan(id: string, plan: Plan, patch: RunPatch, audit: AuditEntry): Promise<boolean>;
  get(id: string): Promise<Run | null>;
  /** Newest first. */
  list(filter: RunFilter): Promise<readonly RunSummary[]>;
  /**
   * Compare-and-set: changes the state only if it is `from` now, with the patch and the audit row in the
   * same transaction. False when somebody else was faster; nothing is written then.
   */
  transition(
    id: string,
    from: RunState,
    to: RunState,
    patch: RunPatch,
    audit: AuditEntry,
    also?: {
      /** It is also too late when somebody has agreed meanwhile, or who has to agree changed. */
      readonly onlyIf?: { readonly consent: Consent | undefined };
      /** What the change raises. */
      readonly alert?: NewAlert | null;
    },
  ): Promise<boolean>;
  /** Changes what is not part of the state machine. */
  patch(
    id: string,
    patch: Pick<RunPatch, 'progress' | 'shown' | 'reported' | 'stopRequestedBy'>,
  ): Promise<void>;
  /** Runs that a process has to carry on: those with an owner, and those that should have one. Oldest first. */
  unfinished(limit: number): Promise<readonly UnfinishedRun[]>;
  /**
   * Hands a dead owner's run over, so that only one process recovers it; null: it has none. False when it has moved on.
   */
  claim(id: string, fromOwner: string | null, toOwner: string): Promise<boolean>;
  /** Replaces the run's log: text, redacted, already bounded. */
  writeLog(id: string, text: string): Promise<void>;
  readLog(id: string): Promise<string>;
  /** Durable when it returns. */
  appendJournal(id: string, part: number, kind: string, data: Json): Promise<void>;
  journal(id: string): Promise<readonly JournalRow[]>;
  /** Facts that a successful run left for the next plan of what it was about. */
  remember(origin: string, facts: Json): Promise<void>;
  /** @param legacy the part of an intent whose facts count where none are kept of the origin; null: there is none */
  remembered(origin: OriginKeys, legacy: LegacyPart | null): Promise<Json>;
}

/** A run that has not ended, and who carries it. */
export type UnfinishedRun = Pick<Run, 'id' | 'state' | 'owner'>;

export interface JournalRow {
  readonly part: number;
  readonly kind: string;
  readonly data: Json;
}

/** The journal kind under which the core records children; `data` is a {@link ChildRecord}. */
export const CHILD = 'child';
export type ChildJournalData = ChildRecord;

export interface Lease {
  readonly key: string;
  readonly runId: string;
  readonly owner: string;
  readonly since: string;
}

/** Exclusive holds of runs on what their plans touch. */
export interface LeaseStore {
  /**
   * Takes all keys or none. A key is taken when a lease of another run overlaps it (see leases.ts), and also
   * while an older queued run waits for an overlapping one, so that nobody is overtaken.
   * Returns the ids of the runs in the way; empty means granted.
   */
  acquire(runId: string, owner: string, keys: readonly string[], at: string): Promise<readonly string[]>;
  release(runId: string): Promise<void>;
  list(): Promise<readonly Lease[]>;
}

export interface Owner extends ProcessIdentity {
  readonly id: string;
  readonly heartbeatAt: string;
}

/** The processes that execute runs. */
export interface OwnerStore {
  /** Records or refreshes the owner. */
  beat(owner: Owner): Promise<void>;
  remove(id: string): Promise<void>;
  list(): Promise<readonly Owner[]>;
}

export interface ArtifactStore {
  add(artifact: Artifact): Promise<void>;
  /** An intent's that are still there, also those of the name it had before; oldest first. */
  list(intent: string): Promise<readonly Artifact[]>;
  /**
   * Those still there of an origin, oldest first.
   * @param intent whose artifacts without an origin belong to it too; null: none do
   */
  belonging(key: string, before: string | null, intent: string | null): Promise<readonly Artifact[]>;
  /** Those still there whose path is below a folder, of all intents; oldest first. */
  below(folder: string): Promise<readonly Artifact[]>;
  /** Every one that is known, deleted ones too; oldest first. */
  all(): Promise<readonly Artifact[]>;
  markDeleted(intent: string, path: string, at: string): Promise<void>;
}

/** What came from outside and must be handled once, also after a restart: deliveries of webhooks. */
export interface DeliveryStore {
  /** Claims all of these keys at once. False when any of them was claimed before; nothing is written then. */
  claim(keys: readonly string[], at: string): Promise<boolean>;
}

/** The files that the store keeps open. */
export interface StoreFiles {
  /**
   * What is wrong with them now; null: they are those that were opened, and can be written. What isn't so holds back
   * all writes until it is. Never rejects, and never takes long.
   */
  look(): Promise<Notice | null>;
  /** Damage that was met while the database was used; null: none was. */
  damage(): Notice | null;
  /**
   * Reads all of the database in a process of its own; null: it is intact.
   * @throws when that could not be done, or `signal` came
   */
  check(signal: AbortSignal): Promise<Notice | null>;
}

export interface AuditStore {
  /** With the alert that it raises, in the same transaction. */
  append(entry: AuditEntry, alert?: NewAlert | null): Promise<void>;
  /** Newest first. */
  list(limit: number): Promise<readonly AuditRow[]>;
  verify(): Promise<AuditVerdict>;
  /** What is wrong with the end of the trail now, by one row and the file that says where it ends; null: nothing. */
  look(): Promise<Notice | null>;
  /**
   * Goes on from the trail as it is, whatever {@link look} finds, with a row that says so; its `detail` is filled in.
   * False when nothing is wrong.
   */
  accept(entry: AuditEntry): Promise<boolean>;
}

/** People's holds on stacks. */
export interface LockStore {
  /** False when somebody else's lock is in force at `now` (ISO 8601); nothing is written then. */
  take(lock: Lock, now: string, audit: AuditEntry): Promise<boolean>;
  /** False when this very lock is gone; nothing is written then. */
  lift(lock: Lock, audit: AuditEntry): Promise<boolean>;
  /** Those in force at `now` (ISO 8601), by stack. */
  list(now: string): Promise<readonly Lock[]>;
}

/** How far one destination was told about one incident. Numbers are `seq`s of events; 0: nothing yet. */
export interface Delivery {
  /** Events up to this one were told. */
  readonly told: number;
  /** The card shows this one and all before it. */
  readonly shown: number;
  /** What is being sent, marked before it is: after a crash it is looked for before it is sent again. */
  readonly attempt: Json;
  /** Where the incident is shown. Plain data of the destination's own. */
  readonly place: Json;
}

/** Incidents, their events, and the outbox: what each destination was told of them. */
export interface IncidentStore {
  /** Opens, continues or ends the subject's incident. An end without an open incident is nothing. */
  raise(alert: NewAlert): Promise<void>;
  get(id: string): Promise<Incident | null>;
  /** Open incidents that are about something that ran before. */
  unwell(): Promise<readonly Incident[]>;
  /** Those after a `seq`, oldest first. */
  events(
    id: string,
    range: { readonly after: number; readonly limit: number },
  ): Promise<readonly AlertEvent[]>;
  /** The last `limit` events that count, newest first. */
  troubles(id: string, limit: number): Promise<readonly AlertEvent[]>;
  /** What a person did about an open incident, with its audit row. False when it is over. */
  note(id: string, note: IncidentNote, audit: AuditEntry): Promise<boolean>;
  /** Ends mutes that last until `at` (ISO 8601) at most, each with an event. Returns how many. */
  endMutes(at: string): Promise<number>;
  /**
   * From now on this destination is told of incidents: those that are open, and later ones. The first time
   * counts; a destination that was away is told what it missed.
   */
  enroll(destination: string, at: string): Promise<void>;
  /** Incidents of which the destination was not told everything, those with the oldest news first. */
  due(destination: string, limit: number): Promise<readonly string[]>;
  /** How many events the destination was not told yet. */
  pending(destination: string): Promise<number>;
  delivery(destination: string, id: string): Promise<Delivery>;
  /** Durable when it returns; members that are not named stay as they are. */
  record(destination: string, id: string, change: Partial<Delivery>): Promise<void>;
  /** Forgets incidents that were resolved before this instant and that these destinations know all of. */
  trim(before: string, destinations: readonly string[]): Promise<number>;
}

/** An event that a person causes; `until` is the end of a mute. */
export interface IncidentNote {
  readonly event: NewAlertEvent & { readonly kind: 'acknowledged' | 'muted' | 'resolved' };
  readonly until?: string;
}

/** Everything that outlives a process. Every method is atomic; errors throw {@link StoreError}. */
/** A circuit as it is kept for the next process. */
export interface KeptCircuit extends Circuit {
  /** How often its pause was prolonged. */
  readonly pauses: number;
}

/** What outside isn't asked now. */
export interface CircuitStore {
  list(): Promise<readonly KeptCircuit[]>;
  put(circuit: KeptCircuit): Promise<void>;
  remove(target: string): Promise<void>;
}

export interface Store {
  readonly runs: RunStore;
  readonly leases: LeaseStore;
  readonly locks: LockStore;
  readonly owners: OwnerStore;
  readonly artifacts: ArtifactStore;
  readonly history: HistoryStore;
  readonly audit: AuditStore;
  readonly incidents: IncidentStore;
  readonly deliveries: DeliveryStore;
  readonly schedules: ScheduleStore;
  readonly circuits: CircuitStore;
  readonly files: StoreFiles;
  /** Removes what has outlived its time, in small steps, until nothing is left or `signal` comes, which rejects. */
  prune(retention: Retention, signal: AbortSignal): Promise<PruneReport>;
  close(): Promise<void>;
}

/** A run was to be recorded for a time of a schedule that has one, or needs none any more; nothing was written. */
export class DueTakenError extends Error {
  constructor(name: string) {
    super(`this time of the schedule ${name} has a run already, or needs none any more`);
    this.name = 'DueTakenError';
  }
}

/**
 * What keeps the store from working: its disk is `full`, another process keeps it `locked`, its files may not be
 * written (`denied`), are `damaged` or `gone`, the disk reports an error (`io`), or nothing answers in time.
 */
export type StoreFault = 'full' | 'locked' | 'denied' | 'damaged' | 'gone' | 'io' | 'unanswered' | 'unknown';

/** The store can't be read or written; `message` says which file and why. */
export class StoreError extends Error {
  readonly fault: StoreFault;
  /** The folder that holds the store; null where it is not known. */
  readonly folder: string | null;

  constructor(
    message: string,
    options: { readonly cause?: unknown; readonly fault?: StoreFault; readonly folder?: string } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'StoreError';
    this.fault = options.fault ?? 'unknown';
    this.folder = options.folder ?? null;
  }
}

/** The store works, and will never take this write: it is about a run that is not there, or breaks a rule. */
export class StoreRefusal extends StoreError {
  constructor(message: string, options: ConstructorParameters<typeof StoreError>[1] = {}) {
    super(message, options);
    this.name = 'StoreRefusal';
  }
}
