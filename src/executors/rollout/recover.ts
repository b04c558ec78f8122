import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { PlanPart } from '../../core/model/plan.js';
import type { JournalEntry, PartResult, RecoveryReport, RunContext } from '../../core/ports/executor.js';
import { serviceContainers } from '../compose/containers.js';
import { named } from '../shared/wording.js';
import type { Replacement, RolloutData } from './data.js';
import { keeperOf, letGo } from './keep.js';
import { finishNames } from './names.js';
import { newImage } from './pull.js';
import type { RolledBack } from './rolled-back.js';
import { isGoingBack, type OpenUnit, openUnit, replacedServices } from './under-way.js';
import { goBack as goBackTo, WENT_BACK, withSharers } from './way-back.js';

/**
 * The unit that was under way when the process died: when all its containers run the new image, it stays so and going back
 * is offered; when not, it may be down, and what ran before is put back at once.
 */
export async function recover(
  { data }: PlanPart<RolloutData>,
  journal: readonly JournalEntry[],
  ctx: RunContext,
): Promise<RecoveryReport> {
  const open = openUnit(data, journal);
  const finished = finishedWords(journal, open);
  if (open === null) {
    const left = await leftTwins(data, journal, ctx);
    return {
      summary: [...(finished.length > 0 ? finished : [phrase`No container had been touched.`]), ...left],
    };
  }
  if (!isGoingBack(journal, open) && (await allRunNew(data, open, ctx))) {
    for (const { service } of open.begun) await finishNames(data.project, service, ctx);
    const runs = open.begun.map(
      ({ service, image }) =>
        phrase`${code(service)} runs ${code(image)} now; whether it stays healthy was not watched to the end.`,
    );
    const rollBack = phrase`Put back ${named(open.begun.map(({ service }) => service))} as before.`;
    return { summary: [...finished, ...runs, KEPT], rollBack };
  }
  const { ok, sentences } = await goBack(data, open, journal, ctx);
  const again = phrase`Put back ${named(open.begun.map(({ service }) => service))} as before.`;
  return { summary: [...sentences, ...finished], ...(ok ? {} : { rollBack: again }) };
}

/** The way back needs the twins, so they stay where that is offered. */
const KEPT = phrase`Containers that never run keep what ran before until that is put back, or until the next rollout.`;

async function leftTwins(
  data: RolloutData,
  journal: readonly JournalEntry[],
  ctx: RunContext,
): Promise<readonly Phrase[]> {
  const left = await letGo(data, keeperOf(journal) ?? ctx.runId, ctx);
  return left.map(({ message, remedy }) => phrase`${message} ${remedy}`);
}

/** Puts back what ran before the interrupted rollout's last unit was replaced. */
export async function rollBack(
  { data }: PlanPart<RolloutData>,
  journal: readonly JournalEntry[],
  ctx: RunContext,
): Promise<PartResult> {
  const open = openUnit(data, journal);
  if (open === null) {
    const summary = [phrase`No service was under way, so nothing was put back.`];
    return { state: 'failed', reason: 'nothing_to_do', summary, warnings: [] };
  }
  const { ok, sentences } = await goBack(data, open, journal, ctx);
  return {
    state: ok ? 'rolled_back' : 'failed',
    reason: ok ? 'process_died' : 'rollback_failed',
    summary: [...sentences, ...finishedWords(journal, open)],
    warnings: [],
  };
}

/** Puts back the unit that was under way; what it ran before stays kept if that fails. */
async function goBack(
  data: RolloutData,
  { unit, begun, tags }: OpenUnit,
  journal: readonly JournalEntry[],
  ctx: RunContext,
): Promise<{ readonly ok: boolean; readonly sentences: readonly Phrase[] }> {
  const keeper = keeperOf(journal);
  const services = withSharers(keeper === null ? data.replacements : unit, begun);
  const all = await goBackTo(data, services, keeper, tags, ctx);
  const ok = all.every((one) => one.ok);
  if (ok) await ctx.note(WENT_BACK, { services: services.map(({ service }) => service) });
  return { ok, sentences: [...sentencesOf(all), ...(ok ? await leftTwins(data, journal, ctx) : [])] };
}

export function sentencesOf(results: readonly RolledBack[]): readonly Phrase[] {
  return results.map(({ sentence }) => sentence);
}

/** The services of units that are finished. */
function finishedWords(journal: readonly JournalEntry[], open: OpenUnit | null): readonly Phrase[] {
  const isOpen = (service: string): boolean => open?.unit.some((one) => one.service === service) ?? false;
  const done = replacedServices(journal).filter((service) => !isOpen(service));
  return done.length === 0
    ? []
    : [phrase`${named(done)} ${done.length === 1 ? 'has its new version' : 'have their new versions'}.`];
}

async function allRunNew(data: RolloutData, { unit, begun }: OpenUnit, ctx: RunContext): Promise<boolean> {
  if (begun.length < unit.length) return false;
  for (const one of begun) if (!(await runsNew(data, one, ctx))) return false;
  return true;
}

async function runsNew(data: RolloutData, replacement: Replacement, ctx: RunContext): Promise<boolean> {
  const [image, found] = [
    await newImage(replacement, ctx),
    await serviceContainers(ctx.host, data.project, replacement.service),
  ];
  return (
    found.state === 'found' &&
    found.value.length === replacement.replicas &&
    found.value.every((container) => container.status === 'running' && container.imageId === image?.id)
  );
}
