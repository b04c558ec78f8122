import type { JournalEntry, RecoveryReport, RunContext } from '../../core/executor.js';
import { code, type Phrase, phrase } from '../../core/phrase.js';
import type { PlanPart } from '../../core/plan.js';
import { recoverFiles } from '../files/recover.js';
import { awaitStop, type Held, heldOf, release } from '../quiesce/hold.js';
import type { QuiesceTimes } from '../quiesce/times.js';
import type { PlexData } from './data.js';
import { removeScratch } from './scratch.js';

/** After a process that died: first the container is put back as it was, then the files are tidied up. */
export async function recoverPlex(
  times: QuiesceTimes,
  part: PlanPart<PlexData>,
  journal: readonly JournalEntry[],
  ctx: RunContext,
): Promise<RecoveryReport> {
  const held = heldOf(journal);
  const container = held === null ? [] : [await putBack(held, journal, times, ctx)];
  await removeScratch(part.data, ctx);
  // Where version 1 opened databases.
  for (const suffix of ['', '-wal', '-journal', '-shm'])
    await ctx.host.remove(`${part.data.partial}.db${suffix}`);
  const files = await recoverFiles(part, journal, ctx);
  return { summary: [...container, ...files.summary] };
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
