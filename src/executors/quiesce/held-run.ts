import type { NewArtifact } from '../../core/model/artifact.js';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { Json } from '../../core/model/plan.js';
import type { PartResult, RunContext } from '../../core/ports/executor.js';
import { type Failure, failure as failureOf } from '../shared/failure.js';
import { around } from './around.js';
import type { Quiesce } from './data.js';
import { liveData } from './live.js';
import type { QuiesceTimes } from './times.js';
import { backText, heldEnd, heldText, heldWarnings } from './words.js';

/** How a copy of running containers becomes a good one. */
export const WAY_OUT = phrase`Set ${code('consistency: stop')} or ${code('consistency: pause')} in the intent.`;

/**
 * Does all of a run with the containers held. What it says of its copy counts only once they have proven to have stayed
 * so: until then its catalogue row and what it remembers wait.
 * @param count the run's own steps
 * @param broken what is so now when they didn't stay
 */
export async function runHeld(
  { quiesce, live }: { readonly quiesce: Quiesce | null; readonly live: readonly string[] },
  count: number,
  times: QuiesceTimes,
  ctx: RunContext,
  broken: readonly Phrase[],
  run: (ctx: RunContext) => Promise<PartResult>,
): Promise<PartResult> {
  if (quiesce === null) {
    const result = await run(ctx);
    const isLive = live.length > 0 && result.state === 'succeeded';
    return isLive ? { ...result, warnings: [liveData(live, WAY_OUT), ...result.warnings] } : result;
  }
  const artifacts: NewArtifact[] = [];
  let facts: Json = null;
  let result: PartResult | null = null;
  const first = quiesce.containers.length;
  const inner: RunContext = {
    ...ctx,
    step: (index, state) => ctx.step(first + index, state),
    addArtifact: async (artifact) => void artifacts.push(artifact),
    remember: (remembered) => {
      facts = remembered;
    },
  };
  const at = { hold: 0, release: first + count };
  const held = await around(quiesce, at, ctx, times, async () => {
    result = await run(inner);
    return result.state === 'succeeded' ? null : asFailure(result);
  });
  const ended = result as PartResult | null;
  const isGood = held.failure === null;
  for (const artifact of artifacts)
    await ctx.addArtifact(isGood ? artifact : { ...artifact, verified: 'none' });
  if (ended === null || (ended.state === 'succeeded' && !isGood))
    return heldEnd(held.failure, quiesce, held, ended === null ? [] : broken) ?? neverBegun();
  const lost = held.lost.length > 0 ? heldEnd(null, quiesce, held, ended.summary) : null;
  if (lost) return lost;
  if (ended.state === 'succeeded') {
    const isDown = quiesce.hold === 'stop' && held.begun;
    ctx.remember(isDown ? { ...(facts as unknown as object), downMs: held.heldMs } : facts);
  }
  const more = ended.state === 'succeeded' ? heldSentence(quiesce, held) : backText(quiesce, held);
  return {
    ...ended,
    summary: [...ended.summary, ...more],
    warnings: [...ended.warnings, ...heldWarnings(held)],
  };
}

/** `plex was down for 38 s.` */
function heldSentence(quiesce: Quiesce, held: Parameters<typeof heldText>[1]): readonly Phrase[] {
  const [, ...rest] = heldText(quiesce, held);
  return rest.length === 0 ? [] : [[...rest, '.']];
}

function asFailure({ state, reason, summary, next }: PartResult): Failure {
  return {
    ...failureOf(reason, summary[0] ?? [], next),
    state: state === 'cancelled' ? 'cancelled' : 'failed',
  };
}

function neverBegun(): PartResult {
  return { state: 'failed', reason: 'internal_error', summary: [phrase`Nothing was begun.`], warnings: [] };
}
