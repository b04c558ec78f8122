import type { Environment } from '../config.js';
import type { Reads } from '../core/documents/reads.js';
import type { Host, ProcessIdentity } from '../core/ports/host.js';
import type { HttpClient } from '../core/ports/http-client.js';
import type { DataSizes, StoreFacts } from '../core/ports/store-facts.js';

/** What the file system says about a path, links followed. */
export interface PathFacts {
  readonly type: 'file' | 'directory' | 'other';
  /** Permission bits, such as 0o700. */
  readonly mode: number;
  readonly owner: number;
  readonly device: number;
}

/** The machine that is looked at, as far as a {@link Host} does not know it. Nothing here changes anything. */
export interface Machine {
  readonly userId: number;
  /** Is the user in the group of this name? */
  isInGroup(name: string): boolean;
  /** The login name, or the number where the system knows none. */
  nameOf(userId: number): string;
  readonly inContainer: boolean;
  /** Null when nothing is there. Throws HostError when it can't be looked at. */
  look(path: string): Promise<PathFacts | null>;
  /** Why this user can't write there: the system's code, such as `EROFS`; null: it can. */
  writeFault(path: string): Promise<string | null>;
  /** Why an address can't be listened on: the system's code; null: it can. Listens for a moment only. */
  listenFault(host: string, port: number): Promise<string | null>;
}

/** Everything that the doctor looks at, handed in. */
export interface DoctorWorld {
  readonly env: Environment;
  readonly cwd: string;
  readonly shippedIntents: string;
  /** Of ChatOps. */
  readonly version: string;
  /** Of the running Node.js: `20.19.0`. */
  readonly nodeVersion: string;
  /** package.json's `engines.node`: `>=20.19`. */
  readonly engines: string;
  /** Why the `.env` file could not be read; null: it could, or there is none. */
  readonly envFileFault: string | null;
  /** What is mounted now, and what should be: /proc/self/mounts and /etc/fstab. */
  readonly mountsFile: string;
  readonly fstabFile: string;
  readonly machine: Machine;
  /** How the bot's own files are read. */
  readonly reads: Reads;
  /** Of the configuration; see its options. */
  readonly mayTouch: (path: string) => boolean;
  readonly readText: (path: string) => string;
  /** Milliseconds since 1970. */
  now(): number;
  /** A host whose commands end when the signal says so. */
  openHost(signal: AbortSignal): Host;
  /** @param secret what the one secret in a request's headers resolves to */
  http(options: { readonly ca: string | null; readonly secret: string | null }): HttpClient;
  readStore(dataDir: string): Promise<StoreFacts>;
  dataSizes(dataDir: string): Promise<DataSizes>;
  liveness(identity: ProcessIdentity): 'alive' | 'dead' | 'unknown';
}
