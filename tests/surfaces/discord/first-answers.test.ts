import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { AnswerKind } from '../../../src/surfaces/discord/first-answers.js';
import { type Scene, startScene } from './surface.js';

const answered: { kind: AnswerKind; ms: number }[] = [];
const missed: AnswerKind[] = [];
let scene: Scene;

beforeEach(async () => {
  answered.length = 0;
  missed.length = 0;
  scene = await startScene({
    answers: {
      answered: (kind, ms) => answered.push({ kind, ms }),
      missed: (kind) => missed.push(kind),
    },
  });
});
afterEach(() => scene.end());

const kinds = () => answered.map(({ kind }) => kind);

test('the first answer to a command, to typing and to a button is seen, once each', async () => {
  const { discord } = scene;
  const alice = discord.as('alice');
  await alice.autocomplete('backup', 'intent', 'pl');
  await discord.waitFor(() => kinds().length === 1, { what: 'the answer to typing' });
  alice.slash('backup', { intent: 'plex-database' }, { channel: 'ops' });
  await discord.waitFor(() => kinds().length === 2, { what: 'the answer to the command' });
  const preview = await discord.waitFor(
    () => discord.messages('ops').find((message) => message.components.length > 0),
    { what: 'the preview' },
  );
  alice.press(preview, 'Cancel');
  await discord.waitFor(() => kinds().length === 3, { what: 'the answer to the button' });
  expect(kinds()).toEqual(['autocomplete', 'command', 'button']);
  expect(answered.every(({ ms }) => ms > 0 && ms < 3000)).toBe(true);
  expect(missed).toEqual([]);
});

test('an answer that Discord refuses is none, and is missed after 3 s', async () => {
  const { discord } = scene;
  discord.inject({ method: 'POST', path: /^\/interactions\/.*\/callback/, answer: 500, times: 100 });
  discord.as('alice').slash('help');
  await discord.waitFor(() => missed.length === 1, { what: 'the missed answer', timeoutMs: 6000 });
  expect(missed).toEqual(['command']);
  expect(answered).toEqual([]);
});

test('the connection’s reconnects are counted', async () => {
  const before = scene.surface.state();
  scene.discord.dropGateway();
  await scene.discord.waitFor(() => scene.surface.state().reconnects === 1, { what: 'the reconnect' });
  expect(before).toMatchObject({ state: 'ready', reconnects: 0 });
});
