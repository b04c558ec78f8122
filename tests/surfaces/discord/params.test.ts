import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { patternFault, withPatterns } from '../../../src/core/documents/pattern.js';
import { readIntent } from '../../../src/core/intent/read-intent.js';
import type { Intent } from '../../../src/core/model/intent.js';
import { Redactor } from '../../../src/core/ports/redact.js';
import type { InteractionHandle } from '../../../src/playground/driver/interaction-handle.js';
import { buttonsOf, textOf } from '../../../src/playground/driver/text.js';
import { offerParams } from '../../../src/surfaces/discord/params/offers.js';
import { createOpenapiValidator, openapiFile } from '../../playground/openapi-validator.js';
import { type Scene, startScene } from './surface.js';

// The engine for patterns.
await withPatterns(() => patternFault('x'));

const ALBUMS = `
action: backup
backup_type: files
stack: photos
source: /srv/photos/{{ album }}
destination: /mnt/{{ place }}
retention_days: "{{ days }}"
require_mount: "{{ mounted }}"
params:
  album: { type: string, description: Which album., pattern: "[a-z0-9 -]+", example: summer-2026 }
  place: { type: choice, choices: [nas, cloud] }
  days: { type: integer, min: 1, max: 90, default: 30 }
  mounted: { type: boolean }
`;
const RESTORE = `
action: backup
backup_type: files
stack: photos
source: "{{ from }}"
destination: /mnt/nas
params:
  from: { type: artifact, intent: plex-database, description: Which backup. }
`;
const MANY = `
action: backup
backup_type: files
stack: photos
source: /srv
destination: /mnt/nas
exclude: [${[1, 2, 3, 4, 5, 6, 7].map((n) => `"{{ p${n} }}"`).join(', ')}]
params:
${[1, 2, 3, 4, 5, 6, 7].map((n) => `  p${n}: { type: string, max_length: 1000 }`).join('\n')}
`;
const WORKERS = `
action: scale
stack: jobs
service: worker
max: 9
`;

function intentOf(name: string, yaml: string): Intent {
  const { intent, problems } = readIntent(yaml, `/intents/${name}.yaml`);
  if (intent === null) throw new Error(JSON.stringify(problems));
  return intent;
}

let scene: Scene;
beforeEach(async () => {
  const file = openapiFile();
  scene = await startScene({
    ...(file === null ? {} : { validateRequest: createOpenapiValidator(file) }),
    intents: [
      intentOf('albums', ALBUMS),
      intentOf('restore', RESTORE),
      intentOf('many', MANY),
      intentOf('workers', WORKERS),
    ],
  });
});
afterEach(async () => {
  const { violations } = scene.discord;
  await scene.end();
  expect(violations).toEqual([]);
});

const alice = () => scene.discord.as('alice');
const ask = (intent: string, more: Record<string, string | number | boolean> = {}, command = 'backup') =>
  alice().slash(command, { intent, ...more });
const runs = () => scene.fake.runs.list({ limit: 10 });
/** The form that an interaction opened, its fields by name. */
async function formOf(from: InteractionHandle) {
  await from.settled();
  const modal = from.modal();
  if (modal === null) throw new Error(`no form, but: ${from.replies().map(textOf).join(' | ')}`);
  return {
    title: modal.title,
    id: modal.custom_id,
    fields: modal.components.map(({ label, description, component }) => {
      const { options, value, placeholder } = component ?? {};
      const choices = options?.map((option) =>
        option.default === true ? `[${option.value}]` : option.value,
      );
      return [label, description, choices ?? value ?? `(${placeholder})`];
    }),
  };
}
const changed = async (told: InteractionHandle, word: string | RegExp) => {
  const refused = await told.waitForMessage(word);
  expect(refused.visibleTo).toBe(alice().id);
  return alice().press(refused, 'Change the values');
};

describe('a command with values', () => {
  test('all that is needed as text: the preview comes at once, with these values', async () => {
    const asked = ask('albums', { params: 'album=the summer of 26 place=nas  Mounted=yes' });
    await asked.waitForMessage('albums');
    expect(asked.modal()).toBeNull();
    expect(scene.fake.run('r-0001').params).toEqual({
      album: 'the summer of 26',
      place: 'nas',
      days: 30,
      mounted: true,
    });
  });

  test('what is missing is asked for in a form, and what was typed is kept', async () => {
    const asked = ask('albums', { params: 'days=7' });
    expect(await formOf(asked)).toEqual({
      title: 'Backup · albums',
      id: expect.stringMatching(/^form:[0-9a-f]{18}$/),
      fields: [
        ['album', 'Which album.', '(text of the form [a-z0-9 -]+, such as summer-2026)'],
        ['place', undefined, ['nas', 'cloud']],
        ['mounted', undefined, ['true', 'false']],
      ],
    });
    expect(await runs()).toEqual([]);
    const sent = alice().submitModal(asked, { album: 'winter', place: ['cloud'], mounted: ['false'] });
    const preview = await sent.waitForMessage('albums');
    expect(preview.visibleTo).toBeNull();
    expect(buttonsOf(preview)).toContain('Confirm backup');
    expect(scene.fake.run('r-0001').params).toEqual({
      album: 'winter',
      place: 'cloud',
      days: 7,
      mounted: false,
    });
  });

  test('a name without a value asks for it, also where it has a default', async () => {
    const asked = ask('albums', { params: 'album=a place=nas mounted=no days=' });
    expect((await formOf(asked)).fields).toEqual([['days', undefined, '30']]);
  });

  test('a scale that says no number asks for it; the typed option is enough', async () => {
    const asked = ask('workers', {}, 'scale');
    expect((await formOf(asked)).fields).toEqual([
      ['replicas', 'How many containers of worker there should be.', '(a whole number from 0 to 9)'],
    ]);
    await ask('workers', { replicas: 3 }, 'scale').waitForMessage('workers');
    expect(scene.fake.run('r-0001').params).toEqual({ replicas: 3 });
    const twice = ask('workers', { replicas: 3, params: 'replicas=4' }, 'scale');
    await twice.waitForMessage('`replicas` is given twice');
  });

  test('backups are chosen from the newest; none whose path Discord can’t take', async () => {
    scene.fake.setArtifacts('plex-database', [`/b/${'x'.repeat(100)}`, '/b/1.tar.zst', '/b/2.tar.zst']);
    const asked = ask('restore');
    expect((await formOf(asked)).fields).toEqual([
      ['from', 'Which backup.', ['/b/2.tar.zst', '/b/1.tar.zst']],
    ]);
    alice().submitModal(asked, { from: ['/b/1.tar.zst'] });
    await scene.discord.waitFor(async () => (await runs()).length === 1);
  });
});

describe('values that don’t fit', () => {
  test('all are named, and the form comes back with what was typed', async () => {
    const asked = ask('albums', { params: 'album=a place=mars days=99 mounted=no' });
    const told = await asked.waitForMessage('Refused');
    expect(textOf(told)).toMatch(
      /`place` is `"mars"`[\s\S]*• `days` is `"99"`, but it must be a whole number from 1/,
    );
    const opened = alice().press(told, 'Change the values');
    const { fields } = await formOf(opened);
    expect(fields.map(([name, , value]) => [name, value])).toEqual([
      ['place', ['nas', 'cloud']],
      ['days', '99'],
    ]);
    const wrong = alice().submitModal(opened, { place: ['nas'], days: '98' });
    const again = await changed(wrong, '`days` is `"98"`');
    expect((await formOf(again)).fields.map(([name, , value]) => [name, value])).toEqual([
      ['place', ['[nas]', 'cloud']],
      ['days', '98'],
    ]);
    await alice()
      .submitModal(again, { place: ['nas'], days: '9' })
      .waitForMessage('albums');
    expect(scene.fake.run('r-0001').params).toEqual({ album: 'a', place: 'nas', days: 9, mounted: false });
  });

  test('a mistyped name: what was perhaps meant, and the text to put right', async () => {
    const asked = ask('albums', { params: 'album=a dasy=9 place=nas mounted=no' });
    const opened = await changed(asked, 'Did you mean `days`');
    expect((await formOf(opened)).fields).toEqual([
      [
        'Values, as name=value',
        'It takes album, place, days, mounted.',
        'album=a dasy=9 place=nas mounted=no',
      ],
    ]);
    const sent = alice().submitModal(opened, { 'name=value': 'album=a\ndays=9\nplace=nas\nmounted=no' });
    await sent.waitForMessage('albums');
    expect(scene.fake.run('r-0001').params).toMatchObject({ days: 9 });
  });

  test.each([
    ['summer', '`summer` has no name before it'],
    ['album=a album=b', '`album` is there twice'],
    ['album="a', 'The quotes of `album` are not closed'],
  ])('%s can’t be read, and comes back', async (params, words) => {
    const opened = await changed(ask('albums', { params }), words);
    expect((await formOf(opened)).fields[0]?.[2]).toBe(params);
    await changed(alice().submitModal(opened, { 'name=value': 'summer' }), 'no name before it');
  });

  test('more are missing than a form holds: which to give with params, or all as text', async () => {
    const told = await ask('many').waitForMessage('still needs 7 values');
    expect(textOf(told)).toContain('Give at least 2 of them with `params`, such as `p1=… p2=…`');
    const opened = alice().press(told, 'Change the values');
    const all = [1, 2, 3, 4, 5, 6, 7].map((n) => `p${n}=`).join('\n');
    expect((await formOf(opened)).fields[0]?.[2]).toBe(all);
    const five = ask('many', { params: 'p3=x p7=y' });
    expect((await formOf(five)).fields.map(([name]) => name)).toEqual(['p1', 'p2', 'p4', 'p5', 'p6']);
    const long = { p1: 'x'.repeat(1000), p2: 'b', p4: 'd', p5: 'e', p6: 'f' };
    await alice().submitModal(five, long).waitForMessage('many');
  });
});

describe('rights', () => {
  const victor = () => scene.discord.as('victor');
  beforeEach(() => scene.discord.setRolePermissions('Viewer', ['ADMINISTRATOR']));

  test('no form for one who may not, and no names', async () => {
    const asked = victor().slash('backup', { intent: 'albums' });
    scene.discord.setRolePermissions('Viewer', []);
    expect(victor().commands()).not.toContain('backup');
    await formOf(asked);
    const { pipeline, catalogue, artifacts } = scene.fake;
    const deps = { pipeline, catalogue, artifacts, redact: new Redactor().data };
    const actor = { kind: 'user', id: victor().id, name: 'victor', atHome: true } as const;
    const offers = (administrator: boolean) =>
      offerParams(deps, { ...actor, administrator }, { action: 'backup', intent: 'albums' }, '');
    expect(await offers(false)).toEqual([]);
    expect(await offers(true)).not.toEqual([]);
  });

  test('who lost their rights while the form was open is refused', async () => {
    const asked = victor().slash('backup', { intent: 'albums' });
    await formOf(asked);
    scene.discord.setRolePermissions('Viewer', []);
    const sent = victor().submitModal(asked, { album: 'a', place: ['nas'], mounted: ['true'] });
    const told = await sent.waitForMessage('Refused');
    expect([told.visibleTo, await runs()]).toEqual([victor().id, []]);
  });

  test('and gets no form from an old refusal', async () => {
    const told = await victor().slash('backup', { intent: 'albums', params: 'x' }).waitForMessage('no name');
    scene.discord.setRolePermissions('Viewer', []);
    const pressed = victor().press(told, 'Change the values');
    await pressed.waitForMessage('Refused');
    expect(pressed.modal()).toBeNull();
  });
});

test('a form that outlived the bot gives back what was typed', async () => {
  const asked = ask('albums', { params: 'days=7' });
  await formOf(asked);
  await scene.restart();
  const sent = alice().submitModal(asked, { album: 'the winter', place: ['nas'], mounted: ['true'] });
  const told = await sent.waitForMessage('no longer known');
  expect(textOf(told)).toContain('album=the winter place=nas mounted=true');
  expect(await runs()).toEqual([]);
});

test('an hour later the form is forgotten', async () => {
  const told = await ask('albums', { params: 'x' }).waitForMessage('no name');
  scene.advance(61 * 60 * 1000);
  await alice().press(told, 'Change the values').waitForMessage('no longer known');
});

test('Retry of a run whose intent takes more by now asks for it', async () => {
  const preview = await ask('albums', { params: 'album=a place=nas mounted=no' }).waitForMessage('albums');
  scene.fake.put({ ...scene.fake.run('r-0001'), params: { album: 'a' } });
  scene.fake.begin('r-0001');
  scene.fake.finish('r-0001', { state: 'failed', reason: 'command_failed' });
  const failed = await alice().waitForMessage('Backup failed', { after: preview });
  const opened = alice().press(failed, 'Retry');
  expect((await formOf(opened)).fields.map(([name]) => name)).toEqual(['place', 'mounted']);
});

describe('what is offered for params', () => {
  const offer = async (typed: string, intent = 'albums', command = 'backup') => {
    const choices = await alice().autocomplete(command, 'params', typed, { options: { intent } });
    for (const { name, value } of choices) expect(name).toBe(value);
    return choices.map(({ value }) => value);
  };

  test('names first, those that are needed before the others, then values', async () => {
    expect(await offer('')).toEqual([
      'album=',
      'place=',
      'mounted=',
      'days=',
      'album=summer-2026',
      'place=nas',
      'place=cloud',
      'mounted=true',
      'mounted=false',
      'days=30',
    ]);
  });

  test('what was typed before stays', async () => {
    expect(await offer('album=the summer pl')).toEqual([
      'album=the summer place=',
      'album=the summer place=nas',
      'album=the summer place=cloud',
    ]);
    expect(await offer('album=a place=cl')).toEqual(['album=a place=cloud']);
    expect(await offer('place=nas')).toEqual([
      'place=nas',
      'place=nas album=',
      'place=nas mounted=',
      'place=nas days=',
    ]);
    expect(await offer('album="the sum')).toEqual([]);
  });

  test('backups; the number of containers; nothing for another intent, command or none', async () => {
    scene.fake.setArtifacts('plex-database', ['/b/1.tar.zst', '/b/with x=1.tar.zst']);
    expect(await offer('from=', 'restore')).toEqual(['from="/b/with x=1.tar.zst"', 'from=/b/1.tar.zst']);
    expect(await offer('', 'workers', 'scale')).toEqual(['replicas=']);
    expect(await offer('', 'workers')).toEqual([]);
    expect(await offer('', 'gone')).toEqual([]);
    expect(await alice().autocomplete('backup', 'params', '')).toEqual([]);
    expect(await offer('', 'plex-database')).toEqual([]);
  });

  test('nothing that Discord would refuse', async () => {
    expect(await offer(`album=${'x'.repeat(95)}`)).toEqual([]);
    expect(await offer('p', 'many')).toHaveLength(7);
  });
});
