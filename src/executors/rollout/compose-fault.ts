import { code, phrase } from '../../core/model/phrase.js';
import type { ExecResult } from '../../core/ports/host.js';
import { whyFailed } from '../docker/container.js';
import { nextByCompose } from './compose-advice.js';
import type { Replacement } from './data.js';
import type { Fault } from './pull.js';

export function composeFault({ service }: Replacement, up: ExecResult): Fault {
  const why = phrase`Compose could not replace ${code(service)}: ${code(whyFailed(up))}.`;
  return { reason: 'command_failed', why, next: nextByCompose(whyFailed(up)) };
}

/** Somebody stopped the run. */
export const STOPPED: Fault = { reason: 'stopped', why: [] };
