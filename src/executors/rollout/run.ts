import type { PartResult, RunContext } from '../../core/executor.js';
import { formatDuration } from '../../core/format.js';
import { code, type Phrase, phrase } from '../../core/phrase.js';
import type { PlanPart } from '../../core/plan.js';
import type { Replacement, RolloutData } from './data.js';
import { holdOldImages, releaseHolds } from './holds.js';
import { type Fault, pull } from './pull.js';
import { beforeReplacing, type ReplacingEntry, replace } from './replace.js';
import { livesInOneOf, rescueSharers, rollBackService } from './roll-back.js';
import { fineWords } from './settled.js';
import { named, shortId } from './wording.js';

/** Pulls what was shown, replaces one service after the other, and puts back the one that fails. */
export async function run({ data }: PlanPart<RolloutData>, ctx: RunContext): Promise<PartResult> {
  if (data.replacements.length === 0) {
    const summary = [...currentWords(data), phrase`Nothing was changed.`];
    return { state: 'succeeded', reason: 'done', summary, warnings: await releaseHolds(data, ctx) };
  }
  const unpulled = await pullAll(data, ctx);
  if (unpulled) return unpulled;
  // What throws in here leaves its holds to recover(), which may need them.
  const result = (await hold(data, ctx)) ?? (await replaceAll(data, ctx));
  return { ...result, warnings: [...result.warnings, ...(await releaseHolds(data, ctx))] };
}

async function pullAll(data: RolloutData, ctx: RunContext): Promise<PartResult | null> {
  ctx.step(0, 'running');
  for (const replacement of data.replacements) {
    const fault = ctx.signal.aborted ? STOPPED : await pull(replacement, ctx);
    if (fault) return untouched(fault, ctx);
  }
  return null;
}

/** Up to here no container is touched, and no image's name either. */
async function hold(data: RolloutData, ctx: RunContext): Promise<PartResult | null> {
  const unheld = await holdOldImages(data, ctx);
  if (ctx.signal.aborted) return untouched(STOPPED, ctx);
  if (unheld) return untouched({ reason: 'command_failed', why: unheld }, ctx);
  ctx.step(0, 'done');
  return null;
}

const STOPPED: Fault = { reason: 'stopped', why: [] };

function untouched({ reason, why }: Fault, ctx: RunContext): PartResult {
  ctx.step(0, 'failed');
  const summary = [why, phrase`No container was touched.`].filter(({ length }) => length > 0);
  return { state: reason === 'stopped' ? 'cancelled' : 'failed', reason, summary, warnings: [] };
}

async function replaceAll(data: RolloutData, ctx: RunContext): Promise<PartResult> {
  const done: { readonly replacement: Replacement; readonly checked: boolean }[] = [];
  for (const [index, replacement] of data.replacements.entries()) {
    const names = done.map((one) => one.replacement.service);
    // What lives in a container that was replaced has lost its network: it can't be left as it is.
    if (ctx.signal.aborted && !livesInOneOf(replacement, names)) return stoppedBetween(data, names);
    ctx.step(index + 1, 'running');
    const before = await beforeReplacing(replacement, ctx);
    await ctx.journal('replacing', before);
    const began = ctx.now().getTime();
    const result = await replace(data, replacement, ctx);
    if (result.state === 'failed') {
      ctx.step(index + 1, 'failed');
      return putBack(data, replacement, { before, began, fault: result, finished: names }, ctx);
    }
    ctx.step(index + 1, 'done');
    await ctx.note('replaced', { service: replacement.service });
    done.push({ replacement, checked: result.checked });
  }
  const summary = done.map(
    ({ replacement, checked }) =>
      phrase`${code(replacement.service)} runs ${newWords(replacement)} ${fineWords(checked)}.`,
  );
  return { state: 'succeeded', reason: 'done', summary: [...summary, ...currentWords(data)], warnings: [] };
}

/** How far the rollout had come when a service failed. */
interface Failure {
  readonly before: ReplacingEntry;
  /** Milliseconds since 1970: when its containers began to be replaced. */
  readonly began: number;
  readonly fault: Fault;
  readonly finished: readonly string[];
}

async function putBack(
  data: RolloutData,
  replacement: Replacement,
  { before, began, fault, finished }: Failure,
  ctx: RunContext,
): Promise<PartResult> {
  const { service } = replacement;
  await ctx.note('rolling_back', { service });
  const back = await rollBackService(data, replacement, before, ctx);
  const rescued = await rescueSharers(data, [...finished, service], ctx);
  const ok = back.ok && rescued.every((one) => one.ok);
  const down = formatDuration(ctx.now().getTime() - began);
  return {
    state: ok ? 'rolled_back' : 'failed',
    reason: ok ? fault.reason : 'rollback_failed',
    summary: [
      ...(fault.why.length > 0 ? [phrase`${titleOf(replacement)}: ${fault.why}`] : []),
      back.sentence,
      ...(back.ok ? [phrase`It was down or restarting for up to ${down}.`] : []),
      ...rescued.map(({ sentence }) => sentence),
      ...othersWords(data, finished, service),
    ],
    ...(fault.reason === 'stopped' && ok ? {} : { next: nextStep(replacement, ok) }),
    warnings: [],
  };
}

function nextStep({ image, service }: Replacement, isBack: boolean): Phrase {
  return isBack
    ? phrase`Look at the container’s last lines, or pin the earlier version of ${code(image)} in the Compose file.`
    : phrase`Look at ${code(`docker ps -a --filter label=com.docker.compose.service=${service}`)} and start it by hand.`;
}

function stoppedBetween(data: RolloutData, finished: readonly string[]): PartResult {
  const summary = othersWords(data, finished, null);
  return { state: 'cancelled', reason: 'stopped', summary, warnings: [] };
}

function titleOf({ service, image }: Replacement): Phrase {
  return phrase`${code(service)} (${code(image)})`;
}

function newWords({ image, pull, localId }: Replacement): Phrase {
  return phrase`${code(image)} (${code(shortId(pull ?? localId ?? ''))})`;
}

/** What is so with the services that did not fail. */
function othersWords(
  { replacements }: RolloutData,
  kept: readonly string[],
  failed: string | null,
): readonly Phrase[] {
  const begun = failed === null ? kept : [...kept, failed];
  const waiting = replacements
    .filter((one) => !begun.includes(one.service) && !livesInOneOf(one, begun))
    .map(({ service }) => service);
  return [
    ...(kept.length > 0
      ? [phrase`${named(kept)} ${kept.length === 1 ? 'keeps its new version' : 'keep their new versions'}.`]
      : []),
    ...(waiting.length > 0
      ? [phrase`${named(waiting)} ${waiting.length === 1 ? 'was' : 'were'} not begun, and not touched.`]
      : []),
  ];
}

function currentWords({ current }: RolloutData): readonly Phrase[] {
  return current.length === 0 ? [] : [phrase`${named(current)}: already current, not touched.`];
}
