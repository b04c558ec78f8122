import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { PartResult } from '../../core/ports/executor.js';
import { formatDuration } from '../../core/text/format.js';
import { ended, type Failure } from '../shared/failure.js';
import { someOf } from '../shared/wording.js';
import type { Around } from './around.js';
import type { Quiesce } from './data.js';

type Hold = Quiesce['hold'];

/** `; plex was down for 38 s`, behind a number; nothing where nothing was held. */
export function heldText(quiesce: Quiesce | null, { touched, heldMs }: Around): Phrase {
  if (quiesce === null || touched.length === 0) return phrase``;
  return phrase`; ${someOf(touched)} ${wasOrWere(touched)} ${stateOf(quiesce.hold)} for ${formatDuration(heldMs)}`;
}

/** That what was held runs again, for an end that is no success. */
export function backText(
  quiesce: Quiesce | null,
  { begun, touched, heldMs, lost }: Around,
): readonly Phrase[] {
  if (!begun || quiesce === null) return [];
  const names = quiesce.containers.map(({ name }) => name);
  if (touched.length === 0) {
    return lost.length > 0
      ? []
      : [phrase`${someOf(names)} ${names.length === 1 ? 'runs' : 'run'} as before.`];
  }
  const run = touched.length === 1 ? 'runs' : 'run';
  return [phrase`${someOf(touched)} ${run} again (${stateOf(quiesce.hold)} for ${formatDuration(heldMs)}).`];
}

function stateOf(hold: Hold): string {
  return hold === 'pause' ? 'paused' : 'down';
}

function wasOrWere(names: readonly string[]): string {
  return names.length === 1 ? 'was' : 'were';
}

/** What to say besides of containers that run again. */
export function heldWarnings({ unhealthy, warnings }: Around): readonly Notice[] {
  return [
    ...warnings,
    ...unhealthy.map((name) =>
      notice('container_unhealthy', phrase`${code(name)} runs again, and is not healthy yet.`),
    ),
  ];
}

/** The end of a part that failed; containers that are down come first, whatever else went wrong. */
export function heldEnd(
  failure: Failure | null,
  quiesce: Quiesce | null,
  held: Around,
  stateNow: readonly Phrase[],
): PartResult | null {
  if (quiesce !== null && held.lost.length > 0) {
    const more = [...(failure ? [failure.message] : []), ...backText(quiesce, held), ...stateNow];
    return leftDown(quiesce.hold, held, more);
  }
  if (failure === null) return null;
  return { ...ended(failure, [...backText(quiesce, held), ...stateNow]), warnings: heldWarnings(held) };
}

/** Containers could not be put back: that is what people must know first. */
function leftDown(hold: Hold, held: Around, more: readonly Phrase[]): PartResult {
  const [state, verb] = hold === 'pause' ? ['is still paused', 'unpause'] : ['is down', 'start'];
  const names = held.lost.map(({ name }) => name);
  return {
    state: 'failed',
    reason: 'container_not_back',
    summary: [
      ...held.lost.map(({ name, why, unseen }) =>
        unseen
          ? phrase`${code(name)} may be down: Docker does not answer (${code(why)}), so it could not be put back.`
          : phrase`${code(name)} ${state} and could not be put back: ${code(why)}.`,
      ),
      ...more,
    ],
    next: phrase`Put ${names.length === 1 ? 'it' : 'them'} back by hand: ${code(`docker ${verb} ${names.join(' ')}`)}.`,
    warnings: heldWarnings(held),
  };
}
