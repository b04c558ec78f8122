import type { Json } from '../../core/model/plan.js';
import { inputsOfFile } from './inputs.js';

/** The data of a rollout or scale as the first version stored it, for recovery: there a stack was one file. */
export function ofOneFile(data: Json): { readonly [name: string]: Json } {
  const { file, ...rest } = data as { readonly [name: string]: Json };
  return { ...rest, inputs: inputsOfFile(String(file)) };
}
