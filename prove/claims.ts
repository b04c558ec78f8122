import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../tests/support/root.js';
import type { Told } from './support/claims/command.js';
import { makeDamaged } from './support/claims/damaged.js';
import { knowsOf } from './support/claims/knows.js';
import { Places } from './support/claims/places.js';
import { play } from './support/claims/stage.js';
import { Coverage, storyOf } from './support/claims/story.js';
import { tableOf } from './support/claims/table.js';
import type { Proof, ProofOptions, ProofResult } from './support/proof.js';

export const proof: Proof = {
  description:
    'every number and every claim of backups is counted again: random trees, destinations and faults',
  run: (options) => claims(options),
};

/** The program that is judged: this one, unless CHATOPS names the `dist/bin/chatops.js` of another. */
async function claims({ seeds, only, log, signal }: ProofOptions): Promise<ProofResult> {
  const chatops = process.env.CHATOPS ?? join(ROOT, 'dist/bin/chatops.js');
  const root = mkdtempSync(join(tmpdir(), 'chatops-test-claims-'));
  // A bot that isn't root goes in too.
  chmodSync(root, 0o755);
  const places = new Places(root);
  const theatre = { root, places, chatops, damaged: makeDamaged(root), knows: knowsOf(chatops, root) };
  const met = new Coverage();
  const planned = new Coverage();
  const ends = new Map<string, number>();
  let [runs, violations] = [0, 0];
  const last = Math.max(...seeds);
  try {
    for (let seed = 1; seed <= last && !signal.aborted; seed += 1) {
      // Which story a seed tells depends on what the ones before it have met.
      const story = storyOf(seed, planned);
      if (!seeds.includes(seed) || (only !== null && story.kind !== only && story.place !== only)) continue;
      for (const { act, features, struck, state, wrong, told } of await play(story, theatre)) {
        runs += 1;
        ends.set(state, (ends.get(state) ?? 0) + 1);
        if (struck) met.add(story.place, act.fault, features);
        violations += wrong.length;
        const where = `seed ${seed}, ${story.kind} to ${story.place}, ${act.fault}`;
        for (const what of wrong) log(`${where}: ${what}`);
        if (wrong.length > 0 || process.env.CLAIMS_TELL)
          log(`    ${where}: ${state}${struck ? '' : ', not struck'}: ${saidBy(told)}`);
      }
    }
  } finally {
    places.close();
    rmSync(root, { recursive: true, force: true });
  }
  for (const line of tableOf(met)) log(line);
  const byEnd = [...ends].map(([state, count]) => `${state} ${count}`).join(', ');
  return { ok: violations === 0, figures: { runs, 'runs by end': byEnd, violations } };
}

function saidBy(told: Told | null): string {
  const { summary = [], warnings = [] } = told?.outcome ?? {};
  return [...summary, ...warnings.map(({ message }) => `⚠ ${message}`)].join(' | ');
}
