import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openCatalogue } from '../../../src/core/intent/catalogue.js';
import { readIntent } from '../../../src/core/intent/read-intent.js';
import { readSchedules } from '../../../src/core/schedule/read-file.js';
import { openSchedules } from '../../../src/core/schedule/source.js';
import { catalogueOf, intentNamed } from '../harness.js';

const FILE = '/etc/schedules.json';
const json = (...schedules: object[]): string => JSON.stringify({ schedules }, null, '\t');
const nightly = { name: 'nightly', intent: 'photos', cron: '0 3 * * *' };

describe('a schedules file', () => {
  test('JSON with tabs and YAML say the same', () => {
    const fields = { catch_up: 'all', overlap: 'queue', jitter: '5m', params: { album: 'x' }, dry_run: true };
    const fromJson = readSchedules(json({ ...nightly, ...fields, timezone: 'Europe/Berlin' }), FILE);
    const fromYaml = readSchedules(
      'timezone: Europe/Berlin\nschedules:\n  - name: nightly\n    intent: photos\n    cron: "0 3 * * *"\n    catch_up: all\n    overlap: queue\n    jitter: 300\n    params: {album: x}\n    dry_run: true\n',
      FILE,
    );
    expect(fromJson.problems).toEqual([]);
    const [[one], [other]] = [fromJson.schedules, fromYaml.schedules];
    expect(one).toMatchObject({
      timing: { kind: 'cron', cron: '0 3 * * *', timezone: 'Europe/Berlin' },
      ...{ jitterSeconds: 300, catchUp: 'all', overlap: 'queue', dryRun: true, enabled: true },
      params: { album: 'x' },
    });
    expect({ ...other, line: 0, column: 0 }).toEqual({ ...one, line: 0, column: 0 });
  });

  test('docs/examples/schedules.yaml is valid', async () => {
    const text = await readFile(new URL('../../../docs/examples/schedules.yaml', import.meta.url), 'utf8');
    expect(readSchedules(text, FILE)).toMatchObject({ problems: [], schedules: { length: 4 } });
  });

  test.each([
    [{ ...nightly, cron: '61 * * * *' }, 'nightly: cron is "61 * * * *", but it is no cron expression'],
    [{ ...nightly, cron: '0 3 * *' }, 'a cron expression has five fields'],
    [{ ...nightly, cron: '0 0 30 2 *' }, 'there is no such day'],
    [{ ...nightly, cron: '2027-01-01T00:00:00Z' }, 'a cron expression has five fields'],
    [{ ...nightly, interval_seconds: 60 }, 'nightly: It has cron and interval_seconds.'],
    [{ name: 'nightly', intent: 'photos' }, 'nightly: It does not say when.'],
    [{ ...nightly, timezone: 'Europe/Berlinn' }, 'there is no such time zone'],
    [{ ...nightly, jitter: '24h' }, 'jitter is 86400 s, but two runs can be only 86400 s apart'],
    [{ ...nightly, catch_up: 'last' }, 'it can be latest, none or all'],
    [{ ...nightly, overlap: 'wait' }, 'it can be skip or queue'],
    [{ ...nightly, crn: 'x' }, 'nightly: crn is not a field here.'],
    [{ ...nightly, params: { album: ['x'] } }, 'nightly: params.album'],
    [{ name: 'nightly', intent: 'photos', interval_seconds: 0 }, '1 is the least'],
  ])('%j is told', (entry, said) => {
    const { schedules, problems } = readSchedules(json(entry, { ...nightly, name: 'other' }), FILE);
    expect(problems.map(({ message }) => message).join('\n')).toContain(said);
    expect(problems.every(({ line, hint }) => line > 1 && hint !== '')).toBe(true);
    expect(schedules.map(({ name }) => name)).toEqual(['other']);
  });

  test.each([
    ['', 'The file is empty.'],
    ['[]', 'This is not a list of schedules.'],
    ['{"schedules": {}}', 'schedules is not a list.'],
    ['{"schedules": [', ''],
    [json(nightly, nightly), 'nightly is there twice'],
    ['{"schedules": ["nightly"]}', 'schedules[0] is not a group of fields.'],
    ['{"schedule": []}', 'schedule is not a field here.'],
  ])('%j is told', (text, said) => {
    const messages = readSchedules(text, FILE).problems.map(({ message }) => message);
    expect(messages.join('\n')).toContain(said);
    expect(messages.length).toBeGreaterThan(0);
  });
});

describe('an intent’s own schedule', () => {
  const read = (schedule: string) =>
    readIntent(
      `action: backup\nbackup_type: files\nsource: /srv\ndestination: /dst\nparams:\n  album:\n    type: string\n    default: all\n${schedule}\n`,
      '/intents/photos.yaml',
    );

  test.each([
    ['schedule: "0 3 * * *"', { timing: { kind: 'cron', cron: '0 3 * * *', timezone: 'UTC' } }],
    ['schedule:\n  interval_seconds: 60\n  params:\n    album: new', { params: { album: 'new' } }],
  ])('%j', (text, expected) => {
    expect(read(text)).toMatchObject({
      problems: [],
      intent: { schedule: { name: 'photos', intent: 'photos', ...expected } },
    });
  });

  test.each([
    ['schedule: nightly', 'schedule: cron is "nightly", but a cron expression has five fields'],
    ['schedule: 5', 'schedule is neither text nor a group of fields.'],
    ['schedule:\n  cron: "0 3 * * *"\n  catchup: all', 'schedule: catchup is not a field here.'],
    ['schedule:\n  cron: "0 3 * * *"\n  params: {albun: x}', 'photos has no parameter albun.'],
    ['schedule:\n  cron: "0 3 * * *"\n  params: {album: ../x}', 'params.album is "../x", but'],
    ['schedule:\n  cron: "0 3 * * *"\n  params: {replicas: 3}', 'photos has no parameter replicas.'],
  ])('%j is told, with its line', (text, said) => {
    const { intent, problems } = read(text);
    expect(intent).toBeNull();
    expect(problems.map(({ message }) => message).join('\n')).toContain(said);
    expect(problems[0]?.line).toBeGreaterThan(8);
  });
});

describe('the schedule of an intent that scales', () => {
  const problemsOf = (...lines: readonly string[]) => {
    const own = ['schedule:', '  cron: "0 3 * * *"', ...lines];
    const text = ['action: scale', 'stack: media', 'service: worker', 'min: 1', 'max: 5', ...own, ''].join(
      '\n',
    );
    return readIntent(text, '/intents/workers.yaml').problems.map(({ message }) => message);
  };

  test.each([
    [['  params: {replicas: 3}'], []],
    [['  params: {replicas: 6}'], ['params.replicas is 6, but it must be a whole number from 1 to 5.']],
    [['  params: {replicas: three}'], ['params.replicas is "three", but']],
    [[], ['workers needs replicas, which has no default.']],
    [['replicas: 2'], []],
  ])('%j', (lines, said) => {
    const found = problemsOf(...lines);
    expect(found).toHaveLength(said.length);
    said.forEach((text, index) => {
      expect(found[index]).toContain(text);
    });
  });
});

describe('what is in force', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chatops-schedules-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('a schedule is there once, also while a second entry of its name is half edited', async () => {
    const file = join(folder, 'schedules.json');
    await writeFile(file, json(nightly));
    const source = await openSchedules({ file, catalogue: catalogueOf([intentNamed('photos')]) });
    await writeFile(file, json({ ...nightly, cron: '0 4 * * *' }, { ...nightly, cron: 'x' }));
    await source.reload();
    await source.reload();
    expect(source.all().map(({ name, timing }) => [name, timing])).toEqual([
      ['nightly', { kind: 'cron', cron: '0 4 * * *', timezone: 'UTC' }],
    ]);
  });

  test('is partial while intents can’t be used and no earlier version of them is in force', async () => {
    const intents = join(folder, 'intents');
    const catalogue = await openCatalogue({ dir: intents });
    const source = await openSchedules({ file: null, catalogue });
    expect(source.isPartial()).toBe(true);
    await mkdir(intents);
    const photos = join(intents, 'photos.yaml');
    const good = 'action: backup\nbackup_type: files\nsource: /srv\ndestination: /dst\n';
    const partialWith = async (text: string): Promise<boolean> => {
      await writeFile(photos, text);
      await catalogue.reload();
      return source.isPartial();
    };
    expect(await partialWith('action: [')).toBe(true);
    expect(await partialWith(good)).toBe(false);
    expect(await partialWith('action: [')).toBe(false);
  });

  test('a broken edit keeps what was good, a removed schedule goes, a clash with an intent is told', async () => {
    const file = join(folder, 'schedules.json');
    const own = { ...intentNamed('own') };
    const catalogue = catalogueOf([intentNamed('photos'), own]);
    await writeFile(file, json(nightly, { ...nightly, name: 'second' }));
    const source = await openSchedules({ file, catalogue });
    const names = () => source.all().map(({ name }) => name);
    expect([names(), source.problems(), source.isPartial()]).toEqual([['nightly', 'second'], [], false]);

    await writeFile(file, json({ ...nightly, cron: 'x' }, { ...nightly, name: 'third' }));
    await source.reload();
    expect([names(), source.isPartial()]).toEqual([['nightly', 'third'], true]);
    expect(source.all()[0]?.timing).toMatchObject({ cron: '0 3 * * *' });

    await writeFile(file, '{"schedules": [');
    await source.reload();
    expect(names()).toEqual(['nightly', 'third']);
    await rm(file);
    await source.reload();
    expect([names(), source.problems()[0]?.message]).toEqual([
      ['nightly', 'third'],
      'The file does not exist.',
    ]);

    await writeFile(file, json({ ...nightly, intent: 'fotos' }));
    await source.reload();
    expect([names(), source.problems()[0]?.message]).toEqual([
      ['nightly'],
      'nightly: there is no intent fotos.',
    ]);
    source.close();
  });
});
