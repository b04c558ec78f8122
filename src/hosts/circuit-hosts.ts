import { setTimeout as sleep } from 'node:timers/promises';
import type { Argv } from '../core/model/plan.js';
import type { Circuits, Pass } from '../core/ports/circuit.js';
import type { ExecOptions, ExecResult, Host, HostScope, Hosts } from '../core/ports/host.js';
import { type CommandTarget, targetsOf } from './circuit-targets.js';

/** Before a look-up is repeated, in ms; up to twice as long. */
const REPEAT_MS = 300;

/** Hosts that learn from their commands what outside doesn't answer; who only looks is refused there at once. */
export function circuitHosts(
  hosts: Hosts,
  circuits: Circuits,
  environment: Readonly<Record<string, string | undefined>>,
): Hosts {
  const targets = (argv: Argv, options: ExecOptions) => targetsOf(argv, options, environment.DOCKER_HOST);
  return {
    ...hosts,
    open: (scope) => {
      const host = hosts.open(scope);
      return {
        ...host,
        exec: async (argv, options = {}) => {
          const asked = targets(argv, options);
          if (asked.length === 0) return host.exec(argv, options);
          const passes = await enter(circuits, asked, scope);
          return learn([asked], passes, scope, async () => [await repeated(host, argv, options, asked)]).then(
            ([result]) => result as ExecResult,
          );
        },
        pipe: async (argvs, file, options = {}) => {
          const asked = argvs.map((argv) => targets(argv, options as ExecOptions));
          if (asked.every((each) => each.length === 0)) return host.pipe(argvs, file, options);
          const passes = await enter(circuits, asked.flat(), scope);
          return learn(asked, passes, scope, () => host.pipe(argvs, file, options));
        },
      };
    },
  };
}

/** Leave for each target; what was given already is handed back when another one refuses. */
async function enter(
  circuits: Circuits,
  targets: readonly CommandTarget[],
  { onlyLooks = false }: HostScope,
): Promise<ReadonlyMap<string, Pass>> {
  const passes = new Map<string, Pass>();
  try {
    for (const { name } of targets) {
      if (!passes.has(name)) passes.set(name, await circuits.enter(name, { must: !onlyLooks }));
    }
    return passes;
  } catch (error) {
    for (const pass of passes.values()) pass.unknown();
    throw error;
  }
}

/** Does the work and hands what its commands showed to the passes. `asked` belongs to the results by index. */
async function learn(
  asked: readonly (readonly CommandTarget[])[],
  passes: ReadonlyMap<string, Pass>,
  scope: HostScope,
  work: () => Promise<readonly ExecResult[]>,
): Promise<readonly ExecResult[]> {
  try {
    const results = await work();
    for (const [index, targets] of asked.entries()) {
      const result = results[index];
      if (result) for (const target of targets) judge(target, result, passes.get(target.name), scope);
    }
    return results;
  } finally {
    for (const pass of passes.values()) pass.unknown();
  }
}

function judge(
  { name, silence }: CommandTarget,
  result: ExecResult,
  pass: Pass | undefined,
  { onlyLooks = false }: HostScope,
): void {
  if (result.ok) pass?.answered();
  if (result.ok || result.stopped || result.notFound) return;
  if (result.timedOut) {
    // Work that waits for something else can be slow although the engine answers.
    if (onlyLooks || !name.startsWith('docker:')) pass?.unanswered(`no answer after ${seconds(result)} s`);
    return;
  }
  const reason = silence(result);
  if (reason !== null) pass?.unanswered(reason);
  else if (result.exitCode !== null) pass?.answered();
}

/** A look-up that wasn't answered is made once more; anything else would perhaps be done twice. */
async function repeated(
  host: Host,
  argv: Argv,
  options: ExecOptions,
  targets: readonly CommandTarget[],
): Promise<ExecResult> {
  const result = await host.exec(argv, options);
  const again = targets.some(({ repeatable, silence }) => repeatable && silence(result) !== null);
  if (result.ok || result.stopped || result.timedOut || !again) return result;
  await sleep(REPEAT_MS * (1 + Math.random()));
  return host.exec(argv, options);
}

function seconds({ quietMs, durationMs }: ExecResult): number {
  return Math.round((quietMs ?? durationMs) / 1000);
}
