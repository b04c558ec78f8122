import type { Argv } from '../core/model/plan.js';
import type { Digest, HostScope, PipeOptions } from '../core/ports/host.js';
import { builtProgram } from './built-program.js';
import { type Command, type CommandSettings, resolveCommand } from './command.js';

/** One process of a pipeline: a command, or the helper that hashes what a command writes. */
export interface Link {
  readonly command: Command;
  /** Of the command in the pipeline. */
  readonly index: number;
  readonly isDigest: boolean;
  /** This process hashes what it writes, on its way to the next one. */
  readonly isHashedHere: boolean;
}

/** A helper costs as much time as hashing so many bytes here does, at least on a small machine. */
const SMALL = 32 * 1024 * 1024;

/** The processes of a pipeline, in order; the hashing ones behind the commands that they hash. */
export function linksOf(
  argvs: readonly Argv[],
  options: PipeOptions,
  scope: HostScope,
  settings: CommandSettings,
): readonly Link[] {
  const { env: _env, ...plain } = options;
  return argvs.flatMap((argv, index): readonly Link[] => {
    const isHashed = options.digest?.includes(index) === true;
    // What the last one writes goes to a file, or nowhere.
    const isHashedHere = isHashed && isSmall(options) && index + 1 < argvs.length;
    const command = resolveCommand(argv, options, scope, settings);
    const link = { command, index, isDigest: false, isHashedHere };
    if (!isHashed || isHashedHere) return [link];
    const helper = resolveCommand([process.execPath, builtProgram('digest-helper')], plain, scope, settings);
    return [link, { command: helper, index, isDigest: true, isHashedHere: false }];
  });
}

function isSmall({ digestBytes }: PipeOptions): boolean {
  return digestBytes !== undefined && digestBytes <= SMALL;
}

/** What the helper told as its last line; null when it told none. */
export function digestIn(stderr: string): Digest | null {
  const [, sha256, bytes] = /^\{"sha256":"([0-9a-f]{64})","bytes":(\d+)\}$/.exec(stderr.trim()) ?? [];
  return sha256 === undefined ? null : { sha256, bytes: Number(bytes) };
}
