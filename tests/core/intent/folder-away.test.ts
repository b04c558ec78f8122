import { execFileSync } from 'node:child_process';
import { mkdir, rename, rm, stat, symlink, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { plainReads } from '../../../src/core/documents/reads.js';
import { type OpenCatalogue, openCatalogue } from '../../../src/core/intent/catalogue.js';
import { scanFolder } from '../../../src/core/intent/folder-scan.js';
import { plain } from '../../../src/core/model/phrase.js';
import type { Notice } from '../../../src/core/model/reasons.js';
import { temporaryFolder, VALID } from './folder.js';

let home: string;
let dir: string;
let remove: () => Promise<void>;
const opened: OpenCatalogue[] = [];

beforeEach(async () => {
  ({ dir: home, remove } = await temporaryFolder());
  dir = join(home, 'intents');
  await mkdir(dir);
});
afterEach(async () => {
  for (const catalogue of opened.splice(0)) catalogue.close();
  await remove();
});

const write = (name: string, text = VALID): Promise<void> => writeFile(join(dir, name), text);
const names = (catalogue: OpenCatalogue): readonly string[] => catalogue.all().map(({ name }) => name);

async function open(): Promise<{ catalogue: OpenCatalogue; told: (Notice | null)[] }> {
  const told: (Notice | null)[] = [];
  const catalogue = await openCatalogue({ dir, onFolder: (fault) => told.push(fault) });
  opened.push(catalogue);
  return { catalogue, told };
}

const text = (notice: Notice | null | undefined): string =>
  notice ? `${plain(notice.message)} ${plain(notice.remedy)}` : '';

describe('a folder that can’t be read is no change', () => {
  test('while it is away, what it held last counts, and that is told with its time', async () => {
    await write('a.yaml', `${VALID}schedule: "0 3 * * *"\n`);
    const { catalogue, told } = await open();
    await rename(dir, join(home, 'away'));
    await catalogue.reload();
    expect(names(catalogue)).toEqual(['a']);
    expect(catalogue.find('a')?.schedule?.name).toBe('a');
    expect(catalogue.problems()).toMatchObject([
      { file: dir, message: `The intents folder ${dir} does not exist.` },
    ]);
    expect(text(told.at(-1))).toMatch(
      /does not exist\. Intents and schedules stay as they were at \S+ .+\. Create it/,
    );
    expect([catalogue.warning('a')?.code, catalogue.outdated()?.code]).toEqual([
      'intents_unavailable',
      'intents_unavailable',
    ]);
    await rename(join(home, 'away'), dir);
    await catalogue.reload();
    expect([names(catalogue), catalogue.problems(), catalogue.warning('a'), catalogue.outdated()]).toEqual([
      ['a'],
      [],
      null,
      null,
    ]);
    expect(told.map((fault) => fault?.code ?? null)).toEqual([null, 'intents_unavailable', null]);
  });

  test('a start without it tells so, and what comes later is taken', async () => {
    await rm(dir, { recursive: true });
    const { catalogue, told } = await open();
    expect([names(catalogue), catalogue.outdated()]).toEqual([[], null]);
    expect(text(told[0])).toContain('There are no intents and no schedules of theirs until it can be read.');
    await mkdir(dir);
    await write('a.yaml');
    await catalogue.reload();
    expect([names(catalogue), told.at(-1)]).toEqual([['a'], null]);
  });

  test('files that go while it is there are gone, and an empty folder is empty', async () => {
    await write('a.yaml');
    await write('b.yaml');
    const { catalogue } = await open();
    await unlink(join(dir, 'a.yaml'));
    await catalogue.reload();
    expect(names(catalogue)).toEqual(['b']);
    await unlink(join(dir, 'b.yaml'));
    await catalogue.reload();
    expect([names(catalogue), catalogue.problems()]).toEqual([[], []]);
  });

  test('another folder in its place counts', async () => {
    await write('a.yaml');
    const { catalogue } = await open();
    await rename(dir, join(home, 'old'));
    await mkdir(dir);
    await write('b.yaml');
    await catalogue.reload();
    expect(names(catalogue)).toEqual(['b']);
  });

  test('the empty folder below a mount that is gone is not taken for it', async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'chatops-test', dir]);
    let mounted = true;
    try {
      await write('a.yaml');
      const { catalogue } = await open();
      execFileSync('umount', [dir]);
      mounted = false;
      await catalogue.reload();
      expect([names(catalogue), catalogue.problems()[0]?.message]).toEqual([
        ['a'],
        `The intents folder ${dir} is empty, and on another disk than before.`,
      ]);
    } finally {
      if (mounted) execFileSync('umount', [dir]);
    }
  });

  test('one that doesn’t answer is told as that', async () => {
    await write('a.yaml');
    expect(await scanFolder(dir, plainReads, 0).scan(false)).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining('doesn’t answer') },
    });
  });
});

describe('a scan reads what changed', () => {
  const old = new Date(Date.now() - 60_000);
  const textOf = (
    folder: Awaited<ReturnType<ReturnType<typeof scanFolder>['scan']>>,
  ): readonly (string | null)[] => (folder.ok ? folder.files.map((file) => file.text) : []);

  test('nothing changed: the very same folder, also with symlinks', async () => {
    await write('a.yaml');
    await symlink('a.yaml', join(dir, 'b.yaml'));
    const scan = scanFolder(dir);
    const first = await scan.scan(false);
    expect([await scan.scan(false), await scan.scan(true)]).toEqual([first, first]);
    expect(await scan.scan(false)).toBe(first);
  });

  test('an edit in place that keeps size and time is seen', async () => {
    await write('a.yaml', 'one');
    await utimes(join(dir, 'a.yaml'), old, old);
    const scan = scanFolder(dir);
    expect(textOf(await scan.scan(false))).toEqual(['one']);
    const { mtimeMs } = await stat(join(dir, 'a.yaml'));
    await write('a.yaml', 'two');
    await utimes(join(dir, 'a.yaml'), old, old);
    expect((await stat(join(dir, 'a.yaml'))).mtimeMs).toBe(mtimeMs);
    expect(textOf(await scan.scan(false))).toEqual(['two']);
  });

  test('what a symlink leads to is read each time', async () => {
    await writeFile(join(dir, 'hidden.txt'), 'one');
    await symlink('hidden.txt', join(dir, 'a.yaml'));
    const scan = scanFolder(dir);
    expect(textOf(await scan.scan(false))).toEqual(['one']);
    await writeFile(join(dir, 'hidden.txt'), 'two');
    expect(textOf(await scan.scan(false))).toEqual(['two']);
  });
});
