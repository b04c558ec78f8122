import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { ExecResult } from '../../core/ports/host.js';
import { whyFailed } from '../docker/container.js';
import { dockerFault } from '../docker/missing.js';

/** Why Compose could not read these files, in its own words. */
export function composeFault(files: string, result: ExecResult): Notice {
  if (result.notFound) return dockerFault(result);
  if (/is not a docker command|unknown shorthand flag: '[fp]'/.test(result.stderr)) {
    return notice(
      'tool_missing',
      phrase`Docker’s Compose plugin is not installed on this host.`,
      phrase`Install it (${code('apt install docker-compose-plugin')} from Docker’s packages), then try again.`,
    );
  }
  return notice('compose_invalid', phrase`Compose can’t read ${code(files)}: ${code(whyFailed(result))}.`);
}
