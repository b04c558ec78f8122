import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import type { Refusal } from '../../../src/core/model/ticket.js';
import { member, rulesFrom } from '../../support/policy.js';
import { Installation, type Process, previewed, request } from '../harness.js';
import { backupText, intentOf } from './media.js';

const POLICY = `
roles:
  Media:
    discord_roles: Media
    rights: [run, stop, approve]
    stacks: media
  Everything:
    discord_roles: Everything
    rights: [run, stop, approve]
  Watcher:
    discord_roles: Watcher
    rights: view
`;
const STEPS = `action: steps
stack: media
steps:
  a: { intent: photos }
  b: { intent: db, needs: a }
`;
const INLINE = `action: steps
stack: media
steps:
  a: { intent: photos }
  b:
    action: backup
    backup_type: files
    stack: db
    source: /srv/db
    destination: /mnt/db
`;
const olga = member('olga', ['Media']);
const watching = member('olga', ['Media', 'Watcher']);
const root = member('root', ['Everything']);

let installation: Installation;
let bot: Process;

beforeEach(async () => {
  installation = await Installation.create();
  installation.rules = rulesFrom(POLICY);
  installation.intents.push(
    intentOf('db', backupText('db').replace('stack: media', 'stack: db')),
    intentOf('evening', STEPS),
    intentOf('inline', INLINE),
  );
  bot = await installation.start();
});
afterEach(() => installation.end());

function words(result: { readonly ok: boolean } | Refusal): string {
  if (!('notice' in result)) return 'ok';
  return `${result.notice.code}: ${plain(result.notice.message)}`;
}

test('who runs the steps may run each intent in them, and what may not be seen is not named', async () => {
  expect(words(await bot.pipeline.admit(request('evening', { actor: root })))).toBe('ok');
  const told = words(await bot.pipeline.admit(request('evening', { actor: olga })));
  expect(told).toMatch(/^not_allowed: evening runs another intent in a step, which you may not see/);
  expect(told).not.toContain('db');
  expect(words(await bot.pipeline.admit(request('evening', { actor: watching })))).toMatch(
    /^not_allowed: you can’t run db/,
  );
  expect(bot.pipeline.visible(olga).map(({ name }) => name)).toEqual(['photos', 'films']);
});

test('an action of its own needs the right on its stack', async () => {
  expect(words(await bot.pipeline.admit(request('inline', { actor: root })))).toBe('ok');
  expect(words(await bot.pipeline.admit(request('inline', { actor: watching })))).toMatch(/^not_allowed/);
});

test('the same holds for confirming, and for stopping', async () => {
  const run = await previewed(bot, 'evening', { actor: root });
  const demoted = { ...root, roleNames: ['Media'] };
  expect(words(await bot.pipeline.decide(run.id, demoted, 'confirm'))).toMatch(/^not_allowed/);
  expect(bot.pipeline.check(olga, 'stop', run)).not.toBeNull();
  expect(bot.pipeline.check(root, 'stop', run)).toBeNull();
});

test('a freeze, a lock and a label of any of them hold all of it back', async () => {
  const asked = async (process = bot) =>
    words(await process.pipeline.admit(request('evening', { actor: root }))).split(':')[0];
  installation.rules = rulesFrom(`${POLICY}freezes:\n  Move: {stacks: db}\n`);
  expect(await asked()).toBe('outside_window');
  installation.rules = rulesFrom(POLICY.replaceAll('approve]', 'approve, lock]'));
  await bot.pipeline.locks.lock(root, 'cli', { stack: 'db', reason: 'disks' });
  expect(await asked()).toBe('stack_locked');
  await bot.pipeline.locks.unlock(root, 'cli', 'db');
  expect(await asked()).toBe('ok');
  const at = installation.intents.findIndex(({ name }) => name === 'db');
  const [db] = installation.intents.slice(at);
  if (db) installation.intents[at] = { ...db, labelRequired: 'prod' };
  expect(await asked(await installation.start({ approvedLabel: 'test' }))).toBe('label_mismatch');
});

test('the strictest confirmation of all of them counts, and never does not spread', async () => {
  const rules = { photos: 'never', db: 'two_people' } as const;
  for (const [name, confirm] of Object.entries(rules)) {
    const at = installation.intents.findIndex((intent) => intent.name === name);
    const intent = installation.intents[at];
    if (intent) installation.intents[at] = { ...intent, confirmRule: { confirm, approverRoles: [] } };
  }
  expect((await previewed(bot, 'evening', { actor: root })).consent?.confirm).toBe('two_people');
  expect((await previewed(bot, 'inline', { actor: root })).consent?.confirm).toBeNull();
});
