import type { Argv } from '../../core/model/plan.js';
import type { Host } from '../../core/ports/host.js';
import { lastLine } from '../shared/wording.js';
import { type Access, type Params, ProxmoxError } from './access.js';

const VERBS = { GET: 'get', POST: 'create', DELETE: 'delete' } as const;

/** `pvesh` on a Proxmox node: the same API, with the rights of the bot's user (root). */
export function pveshAccess(host: Host, options: { uninterruptible?: boolean } = {}): Access {
  return {
    call: async (method, path, params = {}) => {
      const argv = pveshArgv(VERBS[method], path, params);
      const result = await host.exec(argv, { log: 'none', keep: 16 * 1024 * 1024, ...options });
      if (result.stopped) throw new ProxmoxError('stopped', 'pvesh was ended.', true);
      if (result.notFound) throw new ProxmoxError('unreachable', 'pvesh is not installed.', false);
      if (!result.ok) throw refusalOf(lastLine(result.stderr));
      return parse(result.stdout);
    },
  };
}

function pveshArgv(verb: string, path: readonly string[], params: Params): Argv {
  const options = Object.entries(params).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return ['pvesh', verb, `/${path.join('/')}`, ...options, '--output-format', 'json'];
}

function refusalOf(said: string): ProxmoxError {
  if (/permission/i.test(said)) return new ProxmoxError('denied', said, false);
  return new ProxmoxError('refused', said || 'pvesh ended with an error.', true);
}

function parse(stdout: string): unknown {
  if (stdout.trim() === '') return null;
  try {
    return JSON.parse(stdout) as unknown;
  } catch {
    throw new ProxmoxError('refused', 'pvesh answered with something that is not JSON.', true);
  }
}
