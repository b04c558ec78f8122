import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { misfitsOf } from '../../../src/core/intent/misfits.js';
import { blockersOf } from '../../../src/core/model/plan.js';
import { catalogueOf, Installation, intentNamed, type Process, previewed } from '../harness.js';
import { backupText, intentOf } from './media.js';

const DISK = intentNamed('disk');
const NAS = intentNamed('nas', { dependsOn: ['disk'] });
const PLEX = intentNamed('plex', { dependsOn: ['nas'] });
const FILMS = intentNamed('movies', { dependsOn: ['nas'] });

let installation: Installation;
let bot: Process;

beforeEach(async () => {
  installation = await Installation.create();
  installation.intents.push(DISK, NAS, PLEX, FILMS);
  bot = await installation.start();
});
afterEach(() => installation.end());

/** What each node of a preview does. */
async function nodesOf(text: string): Promise<Record<string, readonly string[]>> {
  installation.intents.push(intentOf('evening', text));
  const { plan } = await previewed(bot, 'evening');
  const nodes = plan.graph?.nodes ?? [];
  return Object.fromEntries(
    nodes.map(({ name, parts, needs }) => [
      `${name} < ${needs.join()}`,
      parts.map((index) => plan.parts[index]?.intent ?? ''),
    ]),
  );
}

function misfits(text: string): readonly string[] {
  const evening = intentOf('evening', text);
  const catalogue = catalogueOf([DISK, NAS, PLEX, FILMS, evening]);
  return misfitsOf(catalogue, evening, []).map(({ message }) => message);
}

describe('what intents depend on', () => {
  test('runs right before them, in the same step', async () => {
    expect(
      await nodesOf('action: steps\nsteps:\n  a: { intent: photos }\n  b: { intent: plex, needs: a }\n'),
    ).toEqual({
      'a < ': ['photos'],
      'b < a': ['disk', 'nas', 'plex'],
    });
  });

  test('does not run again in steps after it, nor where a step does it', async () => {
    const text = `action: steps
steps:
  disk: { intent: disk }
  b: { intent: plex, needs: disk }
  c: { intent: movies, needs: b }
`;
    expect(misfits(text)).toEqual([]);
    expect(await nodesOf(text)).toEqual({
      'disk < ': ['disk'],
      'b < disk': ['nas', 'plex'],
      'c < b': ['movies'],
    });
  });

  test('of the whole runs first, in nodes that every step waits for; a name that is taken gets another one', async () => {
    const text = `action: steps
depends_on: nas
steps:
  disk: { intent: photos }
  b: { intent: plex }
  c: { intent: films, needs: b }
`;
    expect(misfits(text)).toEqual([]);
    expect(await nodesOf(text)).toEqual({
      'before.disk < ': ['disk'],
      'nas < before.disk': ['nas'],
      'disk < before.disk,nas': ['photos'],
      'b < before.disk,nas': ['plex'],
      'c < b': ['films'],
    });
  });

  test.each<[string, string, readonly string[]]>([
    ['in two steps at once', 'a: { intent: plex }\n  b: { intent: movies }', ['disk', 'nas', 'disk', 'nas']],
    ['beside a step that does it', 'a: { intent: plex }\n  b: { intent: disk }', ['disk']],
    [
      'after a step that may be skipped',
      'a: { intent: disk, when: full }\n  b: { intent: plex, needs: a }',
      ['disk'],
    ],
  ])('would run twice %s: refused', (_, steps, twice) => {
    const text = `action: steps\nparams:\n  full: { type: boolean }\nsteps:\n  ${steps}\n`;
    expect(misfits(text).map((message) => /^(\w+) would run twice/.exec(message)?.[1])).toEqual(twice);
  });

  test('would run before the steps and in one of them: refused', () => {
    expect(misfits('action: steps\ndepends_on: nas\nsteps:\n  a: { intent: nas }\n')).toEqual([
      'nas would run twice: depends_on runs it, and a runs it too.',
    ]);
  });
});

test('two steps that write an archive of one name are no trouble: the second gets the next name as it begins', async () => {
  const album = 'params:\n  album: { type: string, default: all }\n';
  installation.intents.push(
    intentOf('library', backupText('library', album).replace('/srv/library', '/srv/{{ album }}')),
    intentOf(
      'evening',
      'action: steps\nsteps:\n  a: { intent: library }\n  b: { intent: library, params: { album: x } }\n',
    ),
  );
  const run = await previewed(bot, 'evening');
  expect(run.state).toBe('awaiting');
  expect(blockersOf(run.plan)).toEqual([]);
});
