/**
 * What the tests run as processes of their own: `node child.js <task> <data directory> <number of runs>`.
 * Tells what it has done in lines on stdout. It begins at once, so a test may only import its types.
 */
import { once } from 'node:events';
import { openSqliteStore } from '../../src/store/sqlite.js';
import { at, sampleAudit, sampleRun } from './samples.js';

export type ChildTask = 'race' | 'write';
const TASKS: Record<ChildTask, (dataDir: string, runs: number) => Promise<void>> = { race, write };

const [task, dataDir = '', runs] = process.argv.slice(2);
await TASKS[task as ChildTask](dataDir, Number(runs));

/** Says `ready`, waits for the start signal on stdin, and tries to queue every run; tells which it won. */
async function race(directory: string, runs: number): Promise<void> {
  const store = await openSqliteStore({ dataDir: directory });
  console.log('ready');
  await once(process.stdin, 'data');
  for (let index = 0; index < runs; index += 1) {
    const id = `r-${index}`;
    const patch = { owner: String(process.pid), queuedAt: at(1) };
    const audit = sampleAudit({ event: 'confirmed', runId: id });
    if (await store.runs.transition(id, 'awaiting', 'queued', patch, audit)) console.log(id);
  }
  await store.close();
  process.exit();
}

/** Writes that many runs, one line for each run whose every write was acknowledged. */
async function write(directory: string, runs: number): Promise<void> {
  const store = await openSqliteStore({ dataDir: directory });
  for (let index = 0; index < runs; index += 1) {
    const id = `w-${process.pid}-${index}`;
    await store.runs.insert(sampleRun({ id }), sampleAudit({ runId: id }));
    await store.runs.transition(id, 'awaiting', 'queued', { owner: 'o' }, sampleAudit({ runId: id }));
    await store.runs.appendJournal(id, 0, 'note', index);
    console.log(id);
  }
}
