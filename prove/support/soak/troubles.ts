import { setTimeout as sleep } from 'node:timers/promises';
import { randomOf, shuffled } from '../../../tests/contracts/choose.js';
import type { Scene } from './scene.js';

/** When something was wrong; `to` is null while it is. Milliseconds since 1970. */
export interface Trouble {
  readonly name: string;
  readonly from: number;
  to: number | null;
}

interface Kind {
  begin(scene: Scene): void;
  end(scene: Scene): void;
}

export const KINDS: Readonly<Record<string, Kind>> = {
  'disk full': { begin: ({ disk }) => disk.fill(), end: ({ disk }) => disk.free() },
  'nas hangs': { begin: ({ nas }) => nas.hang(), end: ({ nas }) => nas.answer() },
  'docker hangs': { begin: ({ engine }) => engine.hang(), end: ({ engine }) => engine.answer() },
  'registry fails': { begin: ({ registry }) => registry.fail(), end: ({ registry }) => registry.work() },
  'gateway drops': { begin: ({ stage }) => stage.discord.dropGateway(), end: () => {} },
};

/** Seconds between two troubles, and that one lasts: at least, and how much more at most. */
const GAP = [3, 4] as const;
const LASTS = [4, 9] as const;

/** Lets one thing after the other go wrong, in an order that the seed makes, until the time is over. */
export async function makeTrouble(
  scene: Scene,
  { seed, until, signal }: { readonly seed: number; readonly until: number; readonly signal: AbortSignal },
  troubles: Trouble[],
): Promise<void> {
  const random = randomOf(seed);
  const wait = ([least, more]: readonly [number, number]): Promise<void> =>
    sleep((least + random() * more) * 1000, undefined, { signal }).catch(() => {});
  for (let turn = 0; ; turn += 1) {
    for (const [name, kind] of shuffled(Object.entries(KINDS), seed + turn)) {
      await wait(GAP);
      if (signal.aborted || Date.now() > until) return;
      const trouble: Trouble = { name, from: Date.now(), to: null };
      troubles.push(trouble);
      kind.begin(scene);
      await wait(LASTS);
      kind.end(scene);
      trouble.to = Date.now();
    }
  }
}
