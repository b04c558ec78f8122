import { code, type Phrase, type PhrasePart, phrase } from '../../core/model/phrase.js';
import { formatCount } from '../../core/text/format.js';
import type { Change } from './change.js';
import { runningBefore, type ScaleData } from './data.js';

const NAMED = 8;

/** The plan in words: `web`: 2 → 5 replicas. 3 containers are created: web-3, web-4, web-5. */
export function describe(data: ScaleData, { created, started, removed }: Change): Phrase {
  const before = runningBefore(data);
  const head =
    before === data.wanted
      ? phrase`${code(data.service)}: ${replicas(before)} already run.`
      : phrase`${code(data.service)}: ${before} → ${replicas(data.wanted)}.`;
  const off = data.wanted === 0 && removed.length > 0 ? [' The service is off then.'] : [];
  return [
    ...head,
    ...part(created, 'created'),
    ...part(started, 'started'),
    ...part(removed, 'stopped and removed'),
    ...off,
  ];
}

/** `1 replica`, `3 replicas`. */
export function replicas(count: number): string {
  return formatCount(count, 'replica');
}

function part(names: readonly string[], done: string): Phrase {
  if (names.length === 0) return [];
  const verb = names.length === 1 ? 'is' : 'are';
  return phrase` ${formatCount(names.length, 'container')} ${verb} ${done}: ${listed(names)}.`;
}

function listed(names: readonly string[]): Phrase {
  const parts = names
    .slice(0, NAMED)
    .flatMap<PhrasePart>((name, index) => [index === 0 ? '' : ', ', code(name)]);
  return names.length > NAMED ? phrase`${parts} and ${names.length - NAMED} more` : parts;
}
