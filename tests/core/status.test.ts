import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { conditionOf, countsText, isAmiss, stackSymbol } from '../../src/core/model/condition.js';
import type { ScaleFields } from '../../src/core/model/fields.js';
import type { Intent } from '../../src/core/model/intent.js';
import type { Observation, Observed } from '../../src/core/model/observation.js';
import { code, phrase, plain } from '../../src/core/model/phrase.js';
import { notice } from '../../src/core/model/reasons.js';
import type { Executor, ObserveContext } from '../../src/core/ports/executor.js';
import { readStatus } from '../../src/core/views/status.js';
import {
  alice,
  gate,
  Installation,
  intentNamed,
  mallory,
  type Process,
  previewed,
  until,
} from './harness.js';

let home: Installation;
let bot: Process;
/** What is seen of each service, and for which services it was looked. */
let sees: (service: string, ctx: ObserveContext) => Promise<Observed>;
let looked: string[];

beforeEach(async () => {
  home = await Installation.create();
  home.intents.length = 0;
  looked = [];
  sees = async (service) => ({ things: [thing(`${service}-1`)], notices: [] });
  bot = await home.start({ executors: [watcher() as unknown as Executor] });
});
afterEach(() => home.end());

function watcher(): Executor<'scale'> {
  const none = { steps: [], effects: [], touches: [], warnings: [], blockers: [], targets: null, data: null };
  return {
    kind: 'scale',
    plan: async () => none,
    run: async () => ({ state: 'succeeded', reason: 'done', summary: [], warnings: [] }),
    recover: async () => ({ summary: [] }),
    observe: ({ service }, ctx) => {
      looked.push(service);
      return sees(service, ctx);
    },
  };
}

function thing(name: string, more: Partial<Observation> = {}): Observation {
  return { key: `container:${name}`, name, state: 'running', healthy: null, detail: [], ...more };
}

function scaling(name: string, more: Partial<Intent> & { service?: string } = {}): Intent {
  const { service = name, stack = 'media', ...intent } = more;
  const compose = `/opt/stacks/${stack}/docker-compose.yml`;
  const fields: ScaleFields = { service, replicas: 1, min: 0, max: 9, compose, stable_for: 1, timeout: 1 };
  return intentNamed(name, {
    action: 'scale',
    stack,
    steps: [{ kind: 'scale', action: 'scale', stack, fields }],
    ...intent,
  });
}

const stacksOf = async (actor = alice) =>
  (await bot.pipeline.status(actor)).map(({ stack, things, notices, runs }) => ({
    stack,
    things: things.map(({ name }) => name),
    notices: notices.map(({ code: reason }) => reason),
    runs: runs.map(({ id }) => id),
  }));

async function ran(intent: string): Promise<string> {
  const run = await previewed(bot, intent);
  const decision = await bot.pipeline.decide(run.id, alice, 'confirm');
  if (!decision.ok) throw new Error('refused');
  await decision.done;
  home.now = new Date(home.now.getTime() + 1000);
  return run.id;
}

describe('what runs', () => {
  test('by stack, each thing once, however many intents are about it', async () => {
    home.intents.push(
      scaling('web'),
      scaling('web-again', { service: 'web' }),
      scaling('api', { stack: 'ai' }),
    );
    home.intents.push(intentNamed('photos', { stack: 'home' }));
    const seen = (service: string) => [thing(`${service}-1`), thing('shared')];
    sees = async (service) => ({ things: seen(service), notices: [] });
    expect(await stacksOf()).toEqual([
      { stack: 'ai', things: ['api-1', 'shared'], notices: [], runs: [] },
      { stack: 'home', things: [], notices: [], runs: [] },
      { stack: 'media', things: ['shared', 'web-1'], notices: [], runs: [] },
    ]);
    expect(looked.sort()).toEqual(['api', 'web']);
  });

  test('two looks ask twice', async () => {
    home.intents.push(scaling('web'));
    await stacksOf();
    await stacksOf();
    expect(looked).toEqual(['web', 'web']);
  });

  test('what is amiss comes first, then names in the order that people count in', async () => {
    home.intents.push(scaling('web'));
    const things = [
      thing('web-10'),
      thing('web-9'),
      thing('y-restarts', { state: 'restarting' }),
      thing('z-ill', { healthy: false }),
      thing('a-stopped', { state: 'stopped' }),
    ];
    sees = async () => ({ things, notices: [] });
    const [stack] = await stacksOf();
    expect(stack?.things).toEqual(['y-restarts', 'z-ill', 'a-stopped', 'web-9', 'web-10']);
  });

  test('a step of another stack shows in that stack', async () => {
    const [step] = scaling('web', { stack: 'ai' }).steps;
    if (!step) throw new Error('no step');
    home.intents.push(intentNamed('all', { stack: 'media', steps: [step] }));
    expect(await stacksOf()).toEqual([
      { stack: 'ai', things: ['web-1'], notices: [], runs: [] },
      { stack: 'media', things: [], notices: [], runs: [] },
    ]);
  });

  test('who may run nothing sees nothing, and nothing is looked at', async () => {
    home.intents.push(scaling('web'));
    expect(await stacksOf(mallory)).toEqual([]);
    expect(looked).toEqual([]);
  });

  test('secrets are masked', async () => {
    home.redactor.add('hunter22');
    home.intents.push(scaling('web'));
    sees = async () => ({
      things: [thing('web-1', { detail: phrase`${code('password hunter22')}` })],
      notices: [notice('docker_unreachable', phrase`said hunter22`)],
    });
    const text = JSON.stringify(await bot.pipeline.status(alice));
    expect(text).toContain('••••');
    expect(text).not.toContain('hunter22');
  });
});

describe('when something can’t be seen', () => {
  const blind = notice('docker_unreachable', phrase`Docker does not answer.`);

  test('its stack says so once, and the other stacks are seen', async () => {
    home.intents.push(scaling('web'), scaling('api'), scaling('llm', { stack: 'ai' }));
    sees = async (service) =>
      service === 'llm' ? { things: [thing('llm-1')], notices: [] } : { things: [], notices: [blind] };
    expect(await stacksOf()).toEqual([
      { stack: 'ai', things: ['llm-1'], notices: [], runs: [] },
      { stack: 'media', things: [], notices: ['docker_unreachable'], runs: [] },
    ]);
  });

  test('a defect of one executor is a line for people and a stack for the log', async () => {
    home.intents.push(scaling('web'), scaling('api'));
    sees = async (service) => {
      if (service === 'web') throw new Error('bug');
      return { things: [thing('api-1')], notices: [] };
    };
    expect(await stacksOf()).toEqual([
      { stack: 'media', things: ['api-1'], notices: ['internal_error'], runs: [] },
    ]);
    expect(bot.logged).toEqual([expect.objectContaining({ intent: 'web', err: new Error('bug') })]);
  });

  test('what does not answer in time is given up and told to end; the rest is there', async () => {
    home.intents.push(scaling('slow'), scaling('web'));
    const ended = gate();
    sees = async (service, { signal }) => {
      if (service !== 'slow') return { things: [thing('web-1')], notices: [] };
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      ended.open();
      return { things: [thing('too late')], notices: [] };
    };
    const [stack] = await readStatus(bot.deps, alice, new AbortController().signal, 20);
    expect(stack?.things.map(({ name }) => name)).toEqual(['web-1']);
    expect(stack?.notices.map(({ message }) => plain(message))).toEqual([
      'What slow is about did not answer in time.',
    ]);
    await ended.opened;
  });

  test('a process that ends waits for no look, however long that may take', async () => {
    home.intents.push(scaling('web'));
    sees = () => new Promise(() => {});
    const closing = new AbortController();
    const status = readStatus(bot.deps, alice, closing.signal, 3_600_000);
    await until(() => looked.length === 1, 'it looks');
    closing.abort();
    expect(await status).toMatchObject([{ notices: [{ code: 'look_timed_out' }] }]);
  });

  test('nothing is looked at any more once the process ends', async () => {
    home.intents.push(scaling('web'));
    await bot.pipeline.shutdown(0);
    expect(await stacksOf()).toMatchObject([{ notices: ['look_timed_out'] }]);
    expect(looked).toEqual([]);
  });

  test('even commands that must not be interrupted during a run end with the look', async () => {
    const asked: unknown[] = [];
    const host = { exec: async (_argv: unknown, options: unknown) => void asked.push(options) };
    const hosts = Object.assign(Object.create(bot.hosts), { open: () => host });
    home.intents.push(scaling('web'));
    sees = async (_service, ctx) => {
      await ctx.host.exec(['docker', 'ps'], { uninterruptible: true, timeoutMs: 5 });
      return { things: [], notices: [] };
    };
    await readStatus({ ...bot.deps, hosts }, alice, new AbortController().signal);
    expect(asked).toEqual([{ uninterruptible: false, timeoutMs: 5 }]);
  });
});

describe('last runs', () => {
  test('the last three of a stack, newest first', async () => {
    home.intents.push(intentNamed('photos'), intentNamed('films'), intentNamed('mail', { stack: 'office' }));
    const ids: string[] = [];
    for (const intent of ['photos', 'films', 'photos', 'films', 'mail']) ids.push(await ran(intent));
    expect(await stacksOf()).toMatchObject([
      { stack: 'media', runs: [ids[3], ids[2], ids[1]] },
      { stack: 'office', runs: [ids[4]] },
    ]);
  });

  test('previews that nobody confirmed did nothing; a stopped run did', async () => {
    home.intents.push(intentNamed('photos'));
    await previewed(bot, 'photos');
    await previewed(bot, 'photos', { dryRun: true });
    const cancelled = await previewed(bot, 'photos');
    await bot.pipeline.decide(cancelled.id, alice, 'cancel');
    expect(await stacksOf()).toMatchObject([{ runs: [] }]);
    home.world.during = async () => ({ state: 'cancelled', reason: 'stopped' });
    const stopped = await ran('photos');
    expect(await stacksOf()).toMatchObject([{ runs: [stopped] }]);
  });
});

describe('words', () => {
  test.each<[Partial<Observation>, string, boolean]>([
    [{}, '✅ running', false],
    [{ healthy: true }, '✅ healthy', false],
    [{ healthy: false }, '❌ unhealthy', true],
    [{ state: 'starting' }, '⏱ starting', false],
    [{ state: 'restarting', restarts: 3, exitCode: 9 }, '🔄 restarting (3 times)', true],
    [{ state: 'restarting', restarts: 1 }, '🔄 restarting (1 time)', true],
    [{ state: 'paused' }, '⏸ paused', true],
    [{ state: 'stopped', exitCode: 143 }, '⏹ stopped', false],
    [{ state: 'crashed', exitCode: 3 }, '💥 crashed (exit 3)', true],
    [{ state: 'start_failed' }, '🚫 couldn’t start', true],
    [{ state: 'finished', exitCode: 0 }, '🏁 finished', false],
    [{ state: 'created' }, '⚪ never started', false],
    [{ state: 'no_container' }, '➖ no container', false],
    [{ state: 'absent' }, '❓ not there', true],
    [{ trouble: 'cut_off', healthy: true }, '🔌 cut off from its network', true],
    [{ trouble: 'cut_off', state: 'stopped' }, '⏹ stopped', true],
    [{ trouble: 'orphaned' }, '👻 running, no longer in the file', true],
  ])('%j is %s', (more, words, amiss) => {
    const { symbol, word } = conditionOf(thing('web', more));
    expect(`${symbol} ${word}`).toBe(words);
    expect(isAmiss(thing('web', more))).toBe(amiss);
  });

  test('what runs is counted, ill or not', () => {
    expect(countsText([])).toBe('');
    const things = [thing('a'), thing('b', { healthy: false }), thing('c', { state: 'starting' })];
    expect(countsText(things)).toBe('3 of 3 running, 1 unhealthy');
    const off = [thing('a', { state: 'stopped' }), thing('b'), thing('c', { trouble: 'orphaned' })];
    expect(countsText(off)).toBe('2 of 3 running, 1 no longer in the file, 1 stopped');
    const wrong = [thing('a', { state: 'crashed' }), thing('b', { state: 'no_container' }), thing('c')];
    expect(countsText(wrong)).toBe('1 of 3 running, 1 crashed, 1 without a container');
  });

  const blind = [notice('docker_unreachable', phrase`Docker does not answer.`)];
  test.each<[string, readonly Partial<Observation>[], Observed['notices'], string]>([
    ['nothing', [], [], ''],
    ['all of it runs', [{}, { state: 'finished' }], [], '✅'],
    ['one is off', [{}, { state: 'stopped' }], [], ''],
    ['one is paused', [{}, { state: 'paused' }], [], '⚠'],
    ['one is no longer in the file', [{}, { trouble: 'orphaned' }], [], '⚠'],
    ['it can’t be seen', [], blind, '⚠'],
    ['one crashed', [{}, { state: 'crashed' }], blind, '❌'],
  ])('a stack’s head: %s', (_, things, notices, symbol) => {
    const seen = things.map((more, index) => thing(`web-${index}`, more));
    expect(stackSymbol({ things: seen, notices })).toBe(symbol);
  });
});
