import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { textOf } from '../../src/playground/driver/text.js';
import { AHEAD_MS, PATIENT, Pairs } from './pairs-stage.js';

const FEATURES = [
  'policy',
  'approval',
  'typed',
  'lock',
  'limit',
  'parameters',
  'steps',
  'schedule',
  'webhook',
] as const;

/** A short story in which two features meet. `name` is that of its intent, its stack and its channel. */
interface Story {
  readonly told: string;
  readonly play: (p: Pairs, name: string) => Promise<void>;
}

const TWO = 'confirm: two_people';
const DONE = ['a.txt'];
const TO = 'params:\n  to: {type: string}';
const intoTo = (name: string) => ({ to: `${name}-{{ to }}` });

const STORIES: Readonly<Record<string, Story>> = {
  policy_approval: {
    told: 'the policy asks for two: a member who may only run asks, who has no right is refused, an admin approves',
    play: async (p, name) => {
      await p.mirror(name);
      const shown = await p.ask('olga', name, name);
      expect(await p.told('victor', shown, 'Approve')).toMatch(/you can’t approve/);
      p.as('bob').press(shown, 'Approve');
      expect(await p.ends(name)).toEqual(['succeeded']);
    },
  },
  policy_typed: {
    told: 'no form opens for who may not; who may types the name',
    play: async (p, name) => {
      await p.mirror(name);
      await p.old(name);
      const shown = await p.ask('olga', name, name);
      expect(await p.told('victor', shown, 'Confirm')).toMatch(/Only olga/);
      await p.type('olga', shown, 'Confirm', name);
      expect(await p.ends(name)).toEqual(['succeeded']);
    },
  },
  policy_lock: {
    told: 'without the right to lock one is refused; an admin’s lock holds for who may run',
    play: async (p, name) => {
      await p.mirror(name);
      const refused = p.as('olga').slash('lock', { stack: name, reason: 'mine' }, { channel: name });
      expect(textOf(await refused.waitForMessage(/./, PATIENT))).toMatch(/you can’t lock/);
      await p.lock(name, name);
      expect(textOf(await p.ask('olga', name, name))).toMatch(/bob/);
      await p.unlock(name, name);
      const shown = await p.ask('olga', name, name);
      p.as('olga').press(shown, 'Confirm');
      expect(await p.ends(name)).toEqual(['succeeded']);
    },
  },
  policy_limit: {
    told: 'who has no right does not use up what others may ask for',
    play: async (p, name) => {
      await p.mirror(name);
      for (let i = 0; i < 4; i += 1)
        expect(textOf(await p.ask('victor', name, name))).toMatch(/you can’t run/);
      for (let i = 0; i < 3; i += 1) expect(textOf(await p.ask('olga', name, name))).toMatch(/Confirm/);
      expect(textOf(await p.ask('olga', name, name))).toMatch(/asked for 3 times/);
    },
  },
  policy_parameters: {
    told: 'who may not run it is not asked for values; who may gets the form',
    play: async (p, name) => {
      await p.mirror(name, TO, intoTo(name));
      expect(textOf(await p.ask('victor', name, name))).toMatch(/you can’t run/);
      const opened = p.as('olga').slash('backup', { intent: name }, { channel: name });
      await opened.settled();
      expect(opened.modal()).not.toBeNull();
      const shown = await p
        .as('olga')
        .submitModal(opened, { to: 'x' })
        .waitForMessage(/Confirm/);
      p.as('olga').press(shown, 'Confirm');
      expect(await p.ends(name)).toEqual(['succeeded']);
      expect(p.copied(`${name}-x`)).toEqual(DONE);
    },
  },
  policy_steps: {
    told: 'a step of another intent needs the right to that one',
    play: async (p, name) => {
      await p.mirror('secret');
      await p.steps(name, '', '    intent: secret\n');
      expect(textOf(await p.ask('olga', name, name, '', 'steps'))).toMatch(/runs another intent in a step/);
      const shown = await p.ask('alice', name, name, '', 'steps');
      p.as('alice').press(shown, 'Confirm');
      expect(await p.ends(name)).toEqual(['succeeded']);
      expect([p.copied('secret'), p.copied(`${name}-2`)]).toEqual([DONE, DONE]);
    },
  },
  policy_schedule: {
    told: 'the schedule that the policy denies is turned down; the other one runs',
    play: async (p, name) => {
      await p.mirror(name);
      await p.mirror('barred_intent');
      await p.scheduled('barred_intent', {}, 'barred');
      await p.scheduled(name);
      expect(await p.ends(name)).toEqual(['succeeded']);
      expect(await p.refusedInTrail('barred_intent', 'schedule')).toBe('not_allowed');
      expect(p.copied('barred_intent')).toEqual([]);
    },
  },
  policy_webhook: {
    told: 'a repository without a role runs nothing; the one that has it does',
    play: async (p, name) => {
      await p.mirror(name);
      expect(await p.pushed(name, 'acme/other')).toBe(202);
      expect(await p.refusedInTrail(name, 'webhook')).toBe('not_allowed');
      expect(await p.runs(name)).toEqual([]);
      await p.pushed(name);
      expect(await p.ends(name)).toEqual(['succeeded']);
    },
  },
  approval_typed: {
    told: 'the approver types the name; a wrong one loses nothing',
    play: async (p, name) => {
      await p.mirror(name, TWO);
      await p.old(name);
      const shown = await p.ask('olga', name, name);
      const wrong = await p.type('bob', shown, 'Approve', 'something');
      expect(textOf(await wrong.waitForMessage(/./, PATIENT))).toMatch(/still open/);
      expect(await p.told('olga', shown, 'Approve')).toMatch(/somebody else/);
      expect(p.copied(name)).toHaveLength(4);
      await p.type('bob', shown, 'Approve', name);
      expect(await p.ends(name)).toEqual(['succeeded']);
    },
  },
  approval_lock: {
    told: 'a lock taken after the request holds the approval back, and leaves the preview open',
    play: async (p, name) => {
      await p.mirror(name, TWO);
      const shown = await p.ask('olga', name, name);
      await p.lock(name, name);
      expect(await p.told('bob', shown, 'Approve')).toMatch(/new disks/);
      expect(await p.stateOf(shown)).toBe('awaiting');
      await p.unlock(name, name);
      p.as('bob').press(shown, 'Approve');
      expect(await p.ends(name)).toEqual(['succeeded']);
    },
  },
  approval_limit: {
    told: 'one at once: the second approval is refused while the first run goes on, and counts afterwards',
    play: async (p, name) => {
      await p.mirror(name, TWO, { from: 'big', options: '["--bwlimit=150"]' });
      const [first, second] = [await p.ask('olga', name, name), await p.ask('olga', name, name)];
      p.as('bob').press(first, 'Approve');
      await p.stage.discord.waitFor(() => p.copied(name).length > 0 || null);
      expect(await p.told('bob', second, 'Approve')).toMatch(/one run under way/);
      expect(await p.ends(name)).toEqual(['succeeded']);
      expect(await p.stateOf(second)).toBe('awaiting');
    },
  },
  approval_parameters: {
    told: 'what is approved is the value that was asked for',
    play: async (p, name) => {
      await p.mirror(name, `${TWO}\n${TO}`, intoTo(name));
      const shown = await p.ask('olga', name, name, 'to=x');
      const other = await p.ask('olga', name, name, 'to=y');
      p.as('bob').press(other, 'Reject');
      p.as('bob').press(shown, 'Approve');
      expect([...(await p.ends(name, 2))].sort()).toEqual(['cancelled', 'succeeded']);
      expect([p.copied(`${name}-x`), p.copied(`${name}-y`)]).toEqual([DONE, []]);
    },
  },
  approval_steps: {
    told: 'one approval for all steps',
    play: async (p, name) => {
      await p.steps(name, TWO);
      const shown = await p.ask('olga', name, name, '', 'steps');
      expect(p.copied(`${name}-1`)).toEqual([]);
      p.as('bob').press(shown, 'Approve');
      expect(await p.ends(name)).toEqual(['succeeded']);
      expect([p.copied(`${name}-1`), p.copied(`${name}-2`)]).toEqual([DONE, DONE]);
    },
  },
  approval_schedule: {
    told: 'it waits in the ops channel: one confirms, another one approves, inside its window',
    play: async (p, name) => {
      await p.mirror(name, TWO);
      await p.scheduled(name);
      const shown = await p.waiting(name);
      expect(p.copied(name)).toEqual([]);
      p.as('olga').press(shown, 'Confirm');
      await p.waiting(name, /Approve/);
      expect(await p.told('olga', shown, 'Approve')).toMatch(/somebody else/);
      p.as('bob').press(shown, 'Approve');
      expect(await p.ends(name)).toEqual(['succeeded']);
    },
  },
  approval_webhook: {
    told: 'it waits in the ops channel: one confirms, another one approves',
    play: async (p, name) => {
      await p.mirror(name, TWO);
      await p.pushed(name);
      const shown = await p.waiting(name);
      p.as('alice').press(shown, 'Confirm');
      await p.waiting(name, /Approve/);
      p.as('bob').press(shown, 'Approve');
      expect(await p.ends(name)).toEqual(['succeeded']);
    },
  },
  typed_lock: {
    told: 'while it is locked no form opens; afterwards it does',
    play: async (p, name) => {
      await p.mirror(name);
      await p.old(name);
      const shown = await p.ask('olga', name, name);
      await p.lock(name, name);
      const typed = await p.type('olga', shown, 'Confirm', name).catch((error: Error) => error.message);
      expect(typeof typed === 'string' ? typed : textOf(await typed.waitForMessage(/./, PATIENT))).toMatch(
        /new disks/,
      );
      expect(p.copied(name)).toHaveLength(4);
      await p.unlock(name, name);
      await p.type('olga', shown, 'Confirm', name);
      expect(await p.ends(name)).toEqual(['succeeded']);
    },
  },
  typed_limit: {
    told: 'the right name over the limit is refused, and can be typed again later',
    play: async (p, name) => {
      await p.mirror(name, '', { from: 'big', options: '["--delete", "--bwlimit=150"]' });
      await p.old(name);
      const [first, second] = [await p.ask('olga', name, name), await p.ask('olga', name, name)];
      await p.type('olga', first, 'Confirm', name);
      await p.stage.discord.waitFor(() => p.copied(name).some((file) => file.includes('b.bin')) || null);
      const refused = await p.type('olga', second, 'Confirm', name);
      expect(textOf(await refused.waitForMessage(/./, PATIENT))).toMatch(/one run under way/);
      expect(await p.ends(name)).toEqual(['succeeded']);
      expect(await p.stateOf(second)).toBe('awaiting');
    },
  },
  typed_parameters: {
    told: 'the name is typed for the value that was asked for',
    play: async (p, name) => {
      await p.mirror(name, TO, intoTo(name));
      await p.old(`${name}-x`);
      await p.old(`${name}-y`);
      const shown = await p.ask('olga', name, name, 'to=x');
      await p.type('olga', shown, 'Confirm', name);
      expect(await p.ends(name)).toEqual(['succeeded']);
      expect([p.copied(`${name}-x`), p.copied(`${name}-y`).length]).toEqual([DONE, 4]);
    },
  },
  typed_steps: {
    told: 'a large deletion in one of the steps asks for the name of the whole',
    play: async (p, name) => {
      await p.steps(name);
      await p.old(`${name}-2`);
      const shown = await p.ask('olga', name, name, '', 'steps');
      await p.type('olga', shown, 'Confirm', name);
      expect(await p.ends(name)).toEqual(['succeeded']);
      expect([p.copied(`${name}-1`), p.copied(`${name}-2`)]).toEqual([DONE, DONE]);
    },
  },
  typed_schedule: {
    told: 'a schedule can’t type: with confirm: person somebody types for it',
    play: async (p, name) => {
      await p.mirror(name, 'confirm: person');
      await p.old(name);
      await p.scheduled(name);
      const shown = await p.waiting(name);
      await p.type('olga', shown, 'Confirm', name);
      expect(await p.ends(name)).toEqual(['succeeded']);
      expect(p.copied(name)).toEqual(DONE);
    },
  },
  typed_webhook: {
    told: 'a webhook can’t type: what it may begin alone was decided by who wrote the intent',
    play: async (p, name) => {
      await p.mirror(name);
      await p.old(name);
      await p.pushed(name);
      expect(await p.ends(name)).toEqual(['succeeded']);
      expect(p.copied(name)).toEqual(DONE);
    },
  },
  lock_limit: {
    told: 'a confirmation that a lock refused takes no place of those at once',
    play: async (p, name) => {
      await p.mirror(name);
      const shown = await p.ask('olga', name, name);
      await p.lock(name, name);
      expect(await p.told('olga', shown, 'Confirm')).toMatch(/new disks/);
      await p.unlock(name, name);
      p.as('olga').press(shown, 'Confirm');
      expect(await p.ends(name)).toEqual(['succeeded']);
    },
  },
  lock_parameters: {
    told: 'a lock holds for every value',
    play: async (p, name) => {
      await p.mirror(name, TO, intoTo(name));
      await p.lock(name, name);
      expect(textOf(await p.ask('olga', name, name, 'to=x'))).toMatch(/new disks/);
      await p.unlock(name, name);
      const shown = await p.ask('olga', name, name, 'to=x');
      p.as('olga').press(shown, 'Confirm');
      expect(await p.ends(name)).toEqual(['succeeded']);
      expect(p.copied(`${name}-x`)).toEqual(DONE);
    },
  },
  lock_steps: {
    told: 'a lock on the stack of one step’s intent holds the whole back',
    play: async (p, name) => {
      await p.mirror(`${name}_inner`);
      await p.steps(name, '', `    intent: ${name}_inner\n`);
      await p.lock(`${name}_inner`, name);
      expect(textOf(await p.ask('olga', name, name, '', 'steps'))).toMatch(/new disks/);
      expect(p.copied(`${name}-2`)).toEqual([]);
      await p.unlock(`${name}_inner`, name);
      const shown = await p.ask('olga', name, name, '', 'steps');
      p.as('olga').press(shown, 'Confirm');
      expect(await p.ends(name)).toEqual(['succeeded']);
    },
  },
  lock_schedule: {
    told: 'a time that comes while it is locked begins after the unlocking, once',
    play: async (p, name) => {
      await p.mirror(name);
      await p.lock(name, name);
      await p.scheduled(name);
      await new Promise((resolve) => setTimeout(resolve, AHEAD_MS + 1500));
      expect(await p.runs(name)).toEqual([]);
      await p.unlock(name, name);
      expect(await p.ends(name)).toEqual(['succeeded']);
    },
  },
  lock_webhook: {
    told: 'a push while it is locked runs nothing',
    play: async (p, name) => {
      await p.mirror(name);
      await p.lock(name, name);
      await p.pushed(name);
      expect(await p.refusedInTrail(name, 'webhook')).toBe('stack_locked');
      expect(p.copied(name)).toEqual([]);
      await p.unlock(name, name);
      await p.pushed(name);
      expect(await p.ends(name)).toEqual(['succeeded']);
    },
  },
  limit_parameters: {
    told: 'other values are the same intent to the limit',
    play: async (p, name) => {
      await p.mirror(name, TO, intoTo(name));
      for (const to of ['x', 'y', 'z'])
        expect(textOf(await p.ask('olga', name, name, `to=${to}`))).toMatch(/Confirm/);
      expect(textOf(await p.ask('bob', name, name, 'to=w'))).toMatch(/asked for 3 times/);
    },
  },
  limit_steps: {
    told: 'steps count as one request, and not for the intents inside',
    play: async (p, name) => {
      await p.mirror(`${name}_inner`);
      await p.steps(name, '', `    intent: ${name}_inner\n`);
      for (let i = 0; i < 3; i += 1) {
        expect(textOf(await p.ask('olga', name, name, '', 'steps'))).toMatch(/Confirm/);
      }
      expect(textOf(await p.ask('olga', name, name, '', 'steps'))).toMatch(/asked for 3 times/);
      const shown = await p.ask('olga', `${name}_inner`, name);
      p.as('olga').press(shown, 'Confirm');
      expect(await p.ends(`${name}_inner`)).toEqual(['succeeded']);
    },
  },
  limit_schedule: {
    told: 'what people asked for too often still runs at its time',
    play: async (p, name) => {
      await p.mirror(name);
      await p.scheduled(name);
      for (let i = 0; i < 3; i += 1) await p.ask('olga', name, name);
      expect(textOf(await p.ask('olga', name, name))).toMatch(/asked for 3 times/);
      expect(await p.ends(name)).toEqual(['succeeded']);
    },
  },
  limit_webhook: {
    told: 'what people asked for too often still runs for a push',
    play: async (p, name) => {
      await p.mirror(name);
      for (let i = 0; i < 3; i += 1) await p.ask('olga', name, name);
      expect(textOf(await p.ask('olga', name, name))).toMatch(/asked for 3 times/);
      await p.pushed(name);
      expect(await p.ends(name)).toEqual(['succeeded']);
    },
  },
  parameters_steps: {
    told: 'the value reaches the intent inside a step',
    play: async (p, name) => {
      await p.mirror(`${name}_inner`, TO, intoTo(`${name}_inner`));
      await p.steps(name, TO, `    intent: ${name}_inner\n    params: { to: "{{ to }}" }\n`);
      const shown = await p.ask('olga', name, name, 'to=x', 'steps');
      p.as('olga').press(shown, 'Confirm');
      expect(await p.ends(name)).toEqual(['succeeded']);
      expect([p.copied(`${name}_inner-x`), p.copied(`${name}-2`)]).toEqual([DONE, DONE]);
    },
  },
  parameters_schedule: {
    told: 'the schedule gives the value',
    play: async (p, name) => {
      await p.mirror(name, TO, intoTo(name));
      await p.scheduled(name, { to: 'x' });
      expect(await p.ends(name)).toEqual(['succeeded']);
      expect(p.copied(`${name}-x`)).toEqual(DONE);
    },
  },
  parameters_webhook: {
    told: 'a push gives no value: what needs one is turned down, what has a default runs with it',
    play: async (p, name) => {
      await p.mirror(`${name}_open`, TO, intoTo(`${name}_open`));
      await p.mirror(name, 'params:\n  to: {type: string, default: usual}', intoTo(name));
      await p.pushed(`${name}_open`);
      expect(await p.refusedInTrail(`${name}_open`, 'webhook')).toBe('params_invalid');
      await p.pushed(name);
      expect(await p.ends(name)).toEqual(['succeeded']);
      expect(p.copied(`${name}-usual`)).toEqual(DONE);
    },
  },
  steps_schedule: {
    told: 'all steps at its time',
    play: async (p, name) => {
      await p.steps(name);
      await p.scheduled(name);
      expect(await p.ends(name)).toEqual(['succeeded']);
      expect([p.copied(`${name}-1`), p.copied(`${name}-2`)]).toEqual([DONE, DONE]);
    },
  },
  steps_webhook: {
    told: 'all steps for a push',
    play: async (p, name) => {
      await p.steps(name);
      await p.pushed(name);
      expect(await p.ends(name)).toEqual(['succeeded']);
      expect([p.copied(`${name}-1`), p.copied(`${name}-2`)]).toEqual([DONE, DONE]);
    },
  },
  schedule_webhook: {
    told: 'a push while the schedule’s run goes on waits for it, and runs then',
    play: async (p, name) => {
      await p.mirror(name, '', { from: 'big', options: '["--bwlimit=150"]' });
      await p.scheduled(name);
      await p.stage.discord.waitFor(() => p.copied(name).length > 0 || null, { timeoutMs: 15_000 });
      await p.pushed(name);
      expect(await p.ends(name, 2)).toEqual(['succeeded', 'succeeded']);
      expect((await p.runs(name)).map(({ source }) => source).sort()).toEqual(['schedule', 'webhook']);
    },
  },
};

/** Why two features have no story; every pair has one now. */
const NONE: Readonly<Record<string, string>> = {};

const PAIRS = FEATURES.flatMap((row, index) => FEATURES.slice(index + 1).map((column) => `${row}_${column}`));
/** So many stories at once: the bot has time for each, and none waits for the others. */
const AT_ONCE = 6;

let pairs: Pairs;
const ended = new Map<string, Promise<void>>();

beforeAll(async () => {
  pairs = await Pairs.open(PAIRS);
  const waiting = Object.entries(STORIES);
  const play = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [name, story] = next;
      const end = story.play(pairs, name);
      ended.set(name, end);
      await end.catch(() => {});
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, play));
}, 240_000);

afterAll(async () => {
  const cell = (row: string, column: string) =>
    STORIES[`${row}_${column}`]?.told ?? NONE[`${row}_${column}`] ?? '?';
  const lines = FEATURES.flatMap((row, index) =>
    FEATURES.slice(index + 1).map((column) => `${row} × ${column}: ${cell(row, column)}`),
  );
  console.info(`Pairs of features\n${lines.join('\n')}`);
  expect(await pairs.stage.end()).toEqual([]);
}, 30_000);

test('every pair of features has a story, or a reason why not', () => {
  expect(PAIRS.filter((pair) => !(pair in STORIES) && !(pair in NONE))).toEqual([]);
  expect(Object.keys(STORIES).filter((name) => !PAIRS.includes(name))).toEqual([]);
});

test.each(Object.entries(STORIES))('%s', async (name) => {
  await ended.get(name);
});
