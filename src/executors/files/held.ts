import type { RunContext } from '../../core/ports/executor.js';
import { type Around, around } from '../quiesce/around.js';
import type { Quiesce } from '../quiesce/data.js';
import { TIMES } from '../quiesce/times.js';
import { STOPPED } from '../shared/failure.js';
import { writePartial } from './archive.js';
import type { FilesData } from './data.js';
import { STEP } from './steps.js';

type Written = Awaited<ReturnType<typeof writePartial>>;

/** Packs the source while the containers are held; they are back when it returns. `outer` has the steps of the plan. */
export async function writeHeld(
  data: FilesData,
  ctx: RunContext,
  outer: RunContext,
): Promise<{ readonly written: Written; readonly held: Around }> {
  let result: Written | null = null;
  const at = { hold: 0, release: (data.quiesce?.containers.length ?? 0) + 1 };
  const held = await around(data.quiesce, at, outer, TIMES, async () => {
    ctx.step(STEP.copy, 'running');
    result = await writePartial(data, ctx);
    if (result.ok) ctx.step(STEP.copy, 'done');
    return result.ok ? null : result.failure;
  });
  const written = result as Written | null;
  if (held.failure === null && written !== null) return { written, held };
  return { written: { ok: false, failure: held.failure ?? STOPPED }, held };
}

/** The same run, with its own steps where they are among those of the hold: the pack is within it. */
export function withHoldSteps(quiesce: Quiesce | null, ctx: RunContext): RunContext {
  const held = quiesce?.containers.length ?? 0;
  if (held === 0) return ctx;
  return {
    ...ctx,
    step: (index, state) => ctx.step(index + (index === STEP.copy ? held : 2 * held), state),
  };
}
