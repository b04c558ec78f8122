import type { Artifact } from './artifact.js';
import type { HistoryStore } from './history.js';
import type { ChildRecord, ProcessIdentity } from './host.js';
import type { Json } from './plan.js';
import type { ActorRef, Source } from './request.js';
import type { Run, RunPatch, RunState, RunSummary } from './run.js';

/** One row of the audit trail, before it is chained. Texts are redacted already. */
export interface AuditEntry {
  readonly at: string;
  /** What happened: `planned`, `confirmed`, `cancelled`, `stop_requested`, `running`, `finished`, `refused`, … */
  readonly event: string;
  readonly actor: ActorRef;
  readonly source: Source;
  readonly runId: string | null;
  readonly intent: string;
  readonly detail: Json;
}

/** A chained row: `hash` is sha256 over `previousHash` and the entry's canonical JSON. */
export interface AuditRow extends AuditEntry {
  readonly seq: number;
  readonly previousHash: string;
  readonly hash: string;
}

/** What `chatops audit verify` found. `problems` is empty when the trail is whole. */
export interface AuditVerdict {
  readonly rows: number;
  readonly problems: readonly { readonly seq: number; readonly problem: string }[];
}

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
  /** False when the id is taken already; nothing is written then. */
  insert(run: Run, audit: AuditEntry): Promise<boolean>;
  get(id: string): Promise<Run | null>;
  /** Newest first. */
  list(filter: RunFilter): Promise<readonly RunSummary[]>;
  /**
   * Compare-and-set: changes the state only if it is `from` now, with the patch and the audit row in the
   * same transaction. False when somebody else was faster; nothing is written then.
   */
  transition(id: string, from: RunState, to: RunState, patch: RunPatch, audit: AuditEntry): Promise<boolean>;
  /** Changes what is not part of the state machine. */
  patch(
    id: string,
    patch: Pick<RunPatch, 'progress' | 'shown' | 'reported' | 'stopRequestedBy'>,
  ): Promise<void>;
  /** Hands a dead owner's run over, so that only one process recovers it. False when it has moved on. */
  claim(id: string, fromOwner: string, toOwner: string): Promise<boolean>;
  /** Replaces the run's log: text, redacted, already bounded. */
  writeLog(id: string, text: string): Promise<void>;
  readLog(id: string): Promise<string>;
  /** Durable when it returns. */
  appendJournal(id: string, part: number, kind: string, data: Json): Promise<void>;
  journal(id: string): Promise<readonly JournalRow[]>;
  /** Facts that a successful run left for the next plan of the same intent and part. */
  remember(intent: string, part: number, facts: Json): Promise<void>;
  remembered(intent: string, part: number): Promise<Json>;
}

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
  /** Those still there, oldest first. */
  list(intent: string): Promise<readonly Artifact[]>;
  markDeleted(intent: string, path: string, at: string): Promise<void>;
}

export interface AuditStore {
  append(entry: AuditEntry): Promise<void>;
  /** Newest first. */
  list(limit: number): Promise<readonly AuditRow[]>;
  verify(): Promise<AuditVerdict>;
}

/** Everything that outlives a process. Every method is atomic; errors throw {@link StoreError}. */
export interface Store {
  readonly runs: RunStore;
  readonly leases: LeaseStore;
  readonly owners: OwnerStore;
  readonly artifacts: ArtifactStore;
  readonly history: HistoryStore;
  readonly audit: AuditStore;
  close(): Promise<void>;
}

/** The store can't be read or written; `message` says which file and why. */
export class StoreError extends Error {
  constructor(message: string, options?: { cause: unknown }) {
    super(message, options);
    this.name = 'StoreError';
  }
}
