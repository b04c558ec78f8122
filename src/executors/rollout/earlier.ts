import type { Json } from '../../core/plan.js';
import { ofOneFile } from '../compose/earlier.js';

/** The data as the first version stored it, for recovery: services were replaced one by one, and none was kept. */
export function ofFirstVersion(data: Json): Json {
  const { replacements, ...rest } = ofOneFile(data);
  const all = replacements as readonly { readonly [name: string]: Json }[];
  return { ...rest, replacements: all.map((one) => ({ ...one, dependsOn: [], strategy: 'all_at_once' })) };
}
