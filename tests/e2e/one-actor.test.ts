import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { textOf } from '../../src/playground/driver/text.js';
import { runIdIn, Stage } from './stage.js';

/** Each intent is allowed by a rule of another shape, and needs two people. */
const SHAPES = [
  'by_name',
  'by_id',
  'by_user',
  'everyone',
  'everyone_by_id',
  'in_ops',
  'in_ops_by_id',
  'not_in_alerts',
  'timed',
];

const policyOf = ({ discord }: Stage): string => `
roles:
  Approvers: {discord_roles: Admin, rights: approve}
  By name: {discord_roles: Admin, rights: run, intents: by_name}
  By id: {discord_roles: "${discord.roleId('Admin')}", rights: run, intents: by_id}
  By user: {users: "${discord.userId('alice')}", rights: run, intents: by_user}
  Everyone: {discord_roles: "@everyone", rights: run, intents: everyone}
  Everyone by id: {discord_roles: "${discord.guildId}", rights: run, intents: everyone_by_id}
  In ops: {discord_roles: Admin, rights: run, intents: in_ops, channels: ops}
  In ops by id: {discord_roles: Admin, rights: run, intents: in_ops_by_id, channels: "${discord.channelId('ops')}"}
  Not in alerts: {discord_roles: Admin, rights: run, intents: not_in_alerts}
  Timed: {discord_roles: Admin, rights: run, intents: timed}
  Renamed: {discord_roles: Operator, rights: run, intents: renamed}
deny:
  Quiet alerts: {discord_roles: Admin, intents: not_in_alerts, channels: alerts}
  Not here: {intents: "*", channels: nowhere}
freezes:
  Long: {intents: timed, except: Timed}
windows:
  Always open: {intents: timed}
`;

let stage: Stage;
const as = (name: string) => stage.discord.as(name);
const ask = (intent: string, channel = 'ops') =>
  as('alice')
    .slash('backup', { intent }, { channel })
    .waitForMessage(/Approve/);
const stateOf = async (id: string) => (await stage.json<{ state: string }>(['show', id])).state;
const copies = (intent: string) => readdirSync(stage.path('dst')).filter((name) => name === intent).length;

beforeAll(async () => {
  stage = await Stage.create({
    discord: {
      seed: {
        channels: ['ops', 'alerts', ...SHAPES],
        members: {
          alice: { roles: ['Admin', 'Operator'] },
          bob: { roles: ['Admin'] },
          olga: { roles: ['Operator'] },
          victor: { roles: ['Viewer'] },
        },
      },
    },
    env: { CHATOPS_POLICY_FILE: 'policy.yaml' },
  });
  await stage.files('src', { 'a.txt': 'alpha' });
  for (const name of [...SHAPES, 'renamed']) {
    const to = stage.path('dst', name);
    await stage.intent(
      name,
      `action: backup\nbackup_type: docker_volumes\nstack: ${name}\nsource: ${stage.path('src')}\ndestination: ${to}\nconfirm: two_people\n`,
    );
  }
  await writeFile(stage.path('policy.yaml'), policyOf(stage));
  await stage.start();
}, 60_000);

afterAll(async () => {
  expect(await stage.end()).toEqual([]);
}, 30_000);

test.each(SHAPES)(
  'a rule %s judges the requester at the approval as it did at the request',
  async (intent) => {
    // Elsewhere where that makes no difference: one channel takes five messages in five seconds.
    const channel = /ops/.test(intent) ? 'ops' : intent;
    const shown = await ask(intent, channel);
    await as('victor')
      .press(shown, 'Approve')
      .waitForMessage(/Refused: you can’t approve/);
    as('bob').press(shown, 'Approve');
    const id = runIdIn(textOf(shown));
    await as('alice').waitForMessage(
      (message) => textOf(message).includes(id) && message.content.includes('succeeded'),
      { channel },
    );
    expect(copies(intent)).toBe(1);
  },
);

test('a requester who lost the right, left, or comes back: nothing runs, it is told why, and then it runs', async () => {
  const { discord } = stage;
  const shown = await ask('renamed');
  const id = runIdIn(textOf(shown));
  const told = async (pattern: RegExp) => {
    const said = await as('bob').press(shown, 'Approve').waitForMessage(pattern);
    expect(said.visibleTo).toBe(as('bob').id);
    expect(textOf(said)).not.toContain('No role of the policy');
    expect(await stateOf(id)).toBe('awaiting');
  };
  discord.setMemberRoles('alice', ['Viewer']);
  await told(/Refused: alice can’t run `renamed`.*Their roles allow.*not this/s);
  discord.setMemberRoles('alice', ['Admin', 'Operator']);

  const operator = discord.world.roles.get(discord.roleId('Operator'));
  if (!operator) throw new Error('there is no role Operator');
  const rename = (name: string) => {
    const role = { ...operator, name };
    discord.world.roles.set(role.id, role);
    discord.world.emit({ type: 'role_update', role });
  };
  rename('Crew');
  await told(/Refused: alice can’t run `renamed`.*Their roles allow.*not this/s);
  rename('Operator');

  const alice = discord.world.members.get(as('alice').id);
  if (!alice) throw new Error('there is no alice');
  discord.world.members.delete(alice.user.id);
  await told(/alice, who asked for it, can’t be found in this server/);
  discord.world.members.set(alice.user.id, alice);

  // Whoever can't be asked has said neither yes nor no.
  stage.expectLog(/HTTPError.*the requester of a run could not be looked up/);
  discord.inject({ path: /\/members\//, answer: 500, times: 20 });
  await told(/can’t be asked now whether alice.*still open.*Press Approve again/s);
  discord.clearFaults();

  expect(copies('renamed')).toBe(0);
  as('bob').press(shown, 'Approve');
  await discord.waitFor(() => copies('renamed') === 1);
}, 30_000);
