import type { Json } from '../../core/model/plan.js';
import { ofOneFile } from '../compose/earlier.js';

/** The data as an earlier version stored it, for recovery: of the configuration nothing was known. */
export function ofEarlier(data: Json, version: number): Json {
  const known = version < 2 ? { ...ofOneFile(data), isOneShot: false } : data;
  return { ...(known as { readonly [name: string]: Json }), image: '', rendered: '', needs: [] };
}
