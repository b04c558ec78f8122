import type { Host } from '../../core/ports/host.js';
import { READ } from '../docker/container.js';
import { engineOf } from './engine.js';
import { registryOf } from './name.js';

/** A registry that is short of time gets no longer than that, in s. */
const PATIENCE_S = 5;

/**
 * How long a registry that answers no more questions wants to be left alone, in ms; null where it doesn't say. Docker drops
 * the header `Retry-After` (RFC 9110, 10.2.3), so it is asked once more, for the header alone. Docker Hub tells it to those
 * who are logged in only.
 */
export async function retryAfter(host: Host, image: string, now: Date): Promise<number | null> {
  const registry = registryOf(image);
  if (registry === null) return null;
  const path = manifestPath(image.slice(registry.length + 1));
  if (path === null) return null;
  const engine = await engineOf(host);
  const scheme = engine?.trustsPlain(registry) ? 'http' : 'https';
  const url = `${scheme}://${registry}/v2/${path}`;
  const argv = ['curl', '--silent', '--head', '--globoff', '--max-time', String(PATIENCE_S), '--url', url];
  const { ok, stdout } = await host.exec(argv, READ);
  return ok ? waitIn(stdout, now) : null;
}

const PART = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/;

/** `app:1` as `app/manifests/1`; null: no registry has such a name. */
function manifestPath(name: string): string | null {
  const [, repository = '', reference = 'latest'] = /^([^:@]+)(?:[:@]([\w.:-]+))?$/.exec(name) ?? [];
  const isName = repository.length < 256 && repository.split('/').every((part) => PART.test(part));
  return isName ? `${repository}/manifests/${encodeURIComponent(reference)}` : null;
}

/** Seconds, or a date. */
function waitIn(head: string, now: Date): number | null {
  if (!/^HTTP\/[\d.]+ (?:429|503)\b/.test(head)) return null;
  const [, value = ''] = /^retry-after:\s*(.+?)\s*$/im.exec(head) ?? [];
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now.getTime();
  return ms > 0 ? ms : null;
}
