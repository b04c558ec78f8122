import type { JournalEntry, PartResult, RecoveryReport, RunContext } from '../../core/executor.js';
import { code, type Phrase, phrase } from '../../core/phrase.js';
import type { PlanPart } from '../../core/plan.js';
import { serviceContainers } from '../compose/containers.js';
import type { Replacement, RolloutData } from './data.js';
import { releaseHolds } from './holds.js';
import { finishNames } from './names.js';
import { newImageId } from './pull.js';
import type { ReplacingEntry } from './replace.js';
import { type RolledBack, rescueSharers, rollBackService } from './roll-back.js';
import { named, shortId } from './wording.js';

/**
 * The service that was under way when the process died: when all its containers run the new image, it stays
 * so and going back is offered; when not, it may be down, and what ran before is put back at once.
 */
export async function recover(
  { data }: PlanPart<RolloutData>,
  journal: readonly JournalEntry[],
  ctx: RunContext,
): Promise<RecoveryReport> {
  const open = underWay(data, journal);
  const finished = finishedWords(journal);
  if (open === null) {
    const rescued = await rescueSharers(data, replacedServices(journal), ctx);
    const left = await leftHolds(data, ctx);
    const summary = [...finished, ...sentencesOf(rescued)];
    return {
      summary: [...(summary.length > 0 ? summary : [phrase`No container had been touched.`]), ...left],
    };
  }
  const { replacement } = open;
  const wasGoingBack = servicesOf(journal, 'rolling_back').includes(replacement.service);
  if (!wasGoingBack && (await allRunNew(data, replacement, ctx))) {
    const { service, image, oldId } = replacement;
    await finishNames(data.project, service, ctx);
    const runs = phrase`${code(service)} runs ${code(image)} now; whether it stays healthy was not watched to the end.`;
    const rollBack = phrase`Put back the image of ${code(service)} from before (${code(shortId(oldId))}).`;
    return { summary: [...finished, runs, HELD], rollBack };
  }
  const { sentences } = await goBack(data, open, journal, ctx);
  return { summary: [...finished, ...sentences] };
}

/** The way back needs the image from before, so its hold stays where that is offered. */
const HELD = phrase`A container that never runs keeps its image from before until that is put back, or until the next rollout.`;

async function leftHolds(data: RolloutData, ctx: RunContext): Promise<readonly Phrase[]> {
  return (await releaseHolds(data, ctx)).map(({ message, remedy }) => phrase`${message} ${remedy}`);
}

/** Puts back what ran before the interrupted rollout's last service was replaced. */
export async function rollBack(
  { data }: PlanPart<RolloutData>,
  journal: readonly JournalEntry[],
  ctx: RunContext,
): Promise<PartResult> {
  const open = underWay(data, journal);
  if (open === null) {
    const summary = [phrase`No service was under way, so nothing was put back.`];
    return { state: 'failed', reason: 'nothing_to_do', summary, warnings: [] };
  }
  const { ok, sentences } = await goBack(data, open, journal, ctx);
  return {
    state: ok ? 'rolled_back' : 'failed',
    reason: ok ? 'process_died' : 'rollback_failed',
    summary: [...sentences, ...finishedWords(journal)],
    warnings: [],
  };
}

/** Puts back the service that was under way, and what lives in its containers; keeps the holds if that fails. */
async function goBack(
  data: RolloutData,
  { replacement, before }: UnderWay,
  journal: readonly JournalEntry[],
  ctx: RunContext,
): Promise<{ readonly ok: boolean; readonly sentences: readonly Phrase[] }> {
  const back = await rollBackService(data, replacement, before, ctx);
  const replaced = [...replacedServices(journal), replacement.service];
  const all = [back, ...(await rescueSharers(data, replaced, ctx))];
  const ok = all.every((one) => one.ok);
  return { ok, sentences: [...sentencesOf(all), ...(ok ? await leftHolds(data, ctx) : [])] };
}

export function sentencesOf(results: readonly RolledBack[]): readonly Phrase[] {
  return results.map(({ sentence }) => sentence);
}

interface UnderWay {
  readonly replacement: Replacement;
  readonly before: ReplacingEntry;
}

function underWay({ replacements }: RolloutData, journal: readonly JournalEntry[]): UnderWay | null {
  const done = replacedServices(journal);
  const begun = journal.filter(({ kind }) => kind === 'replacing').at(-1);
  if (!begun) return null;
  const before = begun.data as ReplacingEntry;
  const replacement = replacements.find(({ service }) => service === before.service);
  return replacement && !done.includes(before.service) ? { replacement, before } : null;
}

/** The services that entries of this kind name. */
function servicesOf(journal: readonly JournalEntry[], kind: string): readonly string[] {
  return journal
    .filter((entry) => entry.kind === kind)
    .map(({ data }) => (data as { service: string }).service);
}

/** A service is only begun once the one before it is replaced, whether that could be noted or not. */
export function replacedServices(journal: readonly JournalEntry[]): readonly string[] {
  const before = servicesOf(journal, 'replacing').slice(0, -1);
  return [...new Set([...before, ...servicesOf(journal, 'replaced')])];
}

function finishedWords(journal: readonly JournalEntry[]): readonly Phrase[] {
  const done = replacedServices(journal);
  return done.length === 0
    ? []
    : [phrase`${named(done)} ${done.length === 1 ? 'has its new version' : 'have their new versions'}.`];
}

async function allRunNew(data: RolloutData, replacement: Replacement, ctx: RunContext): Promise<boolean> {
  const [imageId, found] = [
    await newImageId(replacement, ctx),
    await serviceContainers(ctx.host, data.project, replacement.service),
  ];
  return (
    found.state === 'found' &&
    found.value.length === replacement.replicas &&
    found.value.every((container) => container.status === 'running' && container.imageId === imageId)
  );
}
