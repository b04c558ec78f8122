import { join } from 'node:path';
import { makeImage } from '../tests/support/docker-images.js';
import { ROOT } from '../tests/support/root.js';
import type { Proof, ProofOptions, ProofResult } from './support/proof.js';
import { tried } from './support/stacks/engine.js';
import { wrongIn } from './support/stacks/judge.js';
import { play } from './support/stacks/play.js';
import { storyOf } from './support/stacks/story.js';

export const proof: Proof = {
  description:
    'random Compose stacks, edited at random moments: what runs is what was shown, or what ran before',
  run: (options) => stacks(options),
};

/** Two proofs may be at it on one engine. */
const NAME = `chatops-test-${process.pid}/image`;

/** The program that is judged: this one, unless CHATOPS names the `dist/bin/chatops.js` of another. */
async function stacks({ seeds, only, log, signal }: ProofOptions): Promise<ProofResult> {
  const chatops = process.env.CHATOPS ?? join(ROOT, 'dist/bin/chatops.js');
  const [old, next] = ['1', '2'].map((version) => makeImage(`${NAME}:${version}`, { version }));
  const bad = makeImage(`${NAME}:bad`, { version: 'bad', script: 'exit 3' });
  const images = { old: old ?? '', next: next ?? '', bad };
  const met = new Map<string, number>();
  const ends = new Map<string, number>();
  let [played, violations, refused] = [0, 0, 0];
  const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  try {
    for (const seed of seeds) {
      const story = storyOf(seed);
      if (signal.aborted) break;
      if (only !== null && story.edit !== only && !story.features.includes(only)) continue;
      const seen = await play(story, seed, images, chatops);
      if (seen === null) {
        refused += 1;
        continue;
      }
      played += 1;
      const state = seen.told?.state ?? 'nothing told';
      count(ends, state);
      for (const feature of story.features) count(met, `with ${feature}`);
      count(met, `edit: ${story.edit}, ${story.moment}`);
      const wrong = wrongIn(seen);
      violations += wrong.length;
      for (const what of wrong) log(`seed ${seed}, ${story.edit} ${story.moment}: ${what}`);
      if (wrong.length > 0 || process.env.STACKS_TELL)
        log(
          `    seed ${seed}, ${story.edit} ${story.moment}: ${state}: ${(seen.told?.outcome?.summary ?? []).join(' | ')}`,
        );
    }
  } finally {
    for (const tag of ['1', '2', 'bad']) tried(ROOT, 'rmi', `${NAME}:${tag}`);
  }
  for (const [what, times] of [...met].sort()) log(`  ${what}: ${times}`);
  const byEnd = [...ends].map(([state, times]) => `${state} ${times}`).join(', ');
  return {
    ok: violations === 0 && played > 0,
    figures: { stacks: played, 'refused by Compose itself': refused, 'runs by end': byEnd, violations },
  };
}
