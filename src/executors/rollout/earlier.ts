import type { Json } from '../../core/model/plan.js';
import { ofOneFile } from '../compose/earlier.js';

const UNKNOWN = { ran: null, comes: null };

/**
 * The data as the first version stored it, for recovery: services were replaced one by one, none was kept, what lives in
 * their containers or depends on them was left alone, and of their configuration nothing was known.
 */
function ofFirstVersion(data: Json): Json {
  const { replacements, ...rest } = ofOneFile(data);
  const all = replacements as readonly { readonly [name: string]: Json }[];
  const watched = {
    was: '',
    ends: 'never',
    dependsOn: [],
    needs: [],
    versions: UNKNOWN,
    strategy: 'all_at_once',
  };
  const unknown = { ...watched, layers: null, rendered: '', changes: [] };
  return {
    ...rest,
    attached: [],
    off: [],
    dependents: [],
    replacements: all.map((one) => ({ ...one, ...unknown, oldRef: one.image ?? '' })),
  };
}

/** The second one made containers without what they need in view, which changes nothing for whoever puts them back. */
function ofSecondVersion(data: Json): Json {
  const { replacements, ...rest } = data as { readonly [name: string]: Json };
  const all = replacements as readonly { readonly [name: string]: Json }[];
  return { ...rest, replacements: all.map((one) => ({ ...one, needs: [], versions: UNKNOWN })) };
}

/** The data as an earlier version of the executor stored it. */
export function ofEarlier(data: Json, version: number): Json {
  return version < 2 ? ofFirstVersion(data) : ofSecondVersion(data);
}
