import { type Phrase, phrase } from '../../core/model/phrase.js';
import type { JournalEntry, RunContext } from '../../core/ports/executor.js';
import { formatCount } from '../../core/text/format.js';
import { type ServiceContainer, serviceContainers } from '../compose/containers.js';
import { READ } from '../docker/container.js';
import type { ScaleData } from './data.js';

/** Noted before Compose is asked; data: {@link Scaling}. */
export const SCALING = 'scaling';

export type Scaling = {
  /** When that was, in milliseconds since 1970. */
  readonly at: number;
};

/** The engine's clock may be behind this one, in ms. */
const SKEW = 2000;

/**
 * Removes containers that the scale had created and not started when it was cut off: nothing starts them any more. One
 * that was there before stays, whatever it looks like. Says what was removed.
 */
export async function removeNeverStarted(
  data: ScaleData,
  journal: readonly JournalEntry[],
  ctx: RunContext,
): Promise<readonly Phrase[]> {
  const begun = journal.find(({ kind }) => kind === SCALING)?.data as Scaling | null | undefined;
  const found = await serviceContainers(ctx.host, data.project, data.service);
  if (!begun || found.state !== 'found') return [];
  const made = found.value.filter((container) => isOwn(container, data) && isUnused(container, begun));
  if (made.length === 0) return [];
  // Without force: one that was started meanwhile stays.
  const argv = ['docker', 'rm', '-v', '--', ...made.map(({ id }) => id)];
  const removed = await ctx.host.exec(argv, { ...READ, timeoutMs: 120_000 });
  if (!removed.ok) return [];
  const were = made.length === 1 ? 'was' : 'were';
  return [
    phrase`${formatCount(made.length, 'container')} that had been created and never started ${were} removed.`,
  ];
}

function isOwn({ id, number }: ServiceContainer, { before }: ScaleData): boolean {
  const highest = Math.max(0, ...before.map(({ name }) => Number(/-(\d+)$/.exec(name)?.[1] ?? 0)));
  return before.every((container) => container.id !== id) && number > highest;
}

function isUnused({ status, startedAt, createdAt }: ServiceContainer, { at }: Scaling): boolean {
  return status === 'created' && startedAt.startsWith('0001-') && Date.parse(createdAt) >= at - SKEW;
}
