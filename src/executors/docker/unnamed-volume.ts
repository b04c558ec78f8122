import type { Container } from './container.js';

/** Did nobody name this volume? Docker gave it a name of its own, and a new container gets another one. */
export function isUnnamedVolume({ type, name }: Container['mounts'][number]): boolean {
  return type === 'volume' && /^[0-9a-f]{64}$/.test(name);
}
