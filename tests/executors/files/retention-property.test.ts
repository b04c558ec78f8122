import { expect, test } from '@jest/globals';
import type { Artifact, Level } from '../../../src/core/model/artifact.js';
import { type RetentionRules, retention } from '../../../src/executors/files/retention.js';

const HISTORIES = 3000;
const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 22, 12);

/** A generator with a seed, so that what fails can be done again (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface History {
  readonly artifacts: readonly Artifact[];
  readonly rules: RetentionRules;
  readonly lost: ReadonlySet<Artifact>;
}

/** Nights, weeks and bursts; gaps; clocks that leap both ways; levels; archives that were lost or changed on the disk. */
function historyOf(seed: number): History {
  const random = randomOf(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const level = pick<Level>(['read', 'listed']);
  const step = pick([DAY / 24, DAY, DAY, 7 * DAY, 30 * DAY]);
  const artifacts: Artifact[] = [];
  const lost = new Set<Artifact>();
  let time = NOW - pick([0, 0, 1, 40]) * DAY;
  let clock = 0;
  for (let left = Math.floor(random() * 25); left > 0; left -= 1) {
    if (random() < 0.05) clock = pick([0, 0, 4000 * DAY, -4000 * DAY, 400 * DAY, 2 * DAY]);
    const artifact: Artifact = {
      ...{
        runId: 'r-old',
        intent: 'photos',
        kind: 'archive',
        size: 1,
        sha256: null,
        files: 1,
        deletedAt: null,
      },
      ...{ path: `/dst/${left}`, createdAt: new Date(time + clock).toISOString(), origin: null },
      verified: random() < 0.8 ? level : pick<Level>(['none', 'listed', 'read', 'opened']),
    };
    artifacts.push(artifact);
    if (random() < 0.1) lost.add(artifact);
    time -= random() < 0.1 ? pick([0, 5000, 60 * DAY, 500 * DAY]) : step * (0.5 + random());
  }
  const rules: RetentionRules = {
    ...{ days: pick([null, 1, 7, 30, 365]), minKeep: pick([0, 1, 2, 3, 7]), level, now: new Date(NOW) },
    isThere: (artifact) => !lost.has(artifact),
  };
  return { artifacts: artifacts.sort(() => random() - 0.5), rules, lost };
}

const ORDER: readonly Level[] = ['none', 'listed', 'read', 'opened', 'restored'];

/** What is left, counted by somebody who knows nothing of how it was decided. */
function intactOf({ artifacts, rules, lost }: History, gone: ReadonlySet<Artifact>): readonly Artifact[] {
  return artifacts.filter(
    (one) => !gone.has(one) && !lost.has(one) && ORDER.indexOf(one.verified) >= ORDER.indexOf(rules.level),
  );
}

const timeOf = ({ createdAt }: Artifact): number => new Date(createdAt).getTime();

function check(history: History): number {
  const { artifacts, rules } = history;
  const { expired, kept, doubt } = retention(artifacts, rules);
  const gone = new Set(expired);
  const before = intactOf(history, new Set());
  const after = intactOf(history, gone);
  const newest = Math.max(...before.map(timeOf));
  expect(gone.size).toBe(expired.length);
  expect(kept + expired.length).toBe(artifacts.length);
  // With the new one, which is there and checked by then.
  expect(after.length + 1).toBeGreaterThanOrEqual(Math.min(rules.minKeep, before.length + 1));
  if (before.length > 0) expect(Math.max(...after.map(timeOf))).toBe(newest);
  for (const artifact of expired) {
    expect(history.lost.has(artifact)).toBe(false);
    expect(rules.days).not.toBeNull();
    expect(timeOf(artifact)).toBeLessThan(newest - (rules.days ?? 0) * DAY);
  }
  if (artifacts.some((one) => timeOf(one) > NOW + DAY)) expect(expired).toEqual([]);
  if (doubt?.what === 'leap') expect(doubt.count).toBeGreaterThan(0);
  return expired.length;
}

test(`in ${HISTORIES} histories, never fewer intact archives than min_keep stay, and never is the newest one removed`, () => {
  let deleted = 0;
  for (let seed = 1; seed <= HISTORIES; seed += 1) {
    try {
      deleted += check(historyOf(seed));
    } catch (error) {
      throw new Error(`history ${seed}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  // A retention that never deletes would pass the rest.
  expect(deleted).toBeGreaterThan(HISTORIES);
});

test('night by night, a clock that leaps for some nights and comes back costs no archive of the right time', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = randomOf(seed);
    const [wrong, from] = [1 + Math.floor(random() * 10), 5 + Math.floor(random() * 20)];
    const leap = (random() < 0.5 ? 1 : -1) * (400 + Math.floor(random() * 4000)) * DAY;
    let there: Artifact[] = [];
    for (let night = 0; night < 45; night += 1) {
      const isWrong = night >= from && night < from + wrong;
      const now = new Date(NOW + night * DAY + (isWrong ? leap : 0));
      const rules: RetentionRules = { days: 30, minKeep: 1, level: 'read', now };
      const { expired } = retention(there, rules);
      const isRight = (one: number) => one < from || one >= from + wrong;
      const young = expired.filter(({ runId }) => isRight(Number(runId)) && Number(runId) > night - 30);
      expect({ seed, night, young }).toEqual({ seed, night, young: [] });
      there = there.filter((one) => !expired.includes(one));
      there.push({
        ...{ runId: String(night), intent: 'photos', path: `/dst/${night}`, kind: 'archive', size: 1 },
        ...{
          sha256: null,
          files: 1,
          createdAt: now.toISOString(),
          verified: 'read',
          deletedAt: null,
          origin: null,
        },
      });
    }
  }
});
