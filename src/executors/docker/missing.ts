import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { ExecResult, Host } from '../../core/ports/host.js';
import { type Inspected, READ, whyFailed } from './container.js';

/** What stands in the way of using Docker on this host: not installed, not allowed, not reachable. */
export async function dockerMissing(host: Host): Promise<readonly Notice[]> {
  const result = await host.exec(['docker', 'version', '--format', '{{.Server.Version}}'], READ);
  return result.ok ? [] : [dockerFault(result)];
}

/**
 * The notices for a look that failed: what stands in the way of using Docker, else what Docker said of this look. One that
 * was silent isn't waited for again, and one that never reached the engine told enough.
 */
export async function lookFaults(
  host: Host,
  found: Exclude<Inspected<never>, { state: 'found' }>,
): Promise<readonly Notice[]> {
  if (found.state === 'failed' && (found.isSilent || isAway(found.why))) return [unreachable(found.why)];
  const faults = await dockerMissing(host);
  return faults.length > 0 ? faults : [dockerSaid(found)];
}

/** Did docker find no engine to talk to? Each command that doesn't counts towards not asking it any more. */
export function isAway(why: string): boolean {
  return /cannot connect to the docker daemon|failed to connect to the docker api/i.test(why);
}

/** What stands in the way of using Docker, where something else than a look at it was in the way first; else that. */
export async function dockerFirst(host: Host, blockers: readonly Notice[]): Promise<readonly Notice[]> {
  if (blockers.some(({ code }) => DOCKER_CODES.includes(code))) return blockers;
  const faults = await dockerMissing(host);
  return faults.length > 0 ? faults : blockers;
}

const DOCKER_CODES: readonly string[] = ['tool_missing', 'docker_denied', 'docker_unreachable'];

function unreachable(why: string): Notice {
  return notice('docker_unreachable', phrase`Docker does not answer: ${code(why)}.`);
}

/** The notice for a docker command that failed because of Docker itself. */
export function dockerFault(result: ExecResult): Notice {
  if (result.notFound) {
    return notice(
      'tool_missing',
      phrase`${code('docker')} is not installed on this host.`,
      phrase`Install it (${code('apt install docker.io')}), then try again.`,
    );
  }
  if (/permission denied/i.test(result.stderr)) {
    return notice(
      'docker_denied',
      phrase`Docker does not let the bot’s user in: permission denied.`,
      phrase`Add that user to the group ${code('docker')}, restart the bot, then try again.`,
    );
  }
  return unreachable(whyFailed(result));
}

/** The notice for a look-up that failed although Docker had answered before. */
function dockerSaid(found: Exclude<Inspected<never>, { state: 'found' }>): Notice {
  const why = found.state === 'failed' ? found.why : 'its containers change all the time';
  return notice('docker_unreachable', phrase`Docker could not list the containers: ${code(why)}.`);
}
