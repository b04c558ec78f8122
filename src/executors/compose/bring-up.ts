import type { Argv } from '../../core/model/plan.js';
import type { RunContext } from '../../core/ports/executor.js';
import type { ExecOptions, ExecResult, Host } from '../../core/ports/host.js';
import { READ } from '../docker/container.js';
import { isUnnamedVolume } from '../docker/unnamed-volume.js';
import { composeArgv, upArgv } from './command.js';
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

/** The commands of {@link bringUp}, in order; what is removed in between is removed by its id. */
export function bringUpArgvs(inputs: StackInputs, wanted: Wanted): readonly Argv[] {
  const { service, replicas, needs, existing } = wanted;
  const flags = FLAGS[existing];
  if (needs.length === 0) return [upArgv(inputs, service, replicas, '-d', ...flags)];
  const made = existing === 'keep' ? [] : [upArgv(inputs, service, replicas, '--no-start', ...flags)];
  return [...made, createArgv(inputs, wanted), startArgv(inputs, wanted)];
}

/**
 * Brings a service to its number of containers, and touches no other one. For the labels that a plain `docker compose up -d`
 * writes, Compose has to have what the service needs in view, and then it would make that again as well, if it was edited a
 * moment ago. So the containers are made without, as far as their start; then they are removed, and with `--no-recreate`
 * and all in view made once more.
 */
export async function bringUp(
  ctx: Pick<RunContext, 'host' | 'signal'>,
  stack: { readonly project: string; readonly inputs: StackInputs },
  wanted: Wanted,
  { afterStop = false, ...options }: BringUpOptions = {},
): Promise<ExecResult> {
  const { inputs } = stack;
  const { service, replicas, needs, existing } = wanted;
  const flags = FLAGS[existing];
  if (needs.length === 0)
    return composeUp(ctx, stack, upArgv(inputs, service, replicas, '-d', ...flags), options);
  const isOver = (result: ExecResult): boolean => !result.ok || (ctx.signal.aborted && !afterStop);
  if (existing !== 'keep') {
    const made = await composeUp(
      ctx,
      stack,
      upArgv(inputs, service, replicas, '--no-start', ...flags),
      options,
    );
    if (isOver(made)) return made;
    const removed = await removeUnstarted(ctx.host, stack.project, service);
    if (removed !== null && !removed.ok) return removed;
  }
  const created = await composeUp(ctx, stack, createArgv(inputs, wanted), options);
  if (isOver(created)) return created;
  return composeUp(ctx, stack, startArgv(inputs, wanted), options);
}

function createArgv(inputs: StackInputs, { service, replicas, needs }: Wanted): Argv {
  const scales = [{ service, replicas }, ...needs].flatMap((one) => [
    '--scale',
    `${one.service}=${one.replicas}`,
  ]);
  const only = ['--no-build', '--pull', 'never', '--remove-orphans=false', '--no-recreate'];
  return composeArgv(inputs, 'create', ...only, ...scales, '--', service);
}

/** Starts what exists; nothing is made any more. */
function startArgv(inputs: StackInputs, { service, replicas }: Wanted): Argv {
  return upArgv(inputs, service, replicas, '-d', '--no-recreate');
}

/** Those that Compose has just made. With a volume that nobody named they stay: a new one would not have it. */
async function removeUnstarted(host: Host, project: string, service: string): Promise<ExecResult | null> {
  const found = await serviceContainers(host, project, service);
  if (found.state !== 'found') return null;
  const fresh = found.value.filter(
    ({ status, startedAt }) => status === 'created' && startedAt.startsWith('0001-'),
  );
  if (fresh.length === 0 || fresh.some(({ mounts }) => mounts.some(isUnnamedVolume))) return null;
  return host.exec(['docker', 'rm', '--', ...fresh.map(({ id }) => id)], REMOVE);
}

const REMOVE = { ...READ, timeoutMs: 120_000, afterStopMs: 60_000 } as const;
