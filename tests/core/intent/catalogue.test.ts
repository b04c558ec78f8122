import { execFileSync } from 'node:child_process';
import { mkdir, rename, symlink, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type CatalogueOptions,
  type OpenCatalogue,
  openCatalogue,
} from '../../../src/core/intent/catalogue.js';
import { chainOf } from '../../../src/core/intent/chain.js';
import type { IntentProblem } from '../../../src/core/model/intent.js';
import { plain } from '../../../src/core/model/phrase.js';
import { FIXTURES, temporaryFolder, VALID } from './folder.js';

let dir: string;
let remove: () => Promise<void>;
const opened: OpenCatalogue[] = [];

beforeEach(async () => {
  ({ dir, remove } = await temporaryFolder());
});
afterEach(async () => {
  for (const catalogue of opened.splice(0)) catalogue.close();
  await remove();
});

async function open(options: Partial<CatalogueOptions> = {}): Promise<OpenCatalogue> {
  const catalogue = await openCatalogue({ dir, ...options });
  opened.push(catalogue);
  return catalogue;
}

const write = (name: string, text = VALID): Promise<void> => writeFile(join(dir, name), text);
const names = (catalogue: OpenCatalogue): readonly string[] => catalogue.all().map(({ name }) => name);
const warning = (catalogue: OpenCatalogue, name: string): string | null => {
  const found = catalogue.warning(name);
  return found && `${found.code}: ${plain(found.message)}`;
};

/** Resolves when the catalogue calls back and `until` holds; the test's own time limit is the only one. */
function follow(options: Partial<CatalogueOptions> = {}) {
  const waiting: { until: () => boolean; done: () => void }[] = [];
  const onChange = (): void => {
    for (const { until, done } of waiting) if (until()) done();
  };
  const becomes = (until: () => boolean): Promise<void> =>
    until() ? Promise.resolve() : new Promise((done) => waiting.push({ until, done }));
  return { becomes, open: () => open({ watch: true, onChange, ...options }) };
}

describe('what is found', () => {
  test('every intent by its exact name, sorted; nothing else in the folder counts', async () => {
    await write('b.yaml');
    await write('a.yml');
    await write('.hidden.yaml');
    await write('c.yaml~');
    await write('c.json');
    await mkdir(join(dir, 'below'));
    await write('below/d.yaml');
    const catalogue = await open();
    expect(names(catalogue)).toEqual(['a', 'b']);
    expect(catalogue.problems()).toEqual([]);
    expect(catalogue.find('a')).toMatchObject({ name: 'a', file: join(dir, 'a.yml') });
    expect(catalogue.warning('a')).toBeNull();
    for (const name of [
      'A',
      'a ',
      ' a',
      'a.yml',
      'below/d',
      '../a',
      './a',
      '',
      'd',
      '.hidden',
      '__proto__',
    ]) {
      expect(catalogue.find(name)).toBeNull();
    }
  });

  test('a broken file is named and never stops the others', async () => {
    await write('good.yaml');
    await write('broken.yaml', 'action: [');
    const catalogue = await open();
    expect(names(catalogue)).toEqual(['good']);
    expect(catalogue.problems()).toMatchObject([{ file: join(dir, 'broken.yaml'), line: 1 }]);
    expect(warning(catalogue, 'broken')).toMatch(/^intent_invalid: broken can’t be used: .*[^.] \(line 1 of/);
  });

  test('a folder that is missing, or a file, is one clear problem', async () => {
    const missing = await open({ dir: join(dir, 'nowhere') });
    expect(missing.all()).toEqual([]);
    expect(missing.problems()).toEqual([
      {
        file: join(dir, 'nowhere'),
        line: 1,
        column: 1,
        field: '',
        message: `The intents folder ${join(dir, 'nowhere')} does not exist.`,
        hint: 'Create it, or set CHATOPS_INTENTS_DIR to the folder with your intents.',
      },
    ]);
    await write('file');
    const file = await open({ dir: join(dir, 'file') });
    expect(file.problems()).toMatchObject([{ message: expect.stringContaining('is not a folder') }]);
  });

  test('links may stay inside the folder, as those of a mounted ConfigMap do, and not leave it', async () => {
    await mkdir(join(dir, 'intents'));
    await mkdir(join(dir, 'intents/..2026'));
    await write('intents/..2026/inside.yaml');
    await write('outside.yaml');
    await symlink('..2026', join(dir, 'intents/..data'));
    await symlink('..data/inside.yaml', join(dir, 'intents/inside.yaml'));
    await symlink('../outside.yaml', join(dir, 'intents/outside.yaml'));
    await symlink('/etc/passwd', join(dir, 'intents/passwd.yaml'));
    await symlink('nothing', join(dir, 'intents/dangling.yaml'));
    await symlink('loop.yaml', join(dir, 'intents/loop.yaml'));
    const catalogue = await open({ dir: join(dir, 'intents') });
    expect(names(catalogue)).toEqual(['inside']);
    expect(catalogue.problems().map(({ file, message }) => [file.split('/').at(-1), message])).toEqual([
      ['dangling.yaml', 'The file is a link that leads nowhere.'],
      ['loop.yaml', 'The file is a link that leads nowhere.'],
      ['outside.yaml', 'The file is a link that leads out of the intents folder.'],
      ['passwd.yaml', 'The file is a link that leads out of the intents folder.'],
    ]);
  });

  test('what is not a file, not text or too large is refused without being read to its end', async () => {
    await mkdir(join(dir, 'folder.yaml'));
    execFileSync('mkfifo', [join(dir, 'pipe.yaml')]);
    await writeFile(join(dir, 'binary.yaml'), Buffer.from([0xff, 0xfe, 0x61, 0x00]));
    await write('large.yaml', `${VALID}#${'x'.repeat(70_000)}`);
    await writeFile(join(dir, 'bom.yaml'), `\ufeff${VALID.replaceAll('\n', '\r\n')}`);
    await write('line\nbreak.yaml');
    const catalogue = await open();
    expect(names(catalogue)).toEqual(['bom']);
    expect(catalogue.problems().map(({ message }) => message)).toEqual([
      'The file is not UTF-8 text.',
      'This is not a regular file.',
      'The file is larger than 32 KiB.',
      'The file’s name, "line\\u000abreak.yaml", can’t be an intent’s name.',
      'This is not a regular file.',
    ]);
  });

  test('names close to a mistyped one', async () => {
    for (const name of ['backup_plex', 'backup_photos', 'scale_web', 'backup_plax'])
      await write(`${name}.yaml`);
    const catalogue = await open();
    expect(catalogue.suggest('backup_plez')).toEqual(['backup_plex', 'backup_plax']);
    expect(catalogue.suggest('backup')).toEqual(['backup_photos', 'backup_plax', 'backup_plex']);
    expect(catalogue.suggest('Scale_Web')).toEqual(['scale_web']);
    expect(catalogue.suggest('nothing like it')).toEqual([]);
  });
});

describe('what depends on what', () => {
  test('dependencies come first, each once, and the intent last', async () => {
    const catalogue = await open({ dir: join(FIXTURES, 'dependencies') });
    expect(names(catalogue)).toEqual(['base', 'diamond', 'good', 'short-ending', 'twice']);
    const chain = (name: string): readonly string[] => {
      const intent = catalogue.find(name);
      return intent ? chainOf(catalogue, intent).map((link) => link.name) : [];
    };
    expect(chain('base')).toEqual(['base']);
    expect(chain('good')).toEqual(['base', 'good']);
    expect(chain('diamond')).toEqual(['base', 'good', 'diamond']);
    expect(warning(catalogue, 'a')).toContain('a waits for itself: a → b → c → a');
    expect(catalogue.warning('twice')).toBeNull();
    expect(catalogue.find('twice')?.file).toBe(join(FIXTURES, 'dependencies/twice.yaml'));
  });

  test('an intent goes when what it needs is gone, and is back when that is back', async () => {
    await write('base.yaml');
    await write('top.yaml', `${VALID}depends_on: base\n`);
    const catalogue = await open();
    expect(names(catalogue)).toEqual(['base', 'top']);
    await unlink(join(dir, 'base.yaml'));
    await catalogue.reload();
    expect(names(catalogue)).toEqual([]);
    expect(catalogue.problems()).toMatchObject([
      { file: join(dir, 'top.yaml'), line: 5, field: 'depends_on' },
    ]);
    await write('base.yaml');
    await catalogue.reload();
    expect(names(catalogue)).toEqual(['base', 'top']);
    expect(catalogue.problems()).toEqual([]);
  });

  test('an edit that closes a circle leaves the versions that worked', async () => {
    await write('one.yaml');
    await write('two.yaml', `${VALID}depends_on: one\n`);
    await write('three.yaml', `${VALID}depends_on: two\n`);
    const catalogue = await open();
    await write('one.yaml', `${VALID}depends_on: three\n`);
    await catalogue.reload();
    expect(names(catalogue)).toEqual(['one', 'three', 'two']);
    expect(catalogue.find('one')?.dependsOn).toEqual([]);
    expect(warning(catalogue, 'one')).toMatch(/^intent_stale: .*one → three → two → one/);
    const [last] = catalogue.all().filter(({ name }) => name === 'three');
    expect(last && chainOf(catalogue, last).map(({ name }) => name)).toEqual(['one', 'two', 'three']);
  });
});

describe('a file that changes', () => {
  test('breaks: the last good version stays, with a warning; mended: the warning goes', async () => {
    await write('x.yaml', `${VALID}min_keep: 5\n`);
    const catalogue = await open();
    await write('x.yaml', `${VALID}min_keep: many\n`);
    await catalogue.reload();
    expect(catalogue.find('x')?.steps[0]?.fields).toMatchObject({ min_keep: 5 });
    expect(catalogue.problems()).toMatchObject([{ line: 5, column: 11, field: 'min_keep' }]);
    expect(warning(catalogue, 'x')).toBe(
      'intent_stale: x is used as it was before its file was broken: ' +
        'min_keep is "many", but it must be a whole number (line 5 of its file).',
    );
    await write('x.yaml', 'action: [');
    await catalogue.reload();
    expect(catalogue.find('x')?.steps[0]?.fields).toMatchObject({ min_keep: 5 });
    await write('x.yaml', `${VALID}min_keep: 6\n`);
    await catalogue.reload();
    expect(catalogue.find('x')?.steps[0]?.fields).toMatchObject({ min_keep: 6 });
    expect(catalogue.warning('x')).toBeNull();
    expect(catalogue.problems()).toEqual([]);
  });

  test('is deleted while broken: it is gone, and a new broken one has no good version', async () => {
    await write('x.yaml');
    const catalogue = await open();
    await write('x.yaml', 'nonsense: [');
    await catalogue.reload();
    expect(names(catalogue)).toEqual(['x']);
    await unlink(join(dir, 'x.yaml'));
    await catalogue.reload();
    expect(names(catalogue)).toEqual([]);
    expect(catalogue.problems()).toEqual([]);
    await write('x.yaml', 'nonsense: [');
    await catalogue.reload();
    expect(catalogue.find('x')).toBeNull();
    expect(warning(catalogue, 'x')).toMatch(/^intent_invalid/);
  });

  test('callers hear of changes only, with the problems as they are now', async () => {
    await write('x.yaml');
    const heard: (readonly IntentProblem[])[] = [];
    const catalogue = await open({ onChange: (problems) => heard.push(problems) });
    expect(heard).toEqual([[]]);
    await catalogue.reload();
    expect(heard).toHaveLength(1);
    const before = catalogue.find('x');
    await write('x.yaml', `${VALID}min_keep: 4\n`);
    await catalogue.reload();
    expect(heard).toHaveLength(2);
    expect(catalogue.find('x')).not.toBe(before);
    await write('x.yaml', 'x');
    await Promise.all([catalogue.reload(), catalogue.reload(), catalogue.reload()]);
    expect(heard).toHaveLength(3);
    expect(heard[2]).toHaveLength(1);
  });
});

describe('a folder that is watched', () => {
  test('edit, break, mend, rename and delete are seen', async () => {
    await write('x.yaml');
    const { becomes, open } = follow();
    const catalogue = await open();
    await write('x.yaml', `${VALID}min_keep: 7\n`);
    await becomes(() => JSON.stringify(catalogue.find('x')).includes('"min_keep":7'));
    await write('x.yaml', 'action: {');
    await becomes(() => catalogue.warning('x') !== null);
    expect(names(catalogue)).toEqual(['x']);
    await write('x.yaml');
    await becomes(() => catalogue.warning('x') === null);
    await rename(join(dir, 'x.yaml'), join(dir, 'y.yaml'));
    await becomes(() => names(catalogue).join() === 'y');
    await write('z.yaml');
    await becomes(() => names(catalogue).join() === 'y,z');
    await unlink(join(dir, 'y.yaml'));
    await becomes(() => names(catalogue).join() === 'z');
  });

  test('editors that write beside and rename over, or move the old file away first', async () => {
    await write('x.yaml');
    const { becomes, open } = follow();
    const catalogue = await open();
    await write('.x.yaml.swp', `${VALID}min_keep: 8\n`);
    await rename(join(dir, '.x.yaml.swp'), join(dir, 'x.yaml'));
    await becomes(() => JSON.stringify(catalogue.find('x')).includes('"min_keep":8'));
    await rename(join(dir, 'x.yaml'), join(dir, 'x.yaml~'));
    await write('x.yaml', `${VALID}min_keep: 9\n`);
    await unlink(join(dir, 'x.yaml~'));
    await becomes(() => JSON.stringify(catalogue.find('x')).includes('"min_keep":9'));
    expect(names(catalogue)).toEqual(['x']);
  });

  test('a folder that comes later, and one that is replaced, are followed', async () => {
    const later = join(dir, 'later');
    const { becomes, open } = follow({ dir: later, pollMs: 50 });
    const catalogue = await open();
    expect(catalogue.problems()).toHaveLength(1);
    await mkdir(later);
    await write('later/a.yaml');
    await becomes(() => names(catalogue).join() === 'a');
    expect(catalogue.problems()).toEqual([]);
    await rename(later, join(dir, 'away'));
    await becomes(() => catalogue.problems().length === 1);
    expect(names(catalogue)).toEqual(['a']);
    await mkdir(join(dirname(later), 'new'));
    await write('new/b.yaml');
    await rename(join(dir, 'new'), later);
    await becomes(() => names(catalogue).join() === 'b');
  });

  test('where the system reports nothing, the poll finds it', async () => {
    // The watch is on the link's old target, as on a network mount that stays silent.
    await mkdir(join(dir, 'one'));
    await mkdir(join(dir, 'two'));
    await write('one/a.yaml');
    await write('two/b.yaml');
    await symlink('one', join(dir, 'link'));
    const { becomes, open } = follow({ dir: join(dir, 'link'), pollMs: 50 });
    const catalogue = await open();
    expect(names(catalogue)).toEqual(['a']);
    await symlink('two', join(dir, 'link.new'));
    await rename(join(dir, 'link.new'), join(dir, 'link'));
    await becomes(() => names(catalogue).join() === 'b');
  });

  test('after close nothing is followed or reported any more', async () => {
    await write('x.yaml');
    let heard = 0;
    const catalogue = await open({ watch: true, pollMs: 20, onChange: () => (heard += 1) });
    catalogue.close();
    await write('y.yaml');
    await catalogue.reload();
    const other = await open();
    expect(names(other)).toEqual(['x', 'y']);
    expect(names(catalogue)).toEqual(['x']);
    expect(heard).toBe(1);
  });
});

test('a watching catalogue keeps no process alive', async () => {
  await write('x.yaml');
  const { becomes, open } = follow({ pollMs: 20 });
  const catalogue = await open();
  await write('y.yaml');
  await becomes(() => names(catalogue).length === 2);
  const alive = process.getActiveResourcesInfo().filter((kind) => kind === 'FSEventWrap');
  expect(alive).toEqual([]);
});

test('1,000 intents: how long they take is reported', async () => {
  const before = performance.now();
  for (let index = 0; index < 1000; index += 1) {
    await write(`i${index}.yaml`, `${VALID}depends_on: [${index === 0 ? '' : `i${index - 1}`}]\n`);
  }
  const written = performance.now();
  const catalogue = await open();
  const loaded = performance.now();
  await catalogue.reload();
  const again = performance.now();
  expect(catalogue.all()).toHaveLength(1000);
  const top = catalogue.find('i999');
  expect(top && chainOf(catalogue, top)).toHaveLength(1000);
  const ms = (from: number, to: number): string => `${Math.round(to - from)} ms`;
  process.stdout.write(
    `1,000 intents: written ${ms(before, written)}, loaded ${ms(written, loaded)}, unchanged ${ms(loaded, again)}\n`,
  );
});
