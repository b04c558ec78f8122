import type { Notice } from '../model/reasons.js';
import type { Run } from '../model/run.js';
import type { EndedPart } from './course.js';
import { contextFor, executorOf, type PartDeps, type PartScope, quietScope } from './part-context.js';
import type { PutBack } from './put-back.js';

/** Lets the executors remove what they kept for being undone; what could not be put back is still needed. */
export async function releaseAll(
  deps: PartDeps,
  run: Run,
  ended: readonly EndedPart[],
  putBack: PutBack | null,
  { log, writes }: Pick<PartScope, 'log' | 'writes'>,
): Promise<readonly Notice[]> {
  const failed = new Set(
    (putBack?.undone ?? []).filter(({ result }) => result.state === 'failed').map(({ step }) => step),
  );
  const warnings: Notice[] = [];
  for (const { step, index, part, result } of ended) {
    if (part === null || failed.has(step) || result.reason === 'rollback_failed') continue;
    const { context } = contextFor(deps, { run, index, part }, quietScope(log, writes));
    try {
      warnings.push(...((await executorOf(deps, part).release?.(part, context)) ?? []));
    } catch (error) {
      deps.log.error({ err: error, runId: run.id, part: index }, 'what was kept could not be released');
    }
  }
  return warnings;
}
