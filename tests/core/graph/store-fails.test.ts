import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import type { Run } from '../../../src/core/model/run.js';
import { FragileStore } from '../fragile-store.js';
import { alice, Installation, type Process, previewed, until } from '../harness.js';
import { backupText, intentOf } from './media.js';

const STEPS = `action: steps
steps:
  first: { intent: first }
  last: { intent: last, needs: [first], on_failure: rollback }
`;

let home: Installation;
let store: FragileStore;
let bot: Process;

beforeEach(async () => {
  home = await Installation.create();
  home.intents.push(intentOf('first', backupText('first')), intentOf('last', backupText('last')));
  home.intents.push(intentOf('all', STEPS));
  home.world.canUndo = true;
  store = new FragileStore();
  bot = await home.start({ store: store.wrap });
});
afterEach(async () => {
  store.fails = () => false;
  await home.end();
});

async function run(): Promise<Run> {
  const { id } = await previewed(bot, 'all');
  const decision = await bot.pipeline.decide(id, alice, 'confirm');
  if (!decision.ok) throw new Error(decision.notice.code);
  return decision.done;
}

async function stateOf(id: string): Promise<string | undefined> {
  return (await bot.deps.store.runs.get(id))?.state;
}

test('a step whose beginning can’t be noted is not begun, and what was done is put back without the store', async () => {
  home.world.during = async () => {
    store.fails = () => true;
    return undefined;
  };
  const ended = await run();
  expect(ended).toMatchObject({ state: 'rolled_back', outcome: { reason: 'store_unavailable' } });
  expect(ended.progress?.steps).toEqual({ first: 'undone', last: 'failed' });
  expect([home.world.entered, home.world.undone]).toEqual([['first'], ['first']]);
  const said = ended.outcome?.summary.map(plain).join(' ');
  expect(said).toContain(
    'last failed: The disk of the data directory (/data) is full. This step was not begun.',
  );
  expect(said).toContain('first was undone: As before.');

  expect(await stateOf(ended.id)).toBe('running');
  store.fails = () => false;
  await until(async () => (await stateOf(ended.id)) === 'rolled_back', 'the outcome is stored');
  const kinds = (await bot.deps.store.runs.journal(ended.id)).map(({ kind }) => kind);
  expect(kinds).toEqual(['part_started', 'touching', 'part_ended', 'undo_started', 'undo_ended']);
});

test.each(['journal part_ended', 'journal undo_started', 'journal undo_ended', 'transition rolled_back'])(
  'an undo counts whether it is written down or not (%s)',
  async (write) => {
    home.world.during = async (intent) =>
      intent === 'last' ? { state: 'failed', reason: 'command_failed', summary: [] } : undefined;
    store.failOnce(write);
    const ended = await run();
    expect(ended).toMatchObject({ state: 'rolled_back', outcome: { reason: 'command_failed' } });
    expect(home.world.undone).toEqual(['last', 'first']);
    expect(await stateOf(ended.id)).toBe('rolled_back');
  },
);
