import type { Json } from '../../core/plan.js';
import { ofOneFile } from '../compose/earlier.js';

/**
 * The data as the first version stored it, for recovery: services were replaced one by one, none was kept, what lives in
 * their containers or depends on them was left alone, and of their configuration nothing was known.
 */
export function ofFirstVersion(data: Json): Json {
  const { replacements, ...rest } = ofOneFile(data);
  const all = replacements as readonly { readonly [name: string]: Json }[];
  const watched = { was: '', ends: 'never', dependsOn: [], strategy: 'all_at_once' };
  const unknown = { ...watched, layers: null, rendered: '', changes: [] };
  return {
    ...rest,
    attached: [],
    off: [],
    dependents: [],
    replacements: all.map((one) => ({ ...one, ...unknown, oldRef: one.image ?? '' })),
  };
}
