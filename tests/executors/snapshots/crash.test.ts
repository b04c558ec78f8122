import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { FilesFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import type { Host } from '../../../src/core/ports/host.js';
import { planSnapshot } from '../../../src/executors/snapshots/plan.js';
import { recoverSnapshot } from '../../../src/executors/snapshots/recover.js';
import { runSnapshot } from '../../../src/executors/snapshots/run.js';
import { Lab, said } from '../support/lab.js';
import { plant } from '../support/trees.js';

jest.setTimeout(240_000);

const snapshots = { kind: 'files', plan: planSnapshot, run: runSnapshot, recover: recoverSnapshot } as const;
/** By default it dies by turns right before and right after a call; `all`: at both sides of each. */
const BOTH_SIDES = process.env.CHATOPS_TEST_KILLS === 'all';
const DAY = 86_400_000;
const NOW = new Date('2026-11-22T14:17:00Z');

let lab: Lab;
let fields: FilesFields;

beforeEach(() => {
  lab = new Lab();
  plant(lab.path('src'), 20);
  fields = {
    ...{ source: lab.path('src'), destination: lab.path('dst'), exclude: [], compress: 'none' },
    ...{ retention_days: 7, min_keep: 2, require_mount: false, link_dest: true },
  };
});
afterEach(() => lab.clean());

const stamp = (daysOld: number): string =>
  new Date(NOW.getTime() - daysOld * DAY)
    .toISOString()
    .replaceAll(/[-:]/g, '')
    .slice(0, 15)
    .replace('T', '_');

/** Snapshots of so many days ago, as the catalogue has them. */
async function plantSnapshots(...days: number[]): Promise<void> {
  for (const age of days) {
    lab.plannedAt = new Date(NOW.getTime() - age * DAY);
    // Each has a file that no other one has.
    writeFileSync(lab.path('src', 'own'), `${age}:`.repeat(1000));
    const result = await runSnapshot(
      await lab.plan(snapshots, { ...fields, retention_days: null }),
      lab.runContext(),
    );
    expect(result.state).toBe('succeeded');
    const last = lab.artifacts.length - 1;
    const made = lab.artifacts[last];
    if (made) lab.artifacts[last] = { ...made, createdAt: lab.plannedAt.toISOString() };
  }
  lab.plannedAt = NOW;
  lab.journal.length = 0;
}

const folders = (): string[] =>
  readdirSync(lab.path('dst'))
    .filter((name) => !name.endsWith('.json'))
    .sort();
/** By path: the store replaces a row that is added again, and the lab keeps both. */
const listed = (): string[] => {
  const there = lab.artifacts.filter(({ deletedAt }) => deletedAt === null);
  return [...new Set(there.map(({ path }) => path.replace(`${lab.path('dst')}/`, '')))].sort();
};

describe('old snapshots', () => {
  test('are deleted exactly as shown, with what only they had, and the others stay complete', async () => {
    await plantSnapshots(20, 12, 3);
    const kept = readFileSync(lab.path('dst', stamp(3), 'd0', 'f1'), 'utf8');
    const part = await lab.plan(snapshots, fields);
    expect(plain(part.steps.at(-1)?.title ?? [])).toBe(
      `Delete 2 old snapshots: ${stamp(20)} (20 days), ${stamp(12)} (12 days), which frees 5.9 KiB. 2 stay.`,
    );
    const paths = [20, 12]
      .flatMap((age) => [stamp(age), `${stamp(age)}.manifest.json`])
      .map((name) => lab.path('dst', name));
    expect(part.effects.find(({ kind }) => kind === 'delete')).toEqual({
      ...{ kind: 'delete', target: lab.path('dst'), paths, of: 6, bytes: 6000 },
    });
    const result = await runSnapshot(part, lab.runContext());
    expect(said(result)).toContain('2 old snapshots deleted, 2 kept.');
    expect(folders()).toEqual([stamp(3), stamp(0)]);
    expect(listed()).toEqual(folders());
    expect(readFileSync(lab.path('dst', stamp(3), 'd0', 'f1'), 'utf8')).toBe(kept);
  });

  test('stay where the newer ones are not intact: never the newest intact one goes', async () => {
    await plantSnapshots(30, 20, 3);
    for (const age of [20, 3]) rmSync(lab.path('dst', stamp(age), 'd0', 'f1'));
    const part = await lab.plan(snapshots, { ...fields, min_keep: 1 });
    expect(part.data.deletions).toEqual([]);
    expect(part.data.base).toBe(lab.path('dst', stamp(30)));
  });

  test('stay while one is dated in the future, and when the new one could not be verified', async () => {
    await plantSnapshots(20, 12, 3);
    const [first] = lab.artifacts;
    if (first)
      lab.artifacts.push({ ...first, path: lab.path('dst', 'x'), createdAt: '2031-01-01T00:00:00.000Z' });
    expect((await lab.plan(snapshots, fields)).data.deletions).toHaveLength(2);
    const last = lab.artifacts.length - 2;
    const made = lab.artifacts[last];
    if (made) lab.artifacts[last] = { ...made, createdAt: '2031-01-01T00:00:00.000Z' };
    const part = await lab.plan(snapshots, fields);
    expect(part.data.deletions).toEqual([]);
    expect(part.warnings.map(({ message }) => plain(message)).join()).toContain(
      'No old snapshot is deleted: one is dated in the future',
    );
  });

  test('of others are named and left alone', async () => {
    await plantSnapshots(3);
    lab.artifacts.length = 0;
    const part = await lab.plan(snapshots, fields);
    expect(part.data).toMatchObject({ base: null, deletions: [] });
    expect(part.warnings.map(({ code }) => code)).toContain('archives_unknown');
  });
});

class Died extends Error {}

/** A host of a process that dies right before, or right after, its nth call that changes something. */
function mortal(host: Host, at: number, isAfter: boolean): { host: Host; calls: () => number } {
  let count = 0;
  let dead = false;
  const live = async <T>(work: () => Promise<T>): Promise<T> => {
    if (dead) throw new Died();
    count += 1;
    if (count !== at) return work();
    dead = true;
    if (isAfter) await work();
    throw new Died();
  };
  return {
    calls: () => count,
    host: {
      ...host,
      exec: (argv, options) => live(() => host.exec(argv, options)),
      rename: (from, to) => live(() => host.rename(from, to)),
      remove: (path) => live(() => host.remove(path)),
      mkdir: (path) => live(() => host.mkdir(path)),
      writeText: (path, text) => live(() => host.writeText(path, text)),
    },
  };
}

describe('a process that dies', () => {
  test('at any step leaves, once it is recovered, only complete snapshots', async () => {
    await plantSnapshots(20, 12, 3);
    const part = await lab.plan(snapshots, fields);
    const catalogue = structuredClone(lab.artifacts);
    const saved = lab.path('saved');
    const { execFileSync } = await import('node:child_process');
    execFileSync('cp', ['-a', lab.path('dst'), saved]);
    const seen = new Set<string>();
    for (let at = 1; ; at += 1) {
      for (const isAfter of BOTH_SIDES ? [false, true] : [at % 2 === 0]) {
        lab.journal.length = 0;
        lab.artifacts.splice(0, lab.artifacts.length, ...structuredClone(catalogue));
        const dying = mortal(lab.host(), at, isAfter);
        const ctx = { ...lab.runContext(), host: dying.host };
        const result = await runSnapshot(part, ctx).catch((error: unknown) => {
          if (!(error instanceof Died)) throw error;
          return null;
        });
        if (result !== null && dying.calls() < at) {
          // Ran to its end: each call before was one to die at.
          expect(at).toBeGreaterThan(12);
          expect([...seen].sort()).toEqual(['kept, deleting', 'kept, untouched', 'none']);
          return;
        }
        await recoverSnapshot(part, lab.journal, lab.runContext());
        const there = folders();
        expect(there.filter((name) => !/^\d{8}_\d{6}$/.test(name))).toEqual([]);
        expect(there).toEqual(listed());
        expect(there).toContain(stamp(3));
        const isKept = there.includes(stamp(0));
        if (!isKept) expect(there).toEqual([stamp(20), stamp(12), stamp(3)]);
        else {
          expect(readdirSync(lab.path('dst', stamp(0), 'd0')).sort()).toEqual(
            readdirSync(lab.path('src', 'd0')).sort(),
          );
          expect(existsSync(lab.path('dst', `${stamp(0)}.manifest.json`))).toBe(true);
        }
        seen.add(isKept ? (there.length === 4 ? 'kept, untouched' : 'kept, deleting') : 'none');
        execFileSync('rsync', ['-aH', '--delete', `${saved}/`, lab.path('dst')]);
      }
    }
  });

  test('or a run that is stopped, leaves no partial folder', async () => {
    const part = await lab.plan(snapshots, fields);
    lab.adapt = (host) => ({
      ...host,
      exec: async (argv, options) => {
        if (argv[0] === 'rsync') lab.stop.abort();
        return host.exec(argv, options);
      },
    });
    const result = await runSnapshot(part, lab.runContext());
    expect(result).toMatchObject({ state: 'cancelled' });
    expect(folders()).toEqual([]);
    expect(said(result)).toContain('Nothing half-done is left');
  });
});
