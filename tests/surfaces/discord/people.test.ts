import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Consent } from '../../../src/core/model/consent.js';
import { phrase } from '../../../src/core/model/phrase.js';
import { notice } from '../../../src/core/model/reasons.js';
import type { Run } from '../../../src/core/model/run.js';
import { buttonsOf, textOf } from '../../../src/playground/driver/text.js';
import { AWAITING } from './sample-runs.js';
import { type Scene, startScene } from './surface.js';

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(async () => {
  const { violations } = scene.discord;
  await scene.end();
  expect(violations).toEqual([]);
});

const TWO: Consent = {
  confirm: 'two_people',
  approverRoles: [],
  typed: false,
  confirmed: null,
  approved: null,
};
const SCHEDULED: Run = {
  ...AWAITING,
  id: 'r-n1gh',
  source: 'schedule',
  actor: { kind: 'schedule', id: 'nightly', name: 'nightly' },
  consent: TWO,
  shown: null,
};
const as = (name: string) => scene.discord.as(name);
const alerts = () => scene.discord.messages('alerts');
const ask = (consent: Consent) => {
  scene.fake.duringPrepare(() => ({ consent }));
  return as('alice').slash('backup', { intent: 'photos' }).waitForMessage('photos');
};
const current = (message: { id: string }) => {
  const found = scene.discord.message(message.id);
  if (!found) throw new Error(`no message ${message.id}`);
  return found;
};

describe('two people', () => {
  test('Approve by another begins it; the preview says who approved', async () => {
    const preview = await ask(TWO);
    expect(buttonsOf(preview)).toEqual(['Approve backup', 'Reject', 'Cancel', 'Show commands']);
    expect(textOf(preview)).toContain('somebody other than alice has to press Approve');
    as('bob').press(preview, 'Approve');
    await scene.discord.waitFor(() => scene.fake.run('r-0001').state === 'queued');
    expect(scene.fake.run('r-0001').decidedBy?.name).toBe('bob');
  });

  test('Reject ends it in place, with the name of who did', async () => {
    const preview = await ask(TWO);
    as('bob').press(preview, 'Reject');
    await scene.discord.waitFor(() => textOf(current(preview)).includes('Rejected'));
    expect(buttonsOf(current(preview))).toEqual(['Preview again']);
  });

  test('who has agreed is drawn as it changes', async () => {
    const preview = await ask({ ...TWO, confirm: 'person' });
    expect(buttonsOf(preview)).toContain('Confirm backup');
    scene.fake.consent('r-0001', TWO);
    await scene.discord.waitFor(() => buttonsOf(current(preview)).includes('Approve backup'));
  });

  test('a preview that was deleted meanwhile is drawn anew', async () => {
    const preview = await ask({ ...TWO, confirm: 'person' });
    await scene.deleteMessage(preview.id);
    scene.fake.consent('r-0001', TWO);
    const anew = await as('bob').waitForMessage('Approve', { after: preview });
    as('bob').press(anew, 'Approve');
    await scene.discord.waitFor(() => scene.fake.run('r-0001').state === 'queued');
  });
});

test('never: the preview has nothing to confirm, and the run begins at once', async () => {
  scene.fake.duringPrepare(() => ({ consent: { ...TWO, confirm: 'never' } }));
  await as('alice').slash('backup', { intent: 'photos' }).waitForMessage('r-0001');
  await scene.discord.waitFor(() => scene.fake.run('r-0001').state === 'queued', {
    what: 'the run to begin',
  });
});

describe('a run that nobody in Discord asked for', () => {
  test('is posted in the ops channel, once, also over a restart; its buttons work', async () => {
    scene.fake.put(SCHEDULED);
    await as('alice').waitForMessage('r-n1gh', { channel: 'alerts' });
    await scene.restart();
    scene.fake.put({ ...SCHEDULED, id: 'r-n2gh' });
    const second = await as('alice').waitForMessage('r-n2gh', { channel: 'alerts' });
    expect(alerts()).toHaveLength(2);
    expect(buttonsOf(second)).toEqual(['Confirm backup', 'Cancel', 'Show commands']);
    expect(scene.discord.messages('ops')).toEqual([]);
    // Nor is Discord asked to post it again, which its memory of nonces would hide for some minutes.
    scene.fake.put({ ...SCHEDULED, id: 'r-n3gh' });
    const channel = `/channels/${scene.discord.channelId('alerts')}/messages`;
    const posts = () =>
      scene.discord.requests.filter(({ method, path }) => method === 'POST' && path === channel).length;
    await as('alice').waitForMessage('r-n3gh', { channel: 'alerts' });
    await scene.discord.waitFor(() => posts() >= 3);
    expect(posts()).toBe(3);
    expect(second.pings).toEqual({ users: [], roles: [], everyone: false });
  });

  test('a bot that died between sending and noting it makes no second message', async () => {
    scene.fake.put(SCHEDULED);
    await as('alice').waitForMessage('r-n1gh', { channel: 'alerts' });
    await scene.discord.waitFor(() => scene.fake.run('r-n1gh').shown !== null);
    scene.fake.put(SCHEDULED);
    await scene.discord.waitFor(() => scene.fake.run('r-n1gh').shown !== null);
    expect(alerts()).toHaveLength(1);
  });

  test('a channel that refuses it is asked again after a minute, not at every look', async () => {
    scene.discord.setChannelPermissions('alerts', 'bot', { deny: ['SEND_MESSAGES'] });
    scene.fake.put(SCHEDULED);
    const failures = () => scene.log.lines.filter(({ message }) => message.startsWith('a preview could not'));
    await scene.discord.waitFor(() => failures().length === 1, { what: 'the failure in the log' });
    scene.discord.setChannelPermissions('alerts', 'bot', {});
    scene.fake.put({ ...SCHEDULED, id: 'r-n2gh' });
    await as('alice').waitForMessage('r-n2gh', { channel: 'alerts' });
    expect(alerts()).toHaveLength(1);
    scene.advance(61_000);
    await as('alice').waitForMessage('r-n1gh', { channel: 'alerts' });
    expect(failures()).toHaveLength(1);
  });

  test('what runs by itself, or was answered already, is not posted', async () => {
    scene.fake.put({ ...SCHEDULED, id: 'r-auto', consent: { ...TWO, confirm: null } });
    scene.fake.put({ ...SCHEDULED, id: 'r-past', state: 'expired' });
    scene.fake.put({
      ...SCHEDULED,
      id: 'r-mine',
      source: 'cli',
      actor: { kind: 'operator', id: 'a', name: 'a' },
    });
    await as('alice').waitForMessage('r-mine', { channel: 'alerts' });
    expect(alerts()).toHaveLength(1);
    expect(scene.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('a large deletion', () => {
  const WRONG = notice('name_not_typed', phrase`The name has to be typed.`, phrase`Type photos.`);

  test('Confirm opens a form; a wrong name is answered privately, and the right one begins', async () => {
    const preview = await ask({ ...TWO, confirm: null, typed: true });
    scene.fake.foresee(WRONG);
    const opened = as('alice').press(preview, 'Confirm');
    await opened.settled();
    expect(opened.modal()).toMatchObject({ title: 'Deletes 2 files', custom_id: 'run:r-0001:confirm' });
    expect(scene.fake.run('r-0001').state).toBe('awaiting');
    const wrong = await as('alice').submitModal(opened, { text: 'fotos' }).waitForMessage('Type photos.');
    expect(wrong.visibleTo).toBe(as('alice').id);
    const again = as('alice').press(preview, 'Confirm');
    await again.settled();
    as('alice').submitModal(again, { text: 'photos' });
    await scene.discord.waitFor(() => scene.fake.run('r-0001').state === 'queued');
  });

  test('no form for one who may not; they are told why', async () => {
    const preview = await ask({ ...TWO, typed: true });
    scene.fake.foresee(notice('own_approval', phrase`It needs somebody else.`));
    const press = as('alice').press(preview, 'Approve');
    const told = await press.waitForMessage('needs somebody else');
    expect([told.visibleTo, press.modal()]).toEqual([as('alice').id, null]);
  });
});

describe('locks', () => {
  test('everybody sees /lock and /unlock; stacks are completed', async () => {
    const offered = await as('alice').autocomplete('lock', 'stack', 'me');
    expect(offered.map(({ value }) => value)).toEqual(['media']);
    const locked = await as('alice')
      .slash('lock', { stack: 'media', reason: 'disks' })
      .waitForMessage('is locked');
    expect(locked.visibleTo).toBeNull();
    const held = await as('bob').autocomplete('unlock', 'stack', '');
    expect(held).toMatchObject([{ value: 'media', name: 'media — alice: disks' }]);
    const unlocked = await as('bob').slash('unlock', { stack: 'media' }).waitForMessage('is unlocked');
    expect(textOf(unlocked)).toContain('It was locked by');
  });

  test('a refusal is private, and offers nothing', async () => {
    scene.discord.setRolePermissions('Viewer', ['ADMINISTRATOR']);
    const victor = as('victor');
    expect(victor.commands()).toContain('lock');
    scene.discord.setRolePermissions('Viewer', []);
    expect(victor.commands()).not.toContain('lock');
  });
});
