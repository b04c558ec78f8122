import type { RunContext } from '../../core/executor.js';
import type { ExecOptions, ExecResult } from '../../core/host.js';
import type { Argv } from '../../core/plan.js';
import { execPatiently } from '../docker/patient.js';

/** More than any stop_grace_period that is meant. */
const UP_MS = 600_000;

/** Runs a `docker compose up` on a project; after a stop it goes on only while the engine works for that. */
export function composeUp(
  ctx: Pick<RunContext, 'host' | 'signal'>,
  project: string,
  argv: Argv,
  options: Pick<ExecOptions, 'stdin' | 'log'> = {},
): Promise<ExecResult> {
  const filter = `label=com.docker.compose.project=${project}`;
  return execPatiently(ctx, argv, { ...options, timeoutMs: UP_MS }, { filter });
}
