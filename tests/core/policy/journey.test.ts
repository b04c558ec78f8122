import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import type { Rules } from '../../../src/core/model/policy.js';
import type { Refusal } from '../../../src/core/model/ticket.js';
import { member, rulesFrom } from '../../support/policy.js';
import {
  alice,
  gate,
  Installation,
  intentNamed,
  type Process,
  previewed,
  request,
  until,
} from '../harness.js';

const OPS = '400000000000000001';
const BASE = `
roles:
  Operator:
    discord_roles: ["${OPS}", Crew]
    rights: run
    stacks: media
  Viewer:
    discord_roles: Viewer
    rights: view
    stacks: media
`;
const NOBODY: Rules = rulesFrom('roles: {}\n');

const olga = member('olga', ['Ops'], { roleIds: [OPS] });
const withoutRole = member('olga', []);

let installation: Installation;
let bot: Process;

beforeEach(async () => {
  installation = await Installation.create();
  installation.rules = rulesFrom(BASE);
  bot = await installation.start();
});

afterEach(() => installation.end());

function words(result: { readonly ok: boolean } | Refusal): string {
  if (!('notice' in result)) return 'ok';
  return `${result.notice.code}: ${plain(result.notice.message)} ${plain(result.notice.remedy)}`;
}

describe('between the preview and Confirm', () => {
  test('roles that were taken away count at once, and the preview stays open', async () => {
    const run = await previewed(bot, 'photos', { actor: olga });
    expect(words(await bot.pipeline.decide(run.id, withoutRole, 'confirm'))).toMatch(
      /^not_allowed: you can’t run/,
    );
    expect(installation.world.entered).toEqual([]);
    const decision = await bot.pipeline.decide(run.id, olga, 'confirm');
    if (decision.ok) await decision.done;
    expect(installation.world.entered).toEqual(['photos']);
  });

  test('a renamed role loses what its name gave and keeps what its id gave', async () => {
    const byName = member('cleo', ['Crew']);
    const run = await previewed(bot, 'photos', { actor: byName });
    expect(words(await bot.pipeline.decide(run.id, member('cleo', ['Team']), 'confirm'))).toMatch(
      /^not_allowed/,
    );
    const own = await previewed(bot, 'films', { actor: olga });
    const renamed = member('olga', ['Anything'], { roleIds: [OPS] });
    expect(words(await bot.pipeline.decide(own.id, renamed, 'confirm'))).toBe('ok');
  });

  test('a deleted role gives nothing, and a new one of another id neither', async () => {
    const run = await previewed(bot, 'photos', { actor: olga });
    const recreated = member('olga', ['Ops'], { roleIds: ['400000000000000009'] });
    expect(words(await bot.pipeline.decide(run.id, recreated, 'confirm'))).toMatch(/^not_allowed/);
  });

  test('a policy that was edited counts at once', async () => {
    const run = await previewed(bot, 'photos', { actor: olga });
    installation.rules = NOBODY;
    expect(words(await bot.pipeline.decide(run.id, olga, 'confirm'))).toMatch(/^not_allowed/);
    expect((await bot.deps.store.runs.get(run.id))?.state).toBe('awaiting');
  });

  test('a refused press is kept in the audit trail', async () => {
    const run = await previewed(bot, 'photos', { actor: olga });
    await bot.pipeline.decide(run.id, withoutRole, 'confirm');
    const [row] = await bot.deps.store.audit.list(1);
    expect([row?.event, row?.actor.name, row?.detail]).toEqual([
      'refused',
      'olga',
      { reason: 'not_allowed' },
    ]);
  });
});

describe('between Confirm and the beginning', () => {
  test('a policy edited while the run waits for its turn refuses it, in words for everybody', async () => {
    const held = gate();
    installation.world.during = async () => {
      await held.opened;
      return undefined;
    };
    const first = await previewed(bot, 'photos', { actor: olga });
    const second = await previewed(bot, 'photos', { actor: olga });
    const going = await bot.pipeline.decide(first.id, olga, 'confirm');
    const waiting = await bot.pipeline.decide(second.id, olga, 'confirm');
    await until(() => installation.world.entered.length === 1, 'the first runs');
    installation.rules = NOBODY;
    held.open();
    if (going.ok) await going.done;
    const ended = waiting.ok ? await waiting.done : null;
    expect([ended?.state, ended?.outcome?.reason]).toEqual(['refused', 'not_allowed']);
    expect(ended?.outcome?.summary.map(plain).join(' ')).toMatch(/^olga can’t run/);
    expect(installation.world.entered).toEqual(['photos']);
  });

  test('a policy edited while it is planned again refuses it too', async () => {
    const run = await previewed(bot, 'photos', { actor: olga });
    const planned = installation.world.planned.length;
    const rules = installation.rules;
    // The first look at the rules is the press, the second that before planning; from then on they are others.
    let looks = 0;
    Object.defineProperty(installation, 'rules', {
      get: () => {
        if (installation.world.planned.length > planned) return NOBODY;
        looks += 1;
        return rules;
      },
    });
    const decision = await bot.pipeline.decide(run.id, olga, 'confirm');
    const ended = decision.ok ? await decision.done : null;
    expect(looks).toBeGreaterThan(0);
    expect(ended?.state).toBe('refused');
    expect(installation.world.entered).toEqual([]);
  });
});

describe('Cancel and Stop', () => {
  test('nobody presses anything with roles that they no longer have', async () => {
    const run = await previewed(bot, 'photos', { actor: olga });
    expect(words(await bot.pipeline.decide(run.id, withoutRole, 'cancel'))).toMatch(/^not_allowed/);
    expect(words(await bot.pipeline.decide(run.id, olga, 'cancel'))).toBe('ok');
  });

  test('the asker may stop their own run, others need the right to', async () => {
    installation.rules = rulesFrom(`${BASE}
  Stopper:
    discord_roles: Stopper
    rights: stop
    stacks: media
`);
    installation.world.during = installation.hang;
    const run = await previewed(bot, 'photos', { actor: olga });
    await bot.pipeline.decide(run.id, olga, 'confirm');
    await until(() => installation.world.entered.length === 1, 'it runs');
    expect(words(await bot.pipeline.stop(run.id, member('vic', ['Viewer'])))).toMatch(
      /^not_allowed: you can’t stop/,
    );
    expect(words(await bot.pipeline.stop(run.id, withoutRole))).toMatch(/^not_allowed/);
    expect(words(await bot.pipeline.stop(run.id, olga))).toBe('ok');
    expect(words(await bot.pipeline.stop(run.id, member('sam', ['Stopper'])))).toBe('ok');
  });
});

describe('freezes and windows', () => {
  // The installation's clock stands at Sunday, 2026-11-22, 14:00 UTC.
  const frozen = `${BASE}
  Emergency:
    discord_roles: Emergency
    rights: "*"
freezes:
  Sunday dinner:
    days: sun
    from: "13:30"
    to: "15:00"
    stacks: media
    except: Emergency
    reason: Everybody is watching.
`;

  beforeEach(() => {
    installation.rules = rulesFrom(frozen);
  });

  test('a run is refused with the rule, its reason and when it can run', async () => {
    expect(words(await bot.pipeline.admit(request('photos', { actor: olga })))).toBe(
      'outside_window: you can’t run photos (backup on media) now. The freeze Sunday dinner is on. ' +
        'Everybody is watching. It can run again from Sun 22 Nov 15:00 (UTC). ' +
        'Ask again then, or ask an admin for an exception: policy.yaml › freezes › Sunday dinner › except.',
    );
  });

  test.each([
    ['a dry run, which begins nothing', { actor: olga, dryRun: true }],
    ['who is excepted', { actor: member('em', ['Emergency']) }],
    [
      'the local operator',
      { actor: { kind: 'operator', id: 'root', name: 'root' } as const, source: 'cli' as const },
    ],
  ])('it does not hold back %s', async (_, more) => {
    expect(words(await bot.pipeline.admit(request('photos', more)))).toBe('ok');
  });

  test('a preview from before can be confirmed only once it is over, and be cancelled at any time', async () => {
    installation.now = new Date('2026-11-22T13:29:00Z');
    const [one, two] = [
      await previewed(bot, 'photos', { actor: olga }),
      await previewed(bot, 'films', { actor: olga }),
    ];
    installation.now = new Date('2026-11-22T13:30:00Z');
    expect(words(await bot.pipeline.decide(one.id, olga, 'confirm'))).toMatch(/^outside_window/);
    expect(words(await bot.pipeline.decide(two.id, olga, 'cancel'))).toBe('ok');
    installation.rules = rulesFrom(BASE);
    expect(words(await bot.pipeline.decide(one.id, olga, 'confirm'))).toBe('ok');
  });

  test('a window that is shut names its opening; seeing is possible meanwhile', async () => {
    installation.rules = rulesFrom(`${BASE}
windows:
  At night:
    from: "01:00"
    to: "05:00"
    timezone: Europe/Berlin
`);
    expect(words(await bot.pipeline.admit(request('photos', { actor: olga })))).toMatch(
      /^outside_window: .*The window At night is shut. It can run again from Mon 23 Nov 01:00 \(Europe\/Berlin\)/,
    );
    expect(bot.pipeline.visible(olga).map(({ name }) => name)).toEqual(['photos', 'films']);
    installation.now = new Date('2026-11-23T00:00:00Z');
    expect(words(await bot.pipeline.admit(request('photos', { actor: olga })))).toBe('ok');
  });
});

describe('what an intent is about', () => {
  const [step] = intentNamed('any').steps;
  if (!step) throw new Error('no step');

  test('each of its documents must be allowed, not only the first', async () => {
    const steps = [step, { ...step, stack: 'db' }];
    installation.intents.push(intentNamed('mixed', { steps }));
    expect(words(await bot.pipeline.admit(request('mixed', { actor: olga })))).toMatch(/^not_allowed/);
    expect(bot.pipeline.visible(olga).map(({ name }) => name)).not.toContain('mixed');
    expect(bot.pipeline.viewable(olga).map(({ name }) => name)).not.toContain('mixed');
  });

  test('what it depends on must be allowed too, and is not named to who may not see it', async () => {
    installation.intents.push(
      intentNamed('secret-db', { stack: 'db', steps: [{ ...step, stack: 'db' }] }),
      intentNamed('evening', { dependsOn: ['secret-db'] }),
    );
    const told = words(await bot.pipeline.admit(request('evening', { actor: olga })));
    expect(told).toMatch(/^not_allowed: evening runs another intent first/);
    expect(told).not.toContain('secret-db');
    expect(bot.pipeline.visible(olga).map(({ name }) => name)).not.toContain('evening');
  });

  test('a run of a stack that was moved since needs the rights on both', async () => {
    const run = await previewed(bot, 'photos', { actor: olga });
    const moved = intentNamed('photos', { stack: 'db', steps: [{ ...step, stack: 'db' }] });
    installation.intents.splice(0, 1, moved);
    expect(words(await bot.pipeline.decide(run.id, olga, 'confirm'))).toMatch(/^not_allowed/);
  });
});

describe('what people learn by asking', () => {
  beforeEach(() => {
    const [step] = intentNamed('any').steps;
    if (step)
      installation.intents.push(intentNamed('vault', { stack: 'db', steps: [{ ...step, stack: 'db' }] }));
  });

  test.each(['vault', 'photos', 'no-such-thing'])(
    'somebody without any right hears the same about %s',
    async (name) => {
      expect(words(await bot.pipeline.admit(request(name, { actor: member('nob') })))).toBe(
        'not_allowed: you can’t run or see anything here. Ask an admin for a role in the bot’s policy.',
      );
    },
  );

  test('a hidden intent is as good as one that is not there', async () => {
    const about = async (name: string) =>
      words(await bot.pipeline.admit(request(name, { actor: olga }))).replaceAll(name, 'X');
    expect(await about('vault')).toBe(await about('fault'));
    expect(await about('vault')).toMatch(/^not_allowed: there is no intent X that you may see/);
  });

  test('suggestions name only what one may see', async () => {
    installation.intents.reverse();
    expect(words(await bot.pipeline.admit(request('volt', { actor: olga })))).not.toContain('vault');
  });

  test('a refusal says what one’s roles allow, whom to ask, and where an admin allows it', async () => {
    expect(words(await bot.pipeline.admit(request('photos', { actor: member('vic', ['Viewer']) })))).toBe(
      'not_allowed: you can’t run photos (backup on media). Your roles allow status and runs, and not this. ' +
        'Ask somebody with the role Operator to do it, or an admin to allow it: policy.yaml › roles › Viewer › rights.',
    );
  });

  test('a role for another channel says which one', async () => {
    installation.rules = rulesFrom(`
roles:
  Operator: {discord_roles: Ops, rights: run, channels: "#deploys"}
  Viewer: {discord_roles: Ops, rights: view}
`);
    expect(words(await bot.pipeline.admit(request('photos', { actor: olga })))).toMatch(
      /The role Operator allows it in deploys only: ask for it there\.$/,
    );
    const there = { ...olga, channel: { id: '300000000000000005', name: 'deploys' } };
    expect(words(await bot.pipeline.admit(request('photos', { actor: there })))).toBe('ok');
  });

  test('/why says it right by right, and nothing about what is hidden', async () => {
    const why = bot.pipeline.why(olga, 'photos');
    const rights = why.known ? why.explanation.rights.map(({ right, allowed }) => `${right} ${allowed}`) : [];
    expect(rights).toEqual(['run true', 'view true', 'stop false', 'approve false', 'lock false']);
    expect(bot.pipeline.why(olga, 'vault')).toMatchObject({ known: false, notice: { code: 'not_allowed' } });
    expect(bot.pipeline.why(member('nob'), 'photos')).toMatchObject({ known: false });
  });
});

describe('without a policy that can be read', () => {
  test('nobody but the local operator may do anything, administrators neither', async () => {
    installation.rules = { kind: 'closed', file: '/etc/chatops/policy.yaml' };
    expect(words(await bot.pipeline.admit(request('photos', { actor: alice })))).toMatch(/^policy_broken/);
    expect(bot.pipeline.viewable(alice)).toEqual([]);
    const root = { kind: 'operator', id: 'root', name: 'root' } as const;
    expect(words(await bot.pipeline.admit(request('photos', { actor: root, source: 'cli' })))).toBe('ok');
  });

  test('without any policy, administrators and what the environment lets in may', async () => {
    installation.rules = { kind: 'open', keys: null };
    for (const kind of ['api_key', 'schedule', 'webhook'] as const) {
      const actor = { kind, id: 'CHATOPS_API_KEY', name: 'x' };
      expect(words(await bot.pipeline.admit(request('photos', { actor })))).toBe('ok');
    }
    expect(words(await bot.pipeline.admit(request('photos', { actor: alice })))).toBe('ok');
    expect(words(await bot.pipeline.admit(request('photos', { actor: olga })))).toMatch(
      /Only administrators/,
    );
  });
});

test('/status shows only stacks that one may see', async () => {
  const [step] = intentNamed('any').steps;
  if (step)
    installation.intents.push(intentNamed('vault', { stack: 'db', steps: [{ ...step, stack: 'db' }] }));
  expect((await bot.pipeline.status(member('vic', ['Viewer']))).map(({ stack }) => stack)).toEqual(['media']);
  expect(await bot.pipeline.status(member('nob'))).toEqual([]);
});
