import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { PlanPart } from '../../core/model/plan.js';
import type { Notice } from '../../core/model/reasons.js';
import type { PartResult, RunContext } from '../../core/ports/executor.js';
import { formatDuration } from '../../core/text/format.js';
import { named } from '../shared/wording.js';
import { STOPPED } from './compose-fault.js';
import type { Replacement, RolloutData } from './data.js';
import { keepWhatRuns, letAllGo, letGo } from './keep.js';
import { othersNow } from './others.js';
import { type Fault, pull } from './pull.js';
import { type Done, runUnit, type UnitEnd } from './run-unit.js';
import { fineWords } from './settled.js';
import { unitsOf } from './units.js';
import { goBack, ROLLING_BACK, restoreTags, WENT_BACK, withSharers } from './way-back.js';
import { shortId } from './wording.js';

/** Pulls what was shown, replaces one unit after the other, and gives the one that fails what it ran before. */
export async function run({ data }: PlanPart<RolloutData>, ctx: RunContext): Promise<PartResult> {
  const began = ctx.now();
  if (data.replacements.length === 0) {
    const summary = [...(await othersNow(data, ctx, began)), phrase`Nothing was changed.`];
    return { state: 'succeeded', reason: 'done', summary, warnings: await letAllGo(data, ctx) };
  }
  const unpulled = await pullAll(data, ctx);
  if (unpulled) return unpulled;
  // What throws in here leaves its twins to recover(), which needs them.
  const result = (await keep(data, ctx)) ?? (await replaceAll(data, ctx, began));
  return { ...result, warnings: [...result.warnings, ...(await tidyUp(data, result, ctx))] };
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
async function keep(data: RolloutData, ctx: RunContext): Promise<PartResult | null> {
  const unkept = await keepWhatRuns(data, ctx);
  if (ctx.signal.aborted) return untouched(STOPPED, ctx);
  if (unkept) return untouched({ reason: 'command_failed', why: unkept }, ctx);
  ctx.step(0, 'done');
  return null;
}

/** What ran before is kept as long as something may go back to it. */
function tidyUp(
  data: RolloutData,
  { state, reason }: PartResult,
  ctx: RunContext,
): Promise<readonly Notice[]> | readonly Notice[] {
  if (ctx.mayBeUndone || reason === 'rollback_failed') return [];
  return state === 'succeeded' ? letAllGo(data, ctx) : letGo(data, ctx.runId, ctx);
}

function untouched({ reason, why, next }: Fault, ctx: RunContext): PartResult {
  ctx.step(0, 'failed');
  const summary = [why, phrase`No container was touched.`].filter(({ length }) => length > 0);
  const state = reason === 'stopped' ? 'cancelled' : 'failed';
  return { state, reason, summary, ...(next ? { next } : {}), warnings: [] };
}

async function replaceAll(data: RolloutData, ctx: RunContext, began: Date): Promise<PartResult> {
  const done: Done[] = [];
  for (const unit of unitsOf(data.replacements)) {
    const names = done.map(({ replacement }) => replacement.service);
    if (ctx.signal.aborted) return stoppedBetween(data, names);
    const end = await runUnit(data, unit, ctx);
    if (end.state === 'failed') return putBack(data, unit, end, names, ctx);
    done.push(...end.done);
  }
  const summary = done.map(doneWords);
  const others = await othersNow(data, ctx, began);
  return { state: 'succeeded', reason: 'done', summary: [...summary, ...others], warnings: [] };
}

function doneWords({ replacement, checked, version }: Done): Phrase {
  const { service, ends } = replacement;
  return ends === 'must'
    ? phrase`${code(service)} ran ${newWords(replacement, version)} and ended with exit code 0.`
    : phrase`${code(service)} runs ${newWords(replacement, version)} ${fineWords(checked)}.`;
}

async function putBack(
  data: RolloutData,
  unit: readonly Replacement[],
  { fault, at, changed, tags, began }: Extract<UnitEnd, { state: 'failed' }>,
  finished: readonly string[],
  ctx: RunContext,
): Promise<PartResult> {
  await restoreTags(unit, tags, ctx);
  const services = withSharers(unit, changed);
  if (services.length === 0) return nothingReplaced(data, at, fault, finished);
  const names = services.map(({ service }) => service);
  await ctx.note(ROLLING_BACK, { services: names });
  const backs = await goBack(data, services, ctx.runId, tags, ctx);
  const ok = backs.every((one) => one.ok);
  const down = formatDuration(ctx.now().getTime() - began);
  if (ok) await ctx.note(WENT_BACK, { services: names });
  const ran = services.filter(({ reasons }) => !reasons.includes('start')).map(({ service }) => service);
  const failed = backs.flatMap((one, index) => (one.ok ? [] : [services[index]?.service ?? '']));
  return {
    state: ok ? 'rolled_back' : 'failed',
    reason: ok ? fault.reason : 'rollback_failed',
    summary: [
      ...backs.map(({ sentence }) => sentence),
      ...(fault.why.length > 0 ? [phrase`${titleOf(at)}: ${fault.why}`] : []),
      ...(ok && ran.length > 0
        ? [phrase`${downWords(names, ran)} down or restarting for up to ${down}.`]
        : []),
      ...othersWords(data, finished, names),
    ],
    ...(ok ? {} : { rollBack: phrase`Put back ${named(failed)} as before.` }),
    ...(fault.reason === 'stopped' && ok ? {} : { next: ok ? afterWayBack(at, fault) : byHand(failed) }),
    warnings: [],
  };
}

/** Of what did not run before, nobody says that it was down. */
function downWords(all: readonly string[], ran: readonly string[]): Phrase {
  if (ran.length < all.length) return phrase`${named(ran)} ${isAre(ran, 'was', 'were')}`;
  return [isAre(all, 'It was', 'They were')];
}

function nothingReplaced(
  data: RolloutData,
  at: Replacement,
  { reason, why, next }: Fault,
  finished: readonly string[],
): PartResult {
  return {
    state: reason === 'stopped' ? 'cancelled' : 'failed',
    reason,
    summary: [
      finished.length === 0 ? phrase`Nothing was replaced.` : phrase`${code(at.service)} was not touched.`,
      ...(why.length > 0 ? [phrase`${titleOf(at)}: ${why}`] : []),
      ...othersWords(data, finished, [at.service]),
    ],
    ...(next ? { next } : {}),
    warnings: [],
  };
}

function afterWayBack({ image }: Replacement, { next }: Fault): Phrase {
  return (
    next ??
    phrase`Look at the container’s last lines, or pin the earlier version of ${code(image)} in the Compose file.`
  );
}

function byHand([service = '']: readonly string[]): Phrase {
  const filter = `docker ps -a --filter label=com.docker.compose.service=${service}`;
  return phrase`Look at ${code(filter)}, make room for what ran before, and roll back again: it is still kept.`;
}

function stoppedBetween(data: RolloutData, finished: readonly string[]): PartResult {
  const summary = othersWords(data, finished, []);
  return { state: 'cancelled', reason: 'stopped', summary, warnings: [] };
}

function titleOf({ service, image }: Replacement): Phrase {
  return phrase`${code(service)} (${code(image)})`;
}

/** The version, where the image's name doesn't say it by itself. */
function newWords({ image, pull, localId }: Replacement, version: string | null): Phrase {
  const known = version === null || image.includes(version) ? [] : phrase`version ${code(version)}, `;
  return phrase`${code(image)} (${known}${code(shortId(pull ?? localId ?? ''))})`;
}

/** What is so with the services that did not fail. */
function othersWords(
  { replacements }: RolloutData,
  kept: readonly string[],
  back: readonly string[],
): readonly Phrase[] {
  const waiting = replacements
    .filter(({ service }) => !kept.includes(service) && !back.includes(service))
    .map(({ service }) => service);
  return [
    ...(kept.length > 0
      ? [phrase`${named(kept)} ${isAre(kept, 'keeps its new version', 'keep their new versions')}.`]
      : []),
    ...(waiting.length > 0
      ? [phrase`${named(waiting)} ${isAre(waiting, 'was', 'were')} not begun, and not touched.`]
      : []),
  ];
}

function isAre(services: readonly string[], one: string, many: string): string {
  return services.length === 1 ? one : many;
}
