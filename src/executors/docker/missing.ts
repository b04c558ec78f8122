import type { ExecResult, Host } from '../../core/host.js';
import { code, phrase } from '../../core/phrase.js';
import { type Notice, notice } from '../../core/reasons.js';
import { type Inspected, READ, whyFailed } from './container.js';

/** What stands in the way of using Docker on this host: not installed, not allowed, not reachable. */
export async function dockerMissing(host: Host): Promise<readonly Notice[]> {
  const result = await host.exec(['docker', 'version', '--format', '{{.Server.Version}}'], READ);
  return result.ok ? [] : [dockerFault(result)];
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
  return notice('docker_unreachable', phrase`Docker does not answer: ${code(whyFailed(result))}.`);
}

/** The notice for a look-up that failed although Docker had answered before. */
export function dockerSaid(found: Exclude<Inspected<never>, { state: 'found' }>): Notice {
  const why = found.state === 'failed' ? found.why : 'its containers change all the time';
  return notice('docker_unreachable', phrase`Docker could not list the containers: ${code(why)}.`);
}
