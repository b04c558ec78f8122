import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { tooManyAtOnce, tooManyByPerson, tooManyForIntent } from '../../src/core/access/limits.js';
import { plain } from '../../src/core/model/phrase.js';
import { EMPTY_POLICY, type Limits, NO_LIMITS, type Rules } from '../../src/core/model/policy.js';
import type { Notice } from '../../src/core/model/reasons.js';
import type { Source } from '../../src/core/model/request.js';
import type { Rate } from '../../src/core/ports/budgets.js';
import type { ChildSign } from '../../src/core/ports/host.js';
import { createRunSlots } from '../../src/limits/run-slots.js';
import { rulesOf } from '../support/rules.js';
import { alice, bob, gate, Installation, type Process, previewed, request, until } from './harness.js';

let home: Installation;

beforeEach(async () => {
  home = await Installation.create();
});
afterEach(() => home.end());

function limited(limits: Partial<Limits>): Rules {
  return { kind: 'policy', policy: { ...EMPTY_POLICY, limits: { ...NO_LIMITS, ...limits } } };
}

function said(denied: Notice | null): string | null {
  return denied && `${denied.code}: ${plain(denied.message)}`;
}

async function confirmed(bot: Process, intent: string) {
  const run = await previewed(bot, intent);
  const decision = await bot.pipeline.decide(run.id, alice, 'confirm');
  if (!decision.ok) throw new Error(decision.notice.code);
  return decision;
}

describe('requests', () => {
  /** What was taken, and a counter that refuses these keys. */
  async function ask(limits: Partial<Limits>, usedUp: readonly string[], source: Source = 'discord') {
    const taken: [string, Rate][] = [];
    const deps = {
      policy: rulesOf(() => limited(limits)),
      requests: {
        take: async (key: string, rate: Rate) => {
          taken.push([key, rate]);
          return !usedUp.includes(key);
        },
      },
    };
    const asked = request('photos', { source });
    const denied = (await tooManyByPerson(deps, asked)) ?? (await tooManyForIntent(deps, asked));
    return { denied: said(denied), taken };
  }
  const ten = { runs: 10, perSeconds: 3600, atOnce: null };
  const person = `person:user:${alice.id}`;

  test('are counted for the person, then for the intent, by the policy’s limits', async () => {
    expect(await ask({ perPerson: ten }, [])).toEqual({
      denied: null,
      taken: [
        [person, { runs: 10, perSeconds: 3600 }],
        ['intent:photos', { runs: 240, perSeconds: 60 }],
      ],
    });
  });

  test('over the limit are refused, with who has asked how often', async () => {
    expect((await ask({ perPerson: ten }, [person])).denied).toBe(
      'too_many_requests: You have asked 10 times in 1 h, which is the limit. Nothing was planned.',
    );
    expect((await ask({ perIntent: ten }, ['intent:photos'])).denied).toBe(
      'too_many_requests: photos was asked for 10 times in 1 h, which is the limit. Nothing was planned.',
    );
  });

  test.each(['cli', 'http', 'schedule', 'webhook'] as const)('from %s are not counted', async (source) => {
    expect(await ask({ perPerson: ten }, [person, 'intent:photos'], source)).toEqual({
      denied: null,
      taken: [],
    });
  });
});

describe('runs at once', () => {
  async function whileOneRuns(limits: Partial<Limits>, who = alice) {
    home.world.during = home.hang;
    const bot = await home.start();
    const { run } = await confirmed(bot, 'photos');
    await until(() => home.world.entered.length === 1, 'it runs');
    const deps = {
      policy: rulesOf(() => limited(limits)),
      store: bot.deps.store,
      requests: bot.deps.requests,
    };
    const ask = async (intent: string) => said(await tooManyAtOnce(deps, request(intent, { actor: who })));
    return { id: run.id, same: await ask('photos'), other: await ask('films') };
  }
  const one = { runs: null, perSeconds: null, atOnce: 1 };

  test('of one person', async () => {
    const { id, other } = await whileOneRuns({ perPerson: one });
    expect(other).toBe(
      `too_many_requests: You have one run under way (${id}), which is the limit. Nothing was started.`,
    );
  });

  test('of another person don’t count', async () => {
    expect((await whileOneRuns({ perPerson: one }, bob)).other).toBeNull();
  });

  test('of one intent', async () => {
    const { id, same, other } = await whileOneRuns({ perIntent: one });
    expect(same).toBe(
      `too_many_requests: photos has one run under way (${id}), which is the limit. Nothing was started.`,
    );
    expect(other).toBeNull();
  });

  test('a confirm over the limit is refused, and the preview stays open', async () => {
    home.rules = { kind: 'open', keys: null };
    const bot = await home.start();
    home.world.during = home.hang;
    await confirmed(bot, 'photos');
    const next = await previewed(bot, 'films');
    home.rules = limited({ perPerson: one });
    const decision = await bot.pipeline.decide(next.id, alice, 'confirm');
    expect(decision.ok).toBe(false);
    expect((await bot.deps.store.runs.get(next.id))?.state).toBe('awaiting');
  });
});

describe('places on the host', () => {
  test('a run waits for one, says for whom, and begins when it is free', async () => {
    const first = gate();
    home.world.during = async (intent) => {
      if (intent === 'photos') await first.opened;
      return undefined;
    };
    const bot = await home.start({ runSlots: createRunSlots(() => 1) });
    const photos = await confirmed(bot, 'photos');
    await until(() => home.world.entered.includes('photos'), 'the first one runs');
    const films = await confirmed(bot, 'films');
    const waits = () =>
      bot.events.some((event) => event.type === 'queued' && event.waitsFor.includes(photos.run.id));
    await until(waits, 'the second one says that it waits');
    expect(home.world.entered).toEqual(['photos']);
    first.open();
    expect((await films.done).state).toBe('succeeded');
  });

  test('one whose commands give no sign of life keeps nobody waiting', async () => {
    const first = gate();
    home.world.during = async (intent) => {
      if (intent === 'photos') await first.opened;
      return undefined;
    };
    const bot = await home.start({ runSlots: createRunSlots(() => 1) });
    const heard = new Map<string, (sign: ChildSign) => void>();
    const open = bot.hosts.open.bind(bot.hosts);
    bot.hosts.open = (scope) => {
      if (scope.onSign) heard.set(scope.runId, scope.onSign);
      return open(scope);
    };
    const photos = await confirmed(bot, 'photos');
    await until(() => home.world.entered.includes('photos'), 'the first one runs');
    const tell = (...signs: readonly ChildSign[]): void => {
      for (const sign of signs) heard.get(photos.run.id)?.(sign);
    };
    tell('began', 'began', 'quiet');
    const films = await confirmed(bot, 'films');
    await until(() => bot.events.some(({ type }) => type === 'queued'), 'the second one waits');
    expect(home.world.entered).toEqual(['photos']);
    tell('quiet');
    expect((await films.done).state).toBe('succeeded');
    tell('moving');
    expect(bot.deps.runSlots.free).toBe(false);
    first.open();
    expect((await photos.done).state).toBe('succeeded');
    expect(bot.deps.runSlots.free).toBe(true);
  });

  test('one that waits can be stopped at once', async () => {
    home.world.during = home.hang;
    const bot = await home.start({ runSlots: createRunSlots(() => 1) });
    await confirmed(bot, 'photos');
    await until(() => home.world.entered.includes('photos'), 'the first one runs');
    const films = await confirmed(bot, 'films');
    await bot.pipeline.stop(films.run.id, alice);
    expect((await films.done).state).toBe('cancelled');
    expect(home.world.entered).toEqual(['photos']);
  });
});
