import type { ArtifactDesk } from '../core/admission/adoption.js';
import type { Reads } from '../core/documents/reads.js';
import type { CircuitDesk } from '../core/incidents/circuit-desk.js';
import type { Diagnosis } from '../core/model/diagnosis.js';
import type { Catalogue } from '../core/model/intent.js';
import type { Actor } from '../core/model/request.js';
import type { Run } from '../core/model/run.js';
import type { Pipeline } from '../core/pipeline.js';
import type { PolicyFiles } from '../core/policy/source.js';
import type { AuditStore, RunStore } from '../core/ports/store.js';
import type { ScheduleDesk } from '../core/schedule/desk.js';
import type { CliError } from './errors.js';

/** What the commands need of an opened ChatOps. */
export interface App {
  /** Puts right what dead processes left behind; resolves with the runs that were tidied up. */
  repair(): Promise<readonly Run[]>;
  readonly pipeline: Pick<
    Pipeline,
    | 'events'
    | 'admit'
    | 'prepare'
    | 'shutdown'
    | 'decide'
    | 'stop'
    | 'check'
    | 'visible'
    | 'status'
    | 'seen'
    | 'locks'
  >;
  readonly catalogue: Pick<Catalogue, 'problems' | 'warning'>;
  readonly runs: Pick<RunStore, 'get' | 'list' | 'readLog'>;
  readonly audit: Pick<AuditStore, 'list' | 'verify' | 'look' | 'accept'>;
  readonly artifacts: ArtifactDesk;
  readonly circuitDesk: CircuitDesk;
  readonly scheduleDesk: Pick<ScheduleDesk, 'list' | 'pause' | 'resume' | 'runNow' | 'problems'>;
  /** There is no data folder, so no history either; why, and what to do. */
  readonly missing: CliError | null;
  close(): Promise<void>;
}

export type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
export type InputStream = NodeJS.ReadableStream & { readonly isTTY?: boolean };

export type Access = 'look' | 'read' | 'write';

/** The world of the command line, handed in so that it can be tested without a process of its own. */
export interface CliDeps {
  /**
   * Opens store, catalogue and pipeline. For reading, nothing is made, and whatever would write throws; to look at the
   * world as it is now, there needn't be a data folder.
   * @throws CliError when the configuration is wrong, or there is nothing to read
   */
  open(access: Access): Promise<App>;
  /** Runs the bot until it is told to end; resolves with the exit code. */
  start(): Promise<number>;
  /** Looks at everything that an installation needs, also when nothing is right; never rejects. */
  doctor(): Promise<Diagnosis>;
  /** Runs the bot in the playground, whatever is configured for Discord; resolves with the exit code. */
  playground(): Promise<number>;
  /** The configured intents folder, for `validate` without a path; throws {@link CliError} as `open` does. */
  intentsDir(): string;
  /** The configured schedules file; null when there is none. Throws as `open` does. */
  schedulesFile(): string | null;
  /** Where the rules of who may do what are configured; throws as `open` does. */
  policyFiles(): PolicyFiles;
  /** How files of people are read: a share that doesn't answer is told at a deadline. */
  readonly reads: Reads;
  readonly version: string;
  readonly operator: Actor;
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** `NO_COLOR` and `TERM` are looked at. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls back on each signal to end, and when the terminal goes away; returns the function that ends the subscription. */
  onInterrupt(listener: () => void): () => void;
  now(): Date;
}
