import { expect, test } from '@jest/globals';
import type { Right, Subject } from '../../../src/core/model/policy.js';
import { judge } from '../../../src/core/policy/judge.js';
import { member, rulesFrom } from '../../support/policy.js';

const olga = member('olga', ['Ops']);
const PHOTOS: Subject = { intent: 'photos', action: 'backup', stack: 'media' };

function may(yaml: string, right: Right, subject: Subject, actor = olga): boolean {
  return judge(rulesFrom(yaml), actor, right, subject, null).allowed;
}

test.each(['run', 'view', 'stop', 'approve', 'lock'] as const)(
  'who may not see something may not %s it either',
  (right) => {
    const yaml =
      'roles:\n  A: {discord_roles: Ops, rights: "*"}\ndeny:\n  D: {stacks: media, rights: view}\n';
    expect(may(yaml, right, PHOTOS)).toBe(false);
    expect(may(yaml, right, { ...PHOTOS, stack: 'web' })).toBe(true);
  },
);

test('taking one right leaves the others', () => {
  const yaml = 'roles:\n  A: {discord_roles: Ops, rights: "*"}\ndeny:\n  D: {stacks: media, rights: run}\n';
  expect((['run', 'view', 'stop'] as const).map((right) => may(yaml, right, PHOTOS))).toEqual([
    false,
    true,
    true,
  ]);
});

test('a lock on a stack needs a role that is not limited to some intents or actions', () => {
  const stack: Subject = { intent: null, action: null, stack: 'media' };
  const role = (more: string) => `roles:\n  A: {discord_roles: Ops, rights: lock, ${more}}\n`;
  expect(may(role('stacks: media'), 'lock', stack)).toBe(true);
  expect(may(role('stacks: "med*"'), 'lock', stack)).toBe(true);
  expect(may(role('stacks: web'), 'lock', stack)).toBe(false);
  expect(may(role('intents: photos'), 'lock', stack)).toBe(false);
  expect(may(role('actions: backup'), 'lock', stack)).toBe(false);
  expect(may(role('intents: "photo*"'), 'lock', stack)).toBe(false);
});

test('a deny for one channel holds where Discord did not tell the channel, a role for one does not', () => {
  const { channel: _, ...nowhere } = olga;
  const deny = 'roles:\n  A: {discord_roles: Ops, rights: run}\ndeny:\n  D: {channels: general}\n';
  expect(may(deny, 'run', PHOTOS)).toBe(true);
  expect(may(deny, 'run', PHOTOS, nowhere)).toBe(false);
  const role = 'roles:\n  A: {discord_roles: Ops, rights: run, channels: ops}\n';
  expect(may(role, 'run', PHOTOS)).toBe(true);
  expect(may(role, 'run', PHOTOS, nowhere)).toBe(false);
});

test('a channel by its id is not a channel that is named like it', () => {
  const yaml = 'roles:\n  A: {discord_roles: Ops, rights: run, channels: "300000000000000001"}\n';
  expect(may(yaml, 'run', PHOTOS)).toBe(true);
  const fake = { ...olga, channel: { id: '300000000000000009', name: '300000000000000001' } };
  expect(may(yaml, 'run', PHOTOS, fake)).toBe(false);
});

test('@everyone is every member of the bot’s server, and nobody else', () => {
  const yaml = 'roles:\n  A: {discord_roles: "@everyone", rights: run}\n';
  expect(may(yaml, 'run', PHOTOS, member('anybody'))).toBe(true);
  expect(may(yaml, 'run', PHOTOS, member('stranger', ['@everyone'], { atHome: false }))).toBe(false);
  expect(may(yaml, 'run', PHOTOS, { kind: 'api_key', id: '@everyone', name: 'x' })).toBe(false);
});
