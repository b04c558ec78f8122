import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mayBegin } from '../../src/core/admission/admission.js';
import { type Answer, judge } from '../../src/core/approval/decisions.js';
import type { Confirm, ConfirmRule } from '../../src/core/model/confirm-rule.js';
import { NOTHING_SAID } from '../../src/core/model/confirm-rule.js';
import { plain } from '../../src/core/model/phrase.js';
import type { Actor, ActorRef, Source } from '../../src/core/model/request.js';
import type { Run } from '../../src/core/model/run.js';
import type { Ticket } from '../../src/core/model/ticket.js';
import {
  alice,
  bob,
  gate,
  Installation,
  intentNamed,
  type Process,
  previewed,
  request,
  until,
} from './harness.js';

const carol: Actor = {
  kind: 'user',
  id: '4',
  name: 'carol',
  administrator: true,
  roleIds: ['770000000000000077'],
  roleNames: ['Boss'],
};
const operator: Actor = { kind: 'operator', id: 'ada', name: 'ada' };
const nightly: Actor = { kind: 'schedule', id: 'nightly', name: 'nightly' };

let home: Installation;
let bot: Process;
let policy: ConfirmRule;
/** Who is in the server now, with the rights of now. */
let members: Actor[];

beforeEach(async () => {
  home = await Installation.create();
  policy = NOTHING_SAID;
  members = [alice, bob, carol];
  home.intents.push(ruled('two', 'two_people'), ruled('one', 'person'), ruled('none', 'never'));
  home.intents.push(ruled('bossy', 'two_people', 'Boss'));
  bot = await started();
});
afterEach(() => home.end());

function ruled(name: string, confirm: Confirm, ...approverRoles: string[]) {
  return intentNamed(name, { confirmRule: { confirm, approverRoles } });
}

function started(options: Parameters<Installation['start']>[0] = {}): Promise<Process> {
  return home.start({ confirmRule: () => policy, ...options });
}

const find = async (who: ActorRef): Promise<Actor | null> =>
  members.find(({ id, kind }) => id === who.id && kind === who.kind) ?? null;

/** The state that the answer led to in the end, or the reason why it did not count. */
async function press(run: Run, actor: Actor, answer: Answer, process = bot): Promise<string> {
  const decision = await process.pipeline.decide(run.id, actor, answer, { find });
  return decision.ok ? (await decision.done).state : decision.notice.code;
}

/** A ticket as another entrance would have got it. */
async function ticketOf(intent: string, source: Source, actor: Actor): Promise<Ticket> {
  const admission = await bot.pipeline.admit(request(intent));
  if (!admission.ok) throw new Error(admission.notice.code);
  return { ...admission.ticket, request: { ...admission.ticket.request, source, actor } };
}

async function stored(id: string): Promise<Run> {
  const run = await bot.deps.store.runs.get(id);
  if (!run) throw new Error(`no run ${id}`);
  return run;
}

async function auditOf(id: string) {
  const rows = await bot.deps.store.audit.list(100);
  return rows.filter((row) => row.runId === id).reverse();
}

describe('two people, asked in Discord', () => {
  test('somebody else approves it, and it runs; who and when is kept and audited', async () => {
    const run = await previewed(bot, 'two');
    expect(run.expiresAt).toBe('2026-11-22T15:00:00.000Z');
    home.now = new Date('2026-11-22T14:30:00Z');
    expect(await press(run, bob, 'approve')).toBe('succeeded');
    const { id, name, kind } = bob;
    expect((await stored(run.id)).consent).toEqual({
      confirm: 'two_people',
      approverRoles: [],
      typed: false,
      confirmed: null,
      approved: { by: { id, name, kind }, at: '2026-11-22T14:30:00.000Z', fingerprint: run.plan.fingerprint },
    });
    const rows = await auditOf(run.id);
    expect(rows.map(({ event, actor }) => `${event} ${actor.name}`)).toEqual([
      'planned alice',
      'awaiting alice',
      'approved bob',
      'running alice',
      'finished alice',
    ]);
    expect(rows[2]?.detail).toEqual({ fingerprint: run.plan.fingerprint });
  });

  test.each<[string, Answer, Actor, string]>([
    ['the asker confirms', 'confirm', alice, 'needs_approval'],
    ['the asker approves', 'approve', alice, 'own_approval'],
    ['the asker rejects instead of cancelling', 'reject', alice, 'own_approval'],
    ['another one confirms', 'confirm', bob, 'needs_approval'],
    ['another one cancels', 'cancel', bob, 'not_asker'],
    ['somebody without the right approves', 'approve', { ...bob, administrator: false }, 'not_allowed'],
    ['somebody without the right rejects', 'reject', { ...bob, administrator: false }, 'not_allowed'],
    ['the local operator approves', 'approve', operator, 'not_approver'],
    ['a schedule approves', 'approve', nightly, 'not_approver'],
  ])('nothing happens when %s', async (_, answer, actor, reason) => {
    const run = await previewed(bot, 'two');
    expect(await bot.pipeline.foresee(run.id, actor, answer, { find })).toMatchObject({ code: reason });
    expect(await press(run, actor, answer)).toBe(reason);
    expect(await stored(run.id)).toMatchObject({ state: 'awaiting', consent: { approved: null } });
    expect(home.world.entered).toEqual([]);
    expect((await auditOf(run.id)).at(-1)).toMatchObject({ event: 'refused', detail: { reason } });
  });

  test.each([
    ['by id', '770000000000000077'],
    ['by name', 'Boss'],
  ])('the approver needs the role, named %s', async (_, role) => {
    home.intents.push(ruled('by-role', 'two_people', role));
    const run = await previewed(bot, 'by-role');
    expect(await press(run, bob, 'approve')).toBe('not_approver');
    expect(await press(run, bob, 'reject')).toBe('not_approver');
    expect(await press(run, carol, 'approve')).toBe('succeeded');
  });

  test('one who rejects ends it, and it is said who did', async () => {
    const run = await previewed(bot, 'two');
    expect(await press(run, bob, 'reject')).toBe('cancelled');
    const after = await stored(run.id);
    expect(after).toMatchObject({ decidedBy: { name: 'bob' }, outcome: { reason: 'rejected' } });
    expect(after.outcome?.summary.map(plain)).toEqual(['Rejected by bob. Nothing was run.']);
    expect((await auditOf(run.id)).at(-1)).toMatchObject({
      event: 'rejected',
      actor: { name: 'bob' },
      detail: { state: 'cancelled', reason: 'rejected' },
    });
    expect(await press(run, carol, 'approve')).toBe('already_decided');
  });

  test('the asker can cancel it', async () => {
    expect(await press(await previewed(bot, 'two'), alice, 'cancel')).toBe('cancelled');
  });

  test.each<[string, () => void]>([
    ['lost their rights', () => (members = [{ ...alice, administrator: false }, bob])],
    ['left the server', () => (members = [bob])],
  ])('nothing begins in the name of an asker who %s', async (_, change) => {
    const run = await previewed(bot, 'two');
    change();
    expect(await press(run, bob, 'approve')).toBe('not_allowed');
    expect(home.world.entered).toEqual([]);
  });

  test('of two approvers at once, in two processes, exactly one wins, and it runs once', async () => {
    const other = await started();
    const run = await previewed(bot, 'two');
    const answers = await Promise.all([
      press(run, bob, 'approve'),
      press(run, carol, 'approve', other),
      press(run, carol, 'approve'),
    ]);
    expect(answers.sort()).toEqual(['already_decided', 'already_decided', 'succeeded']);
    expect(home.world.entered).toEqual(['two']);
    expect((await auditOf(run.id)).filter(({ event }) => event === 'approved')).toHaveLength(1);
  });

  test('of an approval and a rejection at once exactly one counts', async () => {
    const run = await previewed(bot, 'two');
    const answers = await Promise.all([press(run, bob, 'approve'), press(run, carol, 'reject')]);
    expect(answers.filter((answer) => answer === 'already_decided')).toHaveLength(1);
    expect(home.world.entered).toHaveLength(answers.includes('succeeded') ? 1 : 0);
  });

  test('a plan that changed needs approving again', async () => {
    const run = await previewed(bot, 'two');
    home.world.deletions.push('/dst/two/x');
    expect(await press(run, bob, 'approve')).toBe('plan_changed');
    const successor = await stored((await stored(run.id)).outcome?.successor ?? '');
    expect(successor).toMatchObject({
      state: 'awaiting',
      actor: { name: 'alice' },
      consent: { approved: null },
    });
    expect(await press(successor, alice, 'confirm')).toBe('needs_approval');
    expect(await press(successor, alice, 'approve')).toBe('own_approval');
    expect(home.world.entered).toEqual([]);
    expect(await press(successor, bob, 'approve')).toBe('succeeded');
  });

  test('it waits through a restart', async () => {
    const run = await previewed(bot, 'two');
    bot.hosts.dead.add(100);
    const next = await started();
    next.hosts.dead.add(100);
    await next.ownership.recoverDead();
    expect(await press(run, bob, 'approve', next)).toBe('succeeded');
  });

  test('an asker who is gone when its turn comes: it does not begin', async () => {
    home.intents.push(
      intentNamed('same', { steps: home.intents.find(({ name }) => name === 'two')?.steps ?? [] }),
    );
    const first = gate();
    home.world.during = async () => {
      await first.opened;
      return undefined;
    };
    const held = press(await previewed(bot, 'same'), alice, 'confirm');
    await until(() => home.world.entered.length === 1, 'the first runs');
    const waiting = await previewed(bot, 'two');
    const approved = press(waiting, bob, 'approve');
    await until(async () => (await stored(waiting.id)).state === 'queued', 'it waits');
    home.intents.splice(
      home.intents.findIndex(({ name }) => name === 'two'),
      1,
      ruled('two', 'two_people', 'Boss'),
    );
    first.open();
    expect([await held, await approved]).toEqual(['succeeded', 'refused']);
    expect((await stored(waiting.id)).outcome).toMatchObject({ reason: 'not_approver' });
    expect(home.world.entered).toEqual(['same']);
  });
});

describe('the policy’s rule', () => {
  test('the stricter of intent and policy holds', async () => {
    policy = { confirm: 'two_people', approverRoles: ['Boss'] };
    const run = await previewed(bot, 'none');
    expect(await press(run, alice, 'confirm')).toBe('needs_approval');
    expect(await press(run, bob, 'approve')).toBe('not_approver');
    expect(await press(run, carol, 'approve')).toBe('succeeded');
  });

  test('loosened after the preview: the preview’s rule still holds', async () => {
    policy = { confirm: 'two_people', approverRoles: ['Boss'] };
    const run = await previewed(bot, 'photos');
    policy = { confirm: 'never', approverRoles: [] };
    expect(await press(run, alice, 'confirm')).toBe('needs_approval');
    expect(await press(run, bob, 'approve')).toBe('not_approver');
    expect(home.world.entered).toEqual([]);
  });

  test('tightened after the preview: it holds at once, is kept, and the preview can show it', async () => {
    const run = await previewed(bot, 'photos');
    policy = { confirm: 'two_people', approverRoles: [] };
    expect(await press(run, alice, 'confirm')).toBe('needs_approval');
    expect((await stored(run.id)).consent).toMatchObject({ confirm: 'two_people', approved: null });
    expect(bot.events.filter(({ type }) => type === 'consent')).toMatchObject([
      { run: { id: run.id, consent: { confirm: 'two_people' } } },
    ]);
    policy = NOTHING_SAID;
    expect(await press(run, alice, 'confirm')).toBe('needs_approval');
    expect(await press(run, bob, 'approve')).toBe('succeeded');
  });

  test('an intent that another depends on brings its rule along, but never loosens', async () => {
    home.intents.push(
      intentNamed('all', { dependsOn: ['two'] }),
      intentNamed('free', { dependsOn: ['none'] }),
    );
    expect((await previewed(bot, 'all')).consent).toMatchObject({ confirm: 'two_people' });
    expect((await previewed(bot, 'free')).consent).toMatchObject({ confirm: null });
  });
});

describe('a run that nobody in Discord asked for', () => {
  const asked = async (intent: string, source: Source = 'schedule', actor = nightly) =>
    bot.pipeline.prepare(await ticketOf(intent, source, actor));

  test.each<[Source, Actor]>([
    ['schedule', nightly],
    ['webhook', { kind: 'webhook', id: 'github', name: 'github' }],
    ['http', { kind: 'api_key', id: 'ci', name: 'ci' }],
  ])(
    'from %s can’t confirm itself where a person is wanted; it waits, and a person can',
    async (source, actor) => {
      for (const intent of ['one', 'two']) {
        const run = await asked(intent, source, actor);
        expect(await press(run, actor, 'confirm')).toBe('needs_person');
        expect(await stored(run.id)).toMatchObject({
          state: 'awaiting',
          expiresAt: '2026-11-22T15:00:00.000Z',
        });
      }
      const run = await asked('one', source, actor);
      expect(await press(run, { ...bob, administrator: false }, 'confirm')).toBe('not_allowed');
      expect(await press(run, bob, 'confirm')).toBe('succeeded');
    },
  );

  test.each(['photos', 'none'])('begins by itself where the rule lets it: %s', async (intent) => {
    const run = await asked(intent);
    const verdict = judge(
      run,
      { actor: nightly, answer: 'confirm', wantedBy: null },
      () => null,
      run.createdAt,
    );
    expect(verdict).toMatchObject({ does: 'begin', request: { actor: nightly } });
  });

  test('with two people: one confirms, and another approves', async () => {
    const run = await asked('two');
    expect(await press(run, bob, 'approve')).toBe('needs_person');
    expect(await press(run, alice, 'confirm')).toBe('awaiting');
    expect((await stored(run.id)).consent).toMatchObject({
      confirmed: { by: { name: 'alice' } },
      approved: null,
    });
    expect(await press(run, alice, 'approve')).toBe('own_approval');
    expect(await press(run, bob, 'confirm')).toBe('needs_approval');
    expect(home.world.entered).toEqual([]);
    expect(await press(run, bob, 'approve')).toBe('succeeded');
    expect((await auditOf(run.id)).map(({ event, actor }) => `${event} ${actor.name}`)).toEqual(
      expect.arrayContaining(['confirmed alice', 'approved bob']),
    );
  });

  test('of two who confirm at once one is the first person; nobody is both', async () => {
    const other = await started();
    const run = await asked('two');
    const answers = await Promise.all([press(run, alice, 'confirm'), press(run, bob, 'confirm', other)]);
    expect(answers.sort()).toEqual(['awaiting', 'needs_approval']);
    const first = (await stored(run.id)).consent?.confirmed?.by.name;
    const [same, another] = first === 'alice' ? [alice, bob] : [bob, alice];
    expect(await press(run, same, 'approve')).toBe('own_approval');
    expect(await press(run, another, 'approve')).toBe('succeeded');
  });

  test('what the first person said waits through a restart, and is gone with a changed plan', async () => {
    const run = await asked('two');
    await press(run, alice, 'confirm');
    const next = await started();
    home.world.deletions.push('/dst/two/x');
    expect(await press(run, bob, 'approve', next)).toBe('plan_changed');
    const successor = await stored((await stored(run.id)).outcome?.successor ?? '');
    expect(successor).toMatchObject({
      actor: { kind: 'schedule' },
      consent: { confirmed: null, approved: null },
    });
    expect(await press(successor, bob, 'approve')).toBe('needs_person');
  });

  test('anybody who may run it can cancel it, and nobody else', async () => {
    const run = await asked('two');
    expect(await press(run, { ...bob, administrator: false }, 'cancel')).toBe('not_allowed');
    expect(await press(run, bob, 'cancel')).toBe('cancelled');
  });

  test.each<[string, Source, Actor, string]>([
    ['one', 'schedule', nightly, 'needs_person'],
    ['two', 'schedule', nightly, 'needs_person'],
    ['two', 'cli', operator, 'needs_person'],
    ['one', 'cli', operator, 'admitted'],
    ['photos', 'schedule', nightly, 'admitted'],
    ['two', 'discord', alice, 'admitted'],
  ])('without an ops channel: %s from %s', async (intent, source, actor, answer) => {
    const { deps } = await started({ opsChannel: false });
    const ticket = await ticketOf(intent, source, actor);
    const denied = await mayBegin(deps, ticket);
    expect(denied?.code ?? 'admitted').toBe(answer);
    if (denied) expect(plain(denied.remedy)).toContain('DISCORD_OPS_CHANNEL_ID');
    expect(await mayBegin(deps, { ...ticket, request: { ...ticket.request, dryRun: true } })).toBeNull();
  });
});

describe('on the command line', () => {
  test('the operator can’t approve their own, and somebody in Discord can', async () => {
    const run = await previewed(bot, 'two', { actor: operator, source: 'cli' });
    expect(await press(run, operator, 'confirm')).toBe('needs_approval');
    expect(await press(run, operator, 'approve')).toBe('own_approval');
    expect(await press(run, bob, 'approve')).toBe('succeeded');
  });
});

describe('a large deletion', () => {
  beforeEach(() => {
    home.world.deletions = Array.from({ length: 1001 }, (_, index) => `/dst/photos/${index}`);
  });

  async function typed(run: Run, actor: Actor, answer: Answer, text?: string): Promise<string> {
    const also = text === undefined ? { find } : { find, typed: text };
    const decision = await bot.pipeline.decide(run.id, actor, answer, also);
    return decision.ok ? (await decision.done).state : decision.notice.code;
  }

  test('asks for the name, and forgives what a phone’s keyboard does to it', async () => {
    const run = await previewed(bot, 'photos');
    expect(run.consent?.typed).toBe(true);
    expect(await typed(run, alice, 'confirm')).toBe('name_not_typed');
    expect(await typed(run, alice, 'confirm', 'fotos')).toBe('name_not_typed');
    expect(await typed(run, alice, 'confirm', '')).toBe('name_not_typed');
    expect(home.world.entered).toEqual([]);
    expect(await typed(run, alice, 'confirm', ' Photos ')).toBe('succeeded');
  });

  test('of two people the one types whose yes begins it', async () => {
    const run = await bot.pipeline.prepare(await ticketOf('two', 'schedule', nightly));
    expect(await typed(run, alice, 'confirm')).toBe('awaiting');
    expect(await typed(run, bob, 'approve')).toBe('name_not_typed');
    expect(await typed(run, bob, 'approve', 'two')).toBe('succeeded');
  });

  test.each<[string, Actor, string]>([
    ['an API key says it too', { kind: 'api_key', id: 'ci', name: 'ci' }, 'nothing'],
    ['a schedule need not', nightly, 'begin'],
  ])('%s', async (_, actor, does) => {
    const run = await bot.pipeline.prepare(await ticketOf('photos', 'http', actor));
    const confirm = { actor, answer: 'confirm', wantedBy: null } as const;
    expect(judge(run, confirm, () => null, run.createdAt).does).toBe(does);
    expect(judge(run, { ...confirm, typed: 'photos' }, () => null, run.createdAt).does).toBe('begin');
  });
});
