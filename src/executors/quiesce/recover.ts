import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { JournalEntry, RunContext } from '../../core/ports/executor.js';
import { awaitStop } from './hold.js';
import { type Held, heldBy } from './journal.js';
import { release } from './release.js';
import type { QuiesceTimes } from './times.js';

/** Puts back what a process that died had stopped or paused, and says what was found. */
export async function putBackHeld(
  journal: readonly JournalEntry[],
  times: QuiesceTimes,
  ctx: RunContext,
): Promise<readonly Phrase[]> {
  const said: Phrase[] = [];
  for (const held of heldBy(journal)) said.push(await putBack(held, journal, times, ctx));
  return said;
}

async function putBack(
  held: Held,
  journal: readonly JournalEntry[],
  times: QuiesceTimes,
  { host }: RunContext,
): Promise<Phrase> {
  await awaitStop(host, held, journal, times);
  const released = await release(host, held, times, false);
  const name = code(held.name);
  const [found, put, verb] =
    held.hold === 'stop' ? ['stopped', 'started', 'start'] : ['paused', 'let go on', 'unpause'];
  if (!released.ok && released.unseen) {
    return phrase`${name} may be ${found}: Docker does not answer (${code(released.why)}). Look at it, and run ${code(`docker ${verb} ${held.name}`)} if it is.`;
  }
  if (!released.ok) {
    return phrase`${name} was found ${found} and could not be put back: ${code(released.why)}. Run ${code(`docker ${verb} ${held.name}`)}.`;
  }
  return released.touched ? phrase`${name} was found ${found} and has been ${put}.` : phrase`${name} runs.`;
}
