import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type OpenCatalogue, openCatalogue } from '../../../src/core/intent/catalogue.js';
import { plain } from '../../../src/core/model/phrase.js';
import { temporaryFolder, VALID } from './folder.js';

const ALBUM = `${VALID}params:\n  album: { type: string, default: x }\n`;
const EVENING = 'action: steps\nsteps:\n  a: { intent: plex, params: { album: y } }\n';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let catalogue: OpenCatalogue;

beforeEach(async () => {
  folder = await temporaryFolder();
  await put('plex', ALBUM);
  await put('evening', EVENING);
  catalogue = await openCatalogue({ dir: folder.dir });
});
afterEach(async () => {
  catalogue.close();
  await folder.remove();
});

async function put(name: string, text: string): Promise<void> {
  await writeFile(join(folder.dir, `${name}.yaml`), text);
}

function state(): readonly string[] {
  return [
    ...catalogue.all().map(({ name }) => name),
    ...catalogue.problems().map(({ file, line, message }) => `${file.split('/').at(-1)}:${line} ${message}`),
  ];
}

test('an intent with steps follows what the intents in them become', async () => {
  expect(state()).toEqual(['evening', 'plex']);
  await put('plex', ALBUM.replace('album', 'title'));
  await catalogue.reload();
  expect(state()).toEqual(['plex', 'evening.yaml:3 plex has no parameter album.']);
  expect(plain(catalogue.warning('evening')?.message ?? [])).toMatch(
    /^evening can’t be used: plex has no parameter album/,
  );
  await put('evening', EVENING.replace('album', 'title'));
  await catalogue.reload();
  expect(state()).toEqual(['evening', 'plex']);
});

test('an edit that does not fit leaves the last good version in use', async () => {
  const before = catalogue.find('evening');
  await put('evening', EVENING.replace('album', 'title'));
  await catalogue.reload();
  expect(state()).toEqual(['evening', 'plex', 'evening.yaml:3 plex has no parameter title.']);
  expect(catalogue.find('evening')).toBe(before);
});

test('what a step runs must be there: gone, broken, or waiting for the steps', async () => {
  await put('plex', `${VALID}depends_on: evening\n`);
  await catalogue.reload();
  expect(state()).toContain(
    'plex.yaml:5 depends_on is "evening", but then plex waits for itself: plex → evening → plex.',
  );
  await put('plex', 'action: nothing\n');
  await catalogue.reload();
  // The last good version of plex is used on.
  expect(catalogue.all().map(({ name }) => name)).toEqual(['evening', 'plex']);
  const fresh = await openCatalogue({ dir: folder.dir });
  expect(fresh.all()).toEqual([]);
  expect(fresh.problems().map(({ message }) => message)).toContain(
    'steps.a.intent is "plex", but plex has an error of its own.',
  );
  fresh.close();
});
