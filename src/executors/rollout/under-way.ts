import type { JournalEntry } from '../../core/ports/executor.js';
import type { Replacement, RolloutData } from './data.js';
import { keeperOf } from './keep.js';
import type { ReplacingEntry } from './replace.js';
import { REPLACED, REPLACING } from './run-unit.js';
import { unitOf } from './units.js';
import { ROLLING_BACK, WENT_BACK } from './way-back.js';

/** A unit of which something was replaced and that is not finished. */
export interface OpenUnit {
  readonly unit: readonly Replacement[];
  readonly begun: readonly Replacement[];
  /** What the names of their images meant before. */
  readonly tags: readonly ReplacingEntry[];
}

/** The unit that was under way by what was written down; null: none. */
export function openUnit(data: RolloutData, journal: readonly JournalEntry[]): OpenUnit | null {
  const tags = tagsBefore(journal);
  const last = tags.at(-1)?.service;
  if (last === undefined) return null;
  // A version without twins replaced one service after the other.
  const hasUnits = keeperOf(journal) !== null;
  const unit = hasUnits
    ? unitOf(data.replacements, last)
    : data.replacements.filter(({ service }) => service === last);
  const done = [...replacedServices(journal), ...namedIn(journal, WENT_BACK)];
  if (unit.every(({ service }) => done.includes(service))) return null;
  const begun = unit.filter(({ service }) => tags.some((tag) => tag.service === service));
  return { unit, begun, tags };
}

/** What images' names meant before each service was replaced, in order. */
export function tagsBefore(journal: readonly JournalEntry[]): readonly ReplacingEntry[] {
  return journal.filter(({ kind }) => kind === REPLACING).map(({ data }) => data as ReplacingEntry);
}

/** Had the unit begun to go back? */
export function isGoingBack(journal: readonly JournalEntry[], { unit }: OpenUnit): boolean {
  return namedIn(journal, ROLLING_BACK).some((service) => unit.some((one) => one.service === service));
}

/** The services that such entries name; a version of before named one. */
function namedIn(journal: readonly JournalEntry[], which: string): readonly string[] {
  return journal.flatMap(({ kind, data }) => {
    if (kind !== which) return [];
    const { services, service } = data as {
      readonly services?: readonly string[];
      readonly service?: string;
    };
    return services ?? (service === undefined ? [] : [service]);
  });
}

/** A service is only begun once the one before it is replaced, whether that could be noted or not. */
export function replacedServices(journal: readonly JournalEntry[]): readonly string[] {
  const before = tagsBefore(journal)
    .slice(0, -1)
    .map(({ service }) => service);
  const noted = journal
    .filter(({ kind }) => kind === REPLACED)
    .map(({ data }) => (data as { service: string }).service);
  const back = namedIn(journal, ROLLING_BACK);
  return [...new Set([...before, ...noted])].filter((service) => !back.includes(service));
}
