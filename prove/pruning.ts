import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { retentionAt } from '../src/core/records/pruning.js';
import { formatBytes } from '../src/core/text/format.js';
import { openSqliteStore } from '../src/store/sqlite.js';
import { PastRuns } from '../tests/store/year-of-runs.js';
import type { Proof } from './support/proof.js';

const RUNS = 525_600;
const TOGETHER = 64;
/** Pruned as often as in real life an hour of runs passes in a step of this many hours. */
const PRUNED_EVERY = 60 * 24;
const LIMIT = 300 * 2 ** 20;
const DEFAULTS = { runsDays: 365, runsAtMost: 50_000, previewsDays: 7, logsDays: 90 };
const INTENTS = ['photos', 'films', 'mail', 'wiki'];

export const proof: Proof = {
  description: 'a year of a run a minute stays below 300 MiB at the defaults, and audit verify holds',

  async run({ minutes, log, signal }) {
    const dataDir = await mkdtemp(join(tmpdir(), 'chatops-prove-pruning-'));
    const store = await openSqliteStore({ dataDir });
    const file = join(dataDir, 'chatops.db');
    const past = new PastRuns(store);
    const began = Date.now() - RUNS * 60_000;
    const until = Date.now() + minutes * 60_000 * 0.8;
    let [done, largest, longest] = [0, 0, 0];
    try {
      while (done < RUNS && !signal.aborted && Date.now() < until) {
        for (let day = 0; day < PRUNED_EVERY; day += TOGETHER) {
          const together = Math.min(TOGETHER, PRUNED_EVERY - day);
          const at = (index: number): Date => new Date(began + (done + index) * 60_000);
          await Promise.all(
            Array.from({ length: together }, (_, index) => past.run(INTENTS[index % 4] ?? '', at(index))),
          );
          done += together;
        }
        const started = performance.now();
        await store.prune(retentionAt(DEFAULTS, new Date(began + done * 60_000)), signal);
        longest = Math.max(longest, performance.now() - started);
        largest = Math.max(largest, (await stat(file)).size);
        if (done % (PRUNED_EVERY * 30) === 0) log(`${done} runs: ${formatBytes((await stat(file)).size)}`);
      }
      const { rows, problems } = await store.audit.verify();
      for (const { problem } of problems.slice(0, 5)) log(problem);
      return {
        ok: largest < LIMIT && problems.length === 0 && done >= RUNS,
        figures: {
          runs: done,
          'largest database': formatBytes(largest),
          'longest pruning of a day, ms': Math.round(longest),
          'rows verified': rows,
          problems: problems.length,
        },
      };
    } finally {
      await store.close();
      await rm(dataDir, { recursive: true });
    }
  },
};
