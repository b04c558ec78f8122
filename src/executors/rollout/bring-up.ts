import type { RunContext } from '../../core/executor.js';
import type { ExecResult } from '../../core/host.js';
import { code, phrase } from '../../core/phrase.js';
import type { Argv } from '../../core/plan.js';
import { composeUp } from '../compose/up.js';
import { whyFailed } from '../docker/container.js';
import { nextByCompose } from './compose-advice.js';
import type { Replacement, RolloutData } from './data.js';
import type { Fault } from './pull.js';

/** Every `docker compose up` that makes new containers. */
export function bringUp(data: RolloutData, argv: Argv, ctx: RunContext): Promise<ExecResult> {
  return composeUp(ctx, data, argv);
}

export function composeFault({ service }: Replacement, up: ExecResult): Fault {
  const why = phrase`Compose could not replace ${code(service)}: ${code(whyFailed(up))}.`;
  return { reason: 'command_failed', why, next: nextByCompose(whyFailed(up)) };
}

/** Somebody stopped the run. */
export const STOPPED: Fault = { reason: 'stopped', why: [] };
