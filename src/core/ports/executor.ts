import type * as z from 'zod';
import type { Artifact, NewArtifact } from '../model/artifact.js';
import type { FieldsByKind, IntentKind } from '../model/intent.js';
import type { LeftDown, Started } from '../model/left-down.js';
import type { Observed } from '../model/observation.js';
import type { Origin } from '../model/origin.js';
import type { Phrase } from '../model/phrase.js';
import type { Json, PlanDraft, PlanPart } from '../model/plan.js';
import type { Notice, ReasonCode } from '../model/reasons.js';
import type { ProgressSnapshot } from '../model/run.js';
import type { Host } from './host.js';

/** What plan() may use. It reads and probes; it changes nothing. */
export interface PlanContext {
  readonly intent: string;
  readonly stack: string;
  readonly host: Host;
  readonly signal: AbortSignal;
  /** The instant of the first plan; unchanged when planned again, so that names stay as shown. */
  readonly plannedAt: Date;
  /** Nothing begins by this plan: it may rest on what another service said a moment ago. */
  readonly dryRun: boolean;
  /** Is the secret set? Its value is only ever resolved by the host. */
  readonly hasSecret: (name: string) => boolean;
  /** What of its fields parameters decide, as a part of a file's name; empty when they decide nothing. */
  readonly label: string;
  /** Those of the same origin that are still there, oldest first. */
  readonly artifacts: () => Promise<readonly Artifact[]>;
  /** All of the catalogue that are below a folder of the host, whoever made them. */
  readonly neighbours: (folder: string) => Promise<readonly Artifact[]>;
  /** What the last successful run of the same origin noted with {@link RunContext.remember}. */
  readonly remembered: () => Promise<Json>;
  /** What runs have left down and nobody has seen running since: the keys of the things. */
  readonly leftDown: () => Promise<ReadonlySet<string>>;
}

/** What observe() may use. It reads and changes nothing, and may be cut off at any time. */
export type ObserveContext = Pick<PlanContext, 'intent' | 'stack' | 'host' | 'signal' | 'hasSecret'>;

export interface JournalEntry {
  readonly kind: string;
  readonly data: Json;
}

/** What run() and recover() may use. */
export interface RunContext {
  readonly runId: string;
  readonly intent: string;
  /** What its artifacts belong to; null in a run whose plan was made before that was kept. */
  readonly origin: Origin | null;
  readonly host: Host;
  /** Aborted when somebody stops the run. Put things back, then return `cancelled`. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /**
   * For what must be known before it is done: durable when it returns. Throws a StoreError when it can't be written;
   * what it announces must not be done then.
   */
  readonly journal: (kind: string, data: Json) => Promise<void>;
  /** For what goes on whether it is written down or not: what has been done, and every step of a way back. Never rejects. */
  readonly note: (kind: string, data: Json) => Promise<void>;
  readonly step: (index: number, state: 'running' | 'done' | 'failed') => void;
  readonly progress: (update: Omit<ProgressSnapshot, 'part' | 'step'>) => void;
  /** Adds what is there to the catalogue, now or as soon as the store takes it. Never rejects. */
  readonly addArtifact: (artifact: NewArtifact) => Promise<void>;
  readonly artifactDeleted: (path: string) => Promise<void>;
  /** A line of a tool that the host did not run, such as a service's log; goes where commands' output goes. */
  readonly output: (line: string) => void;
  /** Waits for a service that isn't asked through the host: while it is silent, the run keeps nobody from a place. */
  readonly outside?: <T>(answer: Promise<T>) => Promise<T>;
  /** Kept for the next plan of the same origin, when this run succeeds. */
  readonly remember: (facts: Json) => void;
  /** A later step may have this part undone: what that needs stays until {@link Executor.release}. */
  readonly mayBeUndone?: boolean;
}

/** How an executor's part ended. Only bugs throw. */
export interface PartResult {
  readonly state: 'succeeded' | 'failed' | 'rolled_back' | 'cancelled';
  readonly reason: ReasonCode;
  /** Sentences: what happened, then what is so now. */
  readonly summary: readonly Phrase[];
  readonly next?: Phrase;
  /** What ran before can be put back on request with {@link Executor.rollBack}; this says what that would do. */
  readonly rollBack?: Phrase;
  readonly warnings: readonly Notice[];
  /** What ran before this part and doesn't now. */
  readonly left?: readonly LeftDown[];
  /** What it started and what has to stay up. */
  readonly started?: readonly Started[];
}

/** What was found and put right after a process died in the middle of a part. */
export interface RecoveryReport {
  readonly summary: readonly Phrase[];
  /** What ran before can be put back with {@link Executor.rollBack}; then this says what it would do. */
  readonly rollBack?: Phrase;
  /** What ran before the part and doesn't now. */
  readonly left?: readonly LeftDown[];
}

/** How an executor's working data of a stored plan is read back. */
export interface DataFormat<Data extends Json = Json> {
  /** Raised when the data gets another shape or meaning. */
  readonly version: number;
  /** Loaded when it is needed. */
  readonly schema: () => Promise<z.ZodType<Data>>;
  /**
   * Brings data of an earlier version (0: of before there were versions) into today's shape, so that what a run of then
   * left is recovered, undone and rolled back. It is never run: what waits with it is asked again. May throw.
   */
  readonly earlier?: (data: Json, version: number) => Json;
}

/** Knows one kind of intent. */
export interface Executor<Kind extends IntentKind = IntentKind, Data extends Json = Json> {
  readonly kind: Kind;
  /** Left out where any data will do. */
  readonly data?: DataFormat<Data>;
  /** plan() asks only other machines, which costs this one nothing: it takes no place among the plans at once. */
  readonly asksElsewhere?: boolean;
  /**
   * Planning costs as much as the work, and run() proves itself what matters of a plan of a moment ago: one that nobody has
   * looked at is not made again before it runs.
   */
  readonly plansOnce?: boolean;
  /**
   * The hosts, paths and services that plan() and observe() ask, such as `path:/mnt/nas/x` or `host:nas.lan`: few of
   * the same host, service or mount are asked at once; paths on a disk of this machine don't count. Left out: one place
   * for the stack.
   */
  places?(fields: FieldsByKind[Kind]): readonly string[];
  plan(fields: FieldsByKind[Kind], ctx: PlanContext): Promise<PlanDraft<Data>>;
  /**
   * What is another thing in a part that was planned again, in sentences such as ‘web has 2 replicas now, not 3’. Left out
   * where the targets speak for themselves.
   */
  differs?(shown: PlanPart<Data>, now: PlanPart<Data>): Promise<readonly Phrase[]>;
  run(part: PlanPart<Data>, ctx: RunContext): Promise<PartResult>;
  /** Called for the part that was running; its leftover children have been ended already. */
  recover(part: PlanPart<Data>, journal: readonly JournalEntry[], ctx: RunContext): Promise<RecoveryReport>;
  /**
   * Puts back what ran before a part that has ended, because a later step of its run failed; null when there is
   * nothing (more) to put back. Left out where what was done stays, such as a backup. Can be repeated when the
   * process died in the middle of it.
   */
  undo?(part: PlanPart<Data>, journal: readonly JournalEntry[], ctx: RunContext): Promise<PartResult | null>;
  /** Removes what was kept for undo(), once nothing of the run is undone any more. Warns of what it can't remove. */
  release?(part: PlanPart<Data>, ctx: RunContext): Promise<readonly Notice[]>;
  /** Puts back what ran before an interrupted part; offered where `recover` said that it can be done. */
  rollBack?(part: PlanPart<Data>, journal: readonly JournalEntry[], ctx: RunContext): Promise<PartResult>;
  /**
   * What of that which the intent is about runs now, for `/status`. A tool that fails is a notice, not an
   * error; left out where nothing keeps running.
   */
  observe?(fields: FieldsByKind[Kind], ctx: ObserveContext): Promise<Observed>;
}
