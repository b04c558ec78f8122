import type { Digest, HostScope, PipeOptions } from '../core/host.js';
import type { Argv } from '../core/plan.js';
import { builtProgram } from './built-program.js';
import { type Command, type CommandSettings, resolveCommand } from './command.js';

/** One process of a pipeline: a command, or the helper that hashes what a command writes. */
export interface Link {
  readonly command: Command;
  /** Of the command in the pipeline. */
  readonly index: number;
  readonly isDigest: boolean;
}

/** The processes of a pipeline, in order; the hashing ones behind the commands that they hash. */
export function linksOf(
  argvs: readonly Argv[],
  options: PipeOptions,
  scope: HostScope,
  settings: CommandSettings,
): readonly Link[] {
  const { env: _env, ...plain } = options;
  return argvs.flatMap((argv, index): readonly Link[] => {
    const link = { command: resolveCommand(argv, options, scope, settings), index, isDigest: false };
    if (!options.digest?.includes(index)) return [link];
    const helper = resolveCommand([process.execPath, builtProgram('digest-helper')], plain, scope, settings);
    return [link, { command: helper, index, isDigest: true }];
  });
}

/** What the helper told as its last line; null when it told none. */
export function digestIn(stderr: string): Digest | null {
  const [, sha256, bytes] = /^\{"sha256":"([0-9a-f]{64})","bytes":(\d+)\}$/.exec(stderr.trim()) ?? [];
  return sha256 === undefined ? null : { sha256, bytes: Number(bytes) };
}
