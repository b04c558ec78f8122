import type { RunContext } from '../../core/ports/executor.js';
import { STOPPED } from './compose-fault.js';
import type { Replacement, RolloutData } from './data.js';
import type { Fault } from './pull.js';
import { beforeReplacing, type Fine, type ReplacingEntry, replace } from './replace.js';

/** Noted before a service's containers are replaced; data: {@link ReplacingEntry}. */
export const REPLACING = 'replacing';
/** Noted when a service runs its new version; data: its name as `service`. */
export const REPLACED = 'replaced';

export interface Done extends Fine {
  readonly replacement: Replacement;
}

export type UnitEnd =
  | { readonly state: 'fine'; readonly done: readonly Done[] }
  | {
      readonly state: 'failed';
      readonly fault: Fault;
      /** The service that failed. */
      readonly at: Replacement;
      /** Those of which something was changed, in order. */
      readonly changed: readonly Replacement[];
      /** What the names of their images meant before. */
      readonly tags: readonly ReplacingEntry[];
      /** Milliseconds since 1970: when the first one began to be replaced. */
      readonly began: number;
    };

/** Replaces the services of a unit in order, up to the first one that fails. */
export async function runUnit(
  data: RolloutData,
  unit: readonly Replacement[],
  ctx: RunContext,
): Promise<UnitEnd> {
  const done: Done[] = [];
  const tags: ReplacingEntry[] = [];
  const began = ctx.now().getTime();
  for (const at of unit) {
    const failed = (fault: Fault, isUntouched: boolean): UnitEnd => {
      const finished = done.map(({ replacement }) => replacement);
      return { state: 'failed', fault, at, changed: isUntouched ? finished : [...finished, at], tags, began };
    };
    if (ctx.signal.aborted) return failed(STOPPED, true);
    const step = data.replacements.indexOf(at) + 1;
    ctx.step(step, 'running');
    const before = await beforeReplacing(at, ctx);
    await ctx.journal(REPLACING, before);
    tags.push(before);
    const result = await replace(data, at, ctx);
    ctx.step(step, result.state === 'fine' ? 'done' : 'failed');
    if (result.state === 'failed') return failed(result, result.isUntouched);
    await ctx.note(REPLACED, { service: at.service });
    const { checked, version } = result;
    done.push({ replacement: at, checked, version });
  }
  return { state: 'fine', done };
}
