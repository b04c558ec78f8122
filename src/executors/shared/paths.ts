import { posix } from 'node:path';
import type { Host } from '../../core/ports/host.js';

/** Is `inner` the same path as `outer`, or below it? Both absolute and resolved. */
export function isWithin(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
}

/** The nearest folder at or above `path` that is there, with symlinks resolved. */
export async function nearestExisting(host: Host, path: string): Promise<string> {
  return (await host.realpath(path)) ?? nearestExisting(host, posix.dirname(path));
}

/** Where `path` really lies, or will lie once it is created: symlinks resolved as far as it is there. */
export async function realPlace(host: Host, path: string): Promise<string> {
  const real = await host.realpath(path);
  if (real !== null) return real;
  return posix.join(await realPlace(host, posix.dirname(path)), posix.basename(path));
}
