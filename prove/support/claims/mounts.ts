import { allTold, type Seen } from './seen.js';

/** A disk below the source that comes or goes is never passed over in silence, and never taken for a deletion. */
export function mountsHold(seen: Seen): readonly string[] {
  if (seen.told.state !== 'succeeded' || !seen.struck) return [];
  const saysSo = /mount/i.test(allTold(seen).replaceAll(/\S*\/\S*/g, ''));
  if (seen.fault === 'mount-below-away' && seen.hadMount)
    return ['a disk below the source was away, and it succeeded'];
  if (seen.fault === 'mount-below-goes' && !saysSo)
    return ['a disk below the source went away meanwhile, without a word'];
  return [];
}
