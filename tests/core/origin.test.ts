import { describe, expect, test } from '@jest/globals';
import { bindIntent } from '../../src/core/admission/bind-intent.js';
import { readIntent } from '../../src/core/intent/read-intent.js';
import { keysOf, labelOf, originOf } from '../../src/core/model/origin.js';

const AT = new Date('2026-11-22T14:17:00Z');

function stepOf(text: string, params: Record<string, string | number> = {}, file = '/intents/albums.yaml') {
  const { intent, problems } = readIntent(text, file);
  if (!intent) throw new Error(JSON.stringify(problems));
  const bound = bindIntent(intent, params, AT, true);
  const [step] = bound.ok ? bound.intent.steps : [];
  if (!step) throw new Error('it could not be bound');
  return step;
}

const ALBUMS = `action: backup
backup_type: files
stack: photos
source: /srv/{{ album }}
destination: /dst/{{ place }}/{{ date }}
retention_days: 30
params:
  album: { type: string, example: summer }
  place: { type: string, default: nas }
  what: { type: string, default: cache }
exclude: ["{{ what }}"]
`;

describe('what a backup belongs to', () => {
  test('is its resolved source, and its destination without what parameters and the date put into it', () => {
    expect(originOf(stepOf(ALBUMS, { album: 'winter', place: 'usb' }))).toEqual({
      ...{ host: 'local', kind: 'files', source: '/srv/winter', destination: '/dst/*/*' },
      shape: { exclude: '["cache"]' },
    });
  });

  test('is the same under another name of the intent and at another destination of the same kind', () => {
    const one = keysOf(stepOf(ALBUMS, { album: 'winter' }));
    expect(keysOf(stepOf(ALBUMS, { album: 'winter', place: 'usb' }, '/intents/x.yaml')).key).toBe(one.key);
    expect(one.isPlain).toBe(false);
  });

  test.each([
    ['another album', { album: 'summer' }],
    ['other files left out', { album: 'winter', what: 'raw' }],
  ])('is another one for %s', (_, params) => {
    expect(keysOf(stepOf(ALBUMS, params)).key).not.toBe(keysOf(stepOf(ALBUMS, { album: 'winter' })).key);
  });

  test.each([
    [
      'database_type: plex',
      'destination: /dst',
      'plex:/config/Library/Application Support/Plex Media Server/Plug-in Support/Databases',
      '/dst',
    ],
    ['backup_type: vm_proxmox', 'vm_id: 101\nstorage: nas', 'vm 101', 'nas'],
    ['backup_type: docker_volumes', 'source: /a\ndestination: nas:/b', '/a', 'nas:/b'],
  ])('of %s', (kind, fields, source, destination) => {
    const step = stepOf(`action: backup\nstack: x\n${kind}\n${fields}\n`);
    expect(originOf(step)).toMatchObject({ source, destination, shape: {} });
    expect(keysOf(step)).toMatchObject({ before: null, isPlain: true });
  });
});

describe('a label', () => {
  test.each([
    [[], ''],
    [['winter'], 'winter'],
    [['winter', '2026'], 'winter+2026'],
    [['v1.2-rc'], 'v1.2-rc'],
  ])('of %j is %s', (values, label) => expect(labelOf(values)).toBe(label));

  test('is tame, bounded, and another one for every other value', () => {
    const odd = [
      'a b',
      'a-b',
      'a/b',
      '../b',
      'a_b',
      'ä',
      '',
      'x'.repeat(500),
      `${'x'.repeat(499)}y`,
      'a\nb',
      'a+b',
    ];
    const labels = [...odd.map((value) => labelOf([value])), labelOf(['a', 'b']), labelOf(['a-', 'b'])];
    expect(new Set(labels).size).toBe(labels.length);
    for (const label of labels) expect(label).toMatch(/^[A-Za-z0-9.+-]{1,40}$/);
  });
});

describe('retention_days is refused where archives can’t be told apart', () => {
  const problems = (change: (text: string) => string) =>
    readIntent(change(ALBUMS), '/intents/albums.yaml').problems.map(({ field, message }) => [field, message]);

  test('a source that is another one each day', () => {
    expect(problems((text) => text.replace('/srv/{{ album }}', '/srv/{{ date }}/{{ album }}'))).toEqual([
      [
        'retention_days',
        'retention_days is 30, but source holds the date: each day is another source, so no archive is an older copy of the same.',
      ],
    ]);
  });

  test('a destination of which nothing stays the same', () => {
    for (const destination of ['"{{ place }}"', '/{{ place }}/x']) {
      expect(problems((text) => text.replace('/dst/{{ place }}/{{ date }}', destination))).toEqual([
        [
          'retention_days',
          'retention_days is 30, but destination begins with a parameter, so which archives belong together can’t be told.',
        ],
      ]);
    }
  });

  test('and not without it, nor where all can be told', () => {
    expect(problems((text) => text)).toEqual([]);
    const without = (text: string) =>
      text.replace('retention_days: 30\n', '').replace('{{ album }}', '{{ date }}');
    expect(problems(without)).toEqual([]);
  });
});
