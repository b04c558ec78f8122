import type { Context } from './context.js';
import type { Access, CliDeps } from './deps.js';
import type { Output } from './output.js';

/** What the program's actions need besides the command line itself. */
export interface ProgramHooks {
  readonly deps: CliDeps;
  readonly out: Output;
  /** Opens ChatOps, tidies up after dead processes unless it only reads, works, and closes it again on every way out. */
  withApp(work: (ctx: Context) => Promise<number>, access?: Access): Promise<void>;
  /** Takes over the exit code of an action that needs no opened ChatOps. */
  finish(work: Promise<number>): Promise<void>;
}
