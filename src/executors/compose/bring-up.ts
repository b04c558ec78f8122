import type { RunContext } from '../../core/executor.js';
import type { ExecOptions, ExecResult } from '../../core/host.js';
import type { Argv } from '../../core/plan.js';
import { READ } from '../docker/container.js';
import { composeArgv, environmentOf, upArgv } from './command.js';
import { serviceContainers } from './containers.js';
import type { StackInputs } from './inputs.js';
import type { Need } from './needs.js';
import { composeUp } from './up.js';

/** A service, and how many containers it shall have. */
export interface Wanted {
  readonly service: string;
  readonly replicas: number;
  readonly needs: readonly Need[];
  /** What happens to containers that are there: replaced where they differ, replaced at all events, or kept. */
  readonly existing: 'converge' | 'recreate' | 'keep';
}

const FLAGS = { converge: [], recreate: ['--force-recreate'], keep: ['--no-recreate'] } as const;

export interface BringUpOptions extends Pick<ExecOptions, 'log'> {
  /** A way back begins nothing new, so a stop doesn't end it between two commands. */
  readonly afterStop?: boolean;
}

/** The commands of {@link bringUp}, in order. */
export function bringUpArgvs(inputs: StackInputs, wanted: Wanted): readonly Argv[] {
  const { service, replicas, needs, existing } = wanted;
  if (needs.length === 0) return [upArgv(inputs, service, replicas, ...FLAGS[existing])];
  return [createArgv(inputs, wanted), upArgv(inputs, service, replicas, '--no-recreate')];
}

/**
 * Brings a service to its number of containers, and touches no other one. Where Compose has to know what the service needs,
 * it makes the containers with that in view, if it says that it would leave that alone; and starts them in a second call.
 */
export async function bringUp(
  ctx: Pick<RunContext, 'host' | 'signal'>,
  stack: { readonly project: string; readonly inputs: StackInputs },
  wanted: Wanted,
  { afterStop = false, ...options }: BringUpOptions = {},
): Promise<ExecResult> {
  const isAlone = wanted.needs.length > 0 && !(await leavesNeedsAlone(ctx, stack, wanted));
  const argvs = bringUpArgvs(stack.inputs, isAlone ? { ...wanted, needs: [] } : wanted);
  let last: ExecResult | null = null;
  for (const argv of argvs) {
    if (last !== null && (!last.ok || (ctx.signal.aborted && !afterStop))) break;
    last = await composeUp(ctx, stack, argv, options);
  }
  if (last === null) throw new Error('no command brings a service up');
  return last;
}

function createArgv(
  inputs: StackInputs,
  { service, replicas, needs, existing }: Wanted,
  ...before: readonly string[]
): Argv {
  const all = [{ service, replicas }, ...needs];
  const scales = all.flatMap((one) => ['--scale', `${one.service}=${one.replicas}`]);
  const only = ['--no-build', '--pull', 'never', '--remove-orphans=false', ...FLAGS[existing]];
  return composeArgv(inputs, ...before, 'create', ...only, ...scales, '--', service);
}

/** Compose is asked, in a dry run: a need that was edited meanwhile it would make again. */
async function leavesNeedsAlone(
  { host }: Pick<RunContext, 'host'>,
  { inputs, project }: { readonly project: string; readonly inputs: StackInputs },
  wanted: Wanted,
): Promise<boolean> {
  const listed = await serviceContainers(host, project);
  if (listed.state === 'failed') return false;
  const containers = listed.state === 'found' ? listed.value : [];
  const others = new Set(
    containers.filter(({ service }) => service !== wanted.service).map(({ name }) => name),
  );
  const needs = new Set(wanted.needs.map(({ service }) => service));
  const dry = await host.exec(createArgv(inputs, wanted, '--dry-run'), { ...READ, ...environmentOf(inputs) });
  if (!dry.ok) return false;
  return touchedIn(`${dry.stdout}\n${dry.stderr}`).every((name) => {
    const [, ofNew] = /^(.*)-\d+$/.exec(name) ?? [];
    return (
      !others.has(name) && !(ofNew?.startsWith(`${project}-`) && needs.has(ofNew.slice(project.length + 1)))
    );
  });
}

/** What only exists, or runs, is left as it is. */
function touchedIn(dryRun: string): readonly string[] {
  return [...dryRun.matchAll(/ Container (\S+) {2}(\w+)/g)].flatMap(([, name = '', verb = '']) =>
    /^(Running|Created|Exited|Waiting|Healthy)$/.test(verb) ? [] : [name],
  );
}
