import type { Json } from '../../core/model/plan.js';
import { NOT_HELD } from '../quiesce/data.js';

/** An archive's data as the first version stored it, for recovery: how it is read back is not asked any more. */
export function ofVersion1(data: Json): { readonly [name: string]: Json } {
  const {
    list: _list,
    hash: _hash,
    sourceMount: _mount,
    ...rest
  } = data as { readonly [name: string]: Json };
  return { ...rest, real: null, streamFrom: 0, read: [], mounts: null, ...NOT_HELD };
}
