import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { examine } from '../../src/core/admission/admission.js';
import type { ScaleFields } from '../../src/core/model/fields.js';
import type { Intent } from '../../src/core/model/intent.js';
import { plain } from '../../src/core/model/phrase.js';
import type { Params } from '../../src/core/model/request.js';
import type { Executor } from '../../src/core/ports/executor.js';
import { alice, Installation, intentNamed, type Process, previewed, request } from './harness.js';

let home: Installation;
let bot: Process;
/** The replicas that were planned for, in order. */
let planned: (number | null)[];

beforeEach(async () => {
  home = await Installation.create();
  planned = [];
  bot = await home.start({ executors: [recorder() as unknown as Executor] });
  home.intents.push(scaling('web'));
});
afterEach(() => home.end());

function recorder(): Executor<'scale'> {
  return {
    kind: 'scale',
    plan: async ({ replicas, service }) => {
      planned.push(replicas);
      const command = ['up', '--scale', `${service}=${replicas}`];
      return {
        steps: [{ title: ['Scale'], commands: [command] }],
        effects: [],
        touches: [`service:${service}`],
        warnings: [],
        blockers: [],
        targets: { replicas },
        data: { replicas },
      };
    },
    run: async () => ({ state: 'succeeded', reason: 'done', summary: [], warnings: [] }),
    recover: async () => ({ summary: [] }),
  };
}

function step(service: string, more: Partial<ScaleFields> = {}): Intent['steps'][number] {
  const compose = '/opt/stacks/media/docker-compose.yml';
  const fields = { service, replicas: null, min: 0, max: 50, compose, stable_for: 10, timeout: 120, ...more };
  return { kind: 'scale', action: 'scale', stack: 'media', fields };
}

function scaling(name: string, more: Partial<ScaleFields> = {}, intent: Partial<Intent> = {}): Intent {
  return intentNamed(name, { action: 'scale', steps: [step(name, more)], ...intent });
}

async function refusal(intent: string, params: Params): Promise<string> {
  const admission = await bot.pipeline.admit(request(intent, { params }));
  if (admission.ok) return 'admitted';
  expect(admission.notice.code).toBe('params_invalid');
  expect(planned).toEqual([]);
  return `${plain(admission.notice.message)} ${plain(admission.notice.remedy)}`;
}

describe('replicas', () => {
  test.each([
    ['a number', 3, 3],
    ['digits, as the command line gives them', '3', 3],
    ['the smallest', 0, 0],
    ['minus zero, as JSON can hold it', -0, 0],
    ['the largest', 50, 50],
    ['digits with a leading zero', '007', 7],
  ])('%s is bound, and the run keeps the number', async (_, given, bound) => {
    const run = await previewed(bot, 'web', { params: { replicas: given } });
    expect(planned).toEqual([bound]);
    expect(run.params).toEqual({ replicas: bound });
    expect(Object.is(run.params.replicas, bound)).toBe(true);
  });

  test.each([
    ['-1', -1],
    ['1000000000', 1e9],
    ['51', 51],
    ['2.5', 2.5],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['true', true],
    ['"three"', 'three'],
    ['"-1"', '-1'],
    ['"2.5"', '2.5'],
    ['"1e1"', '1e1'],
    ['"0x10"', '0x10'],
    ['" 3"', ' 3'],
    ['""', ''],
    ['"٣"', '٣'],
  ])('%s is refused, with what would be right', async (said, given) => {
    expect(await refusal('web', { replicas: given })).toBe(
      `replicas must be a whole number from 0 to 50, and ${said} is not. Give such a number, or change min or max in the intent.`,
    );
  });

  test('a value of a megabyte with control characters becomes one short line', async () => {
    const text = await refusal('web', { replicas: `\u001b[31m\n${'9'.repeat(1_000_000)}` });
    expect(text.length).toBeLessThan(300);
    expect(text).not.toMatch(/\p{Cc}/u);
  });

  test('the intent’s own bounds count', async () => {
    home.intents.push(scaling('db', { min: 1, max: 3 }), scaling('one', { min: 1, max: 1 }));
    expect(await refusal('db', { replicas: 0 })).toContain('a whole number from 1 to 3, and 0 is not');
    expect(await refusal('db', { replicas: 4 })).toContain('a whole number from 1 to 3, and 4 is not');
    expect(await refusal('one', { replicas: 2 })).toContain('replicas must be 1, and 2 is not');
    expect(await refusal('db', { replicas: 3 })).toBe('admitted');
  });

  test('an intent’s own number is used when none is given, and given ones take its place', async () => {
    home.intents.push(scaling('api', { replicas: 2 }));
    const first = await previewed(bot, 'api');
    await previewed(bot, 'api', { params: { replicas: 4 } });
    expect(planned).toEqual([2, 4]);
    expect(first.params).toEqual({});
  });

  test('without any number it is refused, with where to give it', async () => {
    home.intents.push(scaling('few', { max: 3 }));
    expect(await refusal('few', {})).toBe(
      'How many replicas of few is not said. Give replicas: a whole number from 0 to 3.',
    );
  });

  test('it is bound again from the stored run when it is planned again', async () => {
    const run = await previewed(bot, 'web', { params: { replicas: '3' } });
    const decision = await bot.pipeline.decide(run.id, alice, 'confirm');
    if (!decision.ok) throw new Error('refused');
    expect((await decision.done).state).toBe('succeeded');
    expect(planned).toEqual([3, 3]);
  });

  test('bounds that were narrowed since the preview refuse the run', async () => {
    const run = await previewed(bot, 'web', { params: { replicas: 20 } });
    home.intents.splice(
      home.intents.findIndex(({ name }) => name === 'web'),
      1,
      scaling('web', { max: 10 }),
    );
    const decision = await bot.pipeline.decide(run.id, alice, 'confirm');
    if (!decision.ok) throw new Error('refused');
    expect(await decision.done).toMatchObject({ state: 'refused', outcome: { reason: 'params_invalid' } });
  });

  test('what rolls a run back needs none: the run that it undoes has its numbers', () => {
    const wish = { params: { replicas: 99 }, undoes: 'r-7k2m' };
    expect(examine(bot.deps, request('web', wish), new Date())).toMatchObject({
      ok: true,
      ticket: { request: wish },
    });
  });

  test('the catalogue’s intent stays as it is', async () => {
    const before = structuredClone(home.intents);
    const admission = await bot.pipeline.admit(request('web', { params: { replicas: 3 } }));
    expect(admission.ok && admission.ticket.intent.steps[0]?.fields).toMatchObject({ replicas: 3 });
    expect(home.intents).toEqual(before);
  });
});

describe('whose replicas', () => {
  test('an intent without a scale step has no such parameter', async () => {
    expect(await refusal('photos', { replicas: 3 })).toContain('photos has no parameter replicas.');
    expect(await refusal('web', { replica: 3 })).toContain('web has no parameter replica.');
    expect(await refusal('web', { replicas: 3, force: true })).toContain('web has no parameter force.');
  });

  test('one that scales several services can’t take one number', async () => {
    home.intents.push(
      scaling('both', {}, { steps: [step('a', { replicas: 1 }), step('b', { replicas: 2 })] }),
    );
    expect(await refusal('both', { replicas: 3 })).toContain('both scales several services');
    await previewed(bot, 'both');
    expect(planned).toEqual([1, 2]);
  });

  test('one of several services without a number is named, with where to write it', async () => {
    home.intents.push(scaling('both', {}, { steps: [step('a', { replicas: 1 }), step('b')] }));
    expect(await refusal('both', {})).toBe(
      'How many replicas of b is not said. Write replicas into the file of both.',
    );
  });

  test('it is meant for the intent asked for, not for those that run before it', async () => {
    home.intents.push(scaling('workers', { replicas: 2 }), scaling('all', {}, { dependsOn: ['workers'] }));
    await previewed(bot, 'all', { params: { replicas: 5 } });
    expect(planned).toEqual([2, 5]);
  });

  test('one that runs before it and has no number is named', async () => {
    home.intents.push(
      intentNamed('late', { dependsOn: ['web'] }),
      scaling('all', {}, { dependsOn: ['web'] }),
    );
    const wanted = 'How many replicas of web is not said. Write replicas into the file of web.';
    expect(await refusal('late', {})).toBe(wanted);
    expect(await refusal('all', { replicas: 5 })).toBe(wanted);
  });

  test('beside other steps, only the scale step gets it', async () => {
    const [copy] = intentNamed('photos').steps;
    if (!copy) throw new Error('no step');
    home.intents.push(scaling('mixed', {}, { steps: [copy, step('web')] }));
    const run = await previewed(bot, 'mixed', { params: { replicas: 2 } });
    expect(run.plan.parts.map(({ kind }) => kind)).toEqual(['files', 'scale']);
    expect(planned).toEqual([2]);
    const admission = await bot.pipeline.admit(request('mixed', { params: { replicas: 2 } }));
    expect(admission.ok && admission.ticket.intent.steps[0]).toEqual(copy);
  });
});
