import type { Argv } from '../../core/model/plan.js';
import type { RunContext } from '../../core/ports/executor.js';
import type { ExecOptions, ExecResult } from '../../core/ports/host.js';
import { execPatiently } from '../docker/patient.js';
import { environmentOf } from './command.js';
import type { StackInputs } from './inputs.js';

/** More than any stop_grace_period that is meant. */
const UP_MS = 600_000;

/** Runs a `docker compose up` on a stack; after a stop it goes on only while the engine works for that. */
export function composeUp(
  ctx: Pick<RunContext, 'host' | 'signal'>,
  { project, inputs }: { readonly project: string; readonly inputs: StackInputs },
  argv: Argv,
  options: Pick<ExecOptions, 'stdin' | 'log'> = {},
): Promise<ExecResult> {
  const filter = `label=com.docker.compose.project=${project}`;
  return execPatiently(ctx, argv, { ...options, ...environmentOf(inputs), timeoutMs: UP_MS }, { filter });
}
