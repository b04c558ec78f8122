/** `npm run bench`: measures, prints a table, keeps the figures in bench/results/. See docs/benchmarks.md. */
import { firstAnswer } from './a-first-answer.js';
import { plexArchive } from './b-plex-archive.js';
import { start } from './c-start.js';
import { fortyBackups } from './d-forty-backups.js';
import { history } from './e-history.js';
import { steps } from './f-steps.js';
import { dryRuns } from './g-dry-runs.js';
import { mirrors } from './h-mirrors.js';
import { type Figure, isMet, type Part, PartSkipped } from './support/figures.js';
import { type PartRecord, writeResult } from './support/results.js';
import { undoAll } from './support/scope.js';
import { tableOf } from './support/table.js';

const PARTS: Readonly<Record<string, Part>> = {
  a: firstAnswer,
  b: plexArchive,
  c: start,
  d: fortyBackups,
  e: history,
  f: steps,
  g: dryRuns,
  h: mirrors,
};

let cutOff: Promise<never> | null = null;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    cutOff ??= undoAll().then(() => process.exit(130));
  });
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((id) => !Object.hasOwn(PARTS, id));
if (unknown.length > 0) {
  process.stderr.write(`There is no part ${unknown.join(', ')}. Parts: ${Object.keys(PARTS).join(', ')}.\n`);
  process.exit(2);
}

const records: PartRecord[] = [];
for (const [id, part] of Object.entries(PARTS)) {
  if (wanted.length === 0 || wanted.includes(id)) records.push(await measure(id, part));
}
const file = await writeResult(records);
process.stdout.write(`${summary(records)}\nAll figures: ${file}\n`);
process.exit(records.some(({ state }) => state === 'failed') ? 1 : 0);

async function measure(id: string, part: Part): Promise<PartRecord> {
  const { title } = part;
  process.stdout.write(`(${id}) ${title}\n`);
  const began = performance.now();
  const seconds = () => Math.round((performance.now() - began) / 1000);
  try {
    const { figures, raw } = await part.run();
    process.stdout.write(`${tableOf(id, figures)}\n\n`);
    return { id, title, state: 'done', seconds: seconds(), figures, raw };
  } catch (error) {
    // Told to end: what fails now fails because it is being taken away.
    if (cutOff) await cutOff;
    const reason = error instanceof Error ? error.message : String(error);
    const state = error instanceof PartSkipped ? 'skipped' : 'failed';
    process.stdout.write(`\n*** (${id}) ${state.toUpperCase()}: ${reason} ***\n\n`);
    return { id, title, state, seconds: seconds(), reason };
  }
}

/** `21 of 23 targets met; missed: …; skipped: (b) …` */
function summary(parts: readonly PartRecord[]): string {
  const judged = parts.flatMap(({ id, figures = [] }) =>
    figures.filter(({ judged }) => judged).map((figure: Figure) => ({ id, figure })),
  );
  const missed = judged.filter(({ figure }) => isMet(figure) === false);
  const undone = parts.filter(({ state }) => state !== 'done');
  return [
    `${judged.length - missed.length} of ${judged.length} targets met.`,
    ...missed.map(({ id, figure }) => `MISSED (${id}) ${figure.what}`),
    ...undone.map(({ id, state, title }) => `${state.toUpperCase()} (${id}) ${title}`),
  ].join('\n');
}
