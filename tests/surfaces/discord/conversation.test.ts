import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { phrase } from '../../../src/core/model/phrase.js';
import { buttonsOf, textOf } from '../../../src/playground/driver/text.js';
import { PLEX_PART, planOf } from './sample-runs.js';
import { type Scene, startScene } from './surface.js';

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(() => scene.end());

const alice = () => scene.discord.as('alice');
const ask = (intent = 'plex-database') => alice().slash('backup', { intent }).waitForMessage(intent);
const bot = () => scene.discord.messages('ops');
const outcomesIn = (word: string) => bot().filter(({ content }) => content.includes(word));

async function confirmed() {
  const preview = await ask();
  alice().press(preview, 'Confirm');
  await scene.discord.waitFor(() => scene.fake.run('r-0001').state === 'queued');
  return preview;
}

const edited = (id: string, words: string | RegExp) =>
  scene.discord.waitFor(
    () => {
      const text = textOf(
        scene.discord.message(id) ?? { content: '', embeds: [], components: [], attachments: [] },
      );
      return typeof words === 'string' ? text.includes(words) : words.test(text);
    },
    { what: `${String(words)} in the message` },
  );

describe('a run, from the command to its outcome', () => {
  test('preview, confirm, progress, outcome', async () => {
    const preview = await ask();
    expect(buttonsOf(preview)).toEqual(['Confirm backup', 'Cancel', 'Show commands']);
    expect(textOf(preview)).toContain('r-0001');

    alice().press(preview, 'Confirm');
    await edited(preview.id, 'Confirmed');
    scene.fake.begin('r-0001');
    scene.fake.step('r-0001', 1);
    scene.fake.progress('r-0001', { part: 0, step: 1, done: 50, total: 100, unit: 'files' });
    await edited(preview.id, '50 %');
    expect(buttonsOf(scene.discord.message(preview.id) ?? preview)).toEqual(['Stop']);

    scene.fake.finish('r-0001', { state: 'succeeded', reason: 'done' });
    const outcome = await alice().waitForMessage('Backup succeeded', { after: preview });
    expect(outcome.message_reference?.message_id).toBe(preview.id);
    expect(outcome.pings.users).toEqual([alice().id]);
    expect(outcome.attachments).toEqual([]);
    await scene.discord.waitFor(() => scene.fake.run('r-0001').reported);
    expect(buttonsOf(scene.discord.message(preview.id) ?? preview)).toEqual(['Show commands']);
    expect(scene.discord.violations).toEqual([]);
  });

  test('after the command itself, the preview is edited with the bot’s own token only', async () => {
    const preview = await confirmed();
    scene.discord.expireInteractionTokens();
    scene.fake.begin('r-0001');
    await edited(preview.id, 'step 1 of 4');
    scene.fake.finish('r-0001', { state: 'failed', reason: 'destination_full', tail: ['disk full'] });
    await alice().waitForMessage('Backup failed', { after: preview });
  });

  test('a failed run brings its log, and Retry makes a new public preview', async () => {
    const preview = await confirmed();
    scene.fake.setLog('r-0001', 'rsync: first\nrsync: last\n');
    scene.fake.begin('r-0001');
    scene.fake.finish('r-0001', { state: 'failed', reason: 'command_failed' });
    const failed = await alice().waitForMessage('Backup failed', { after: preview });
    const [log] = failed.attachments;
    expect(log?.filename).toBe('r-0001.log');
    expect(log && scene.discord.file(log).toString()).toBe('rsync: first\nrsync: last\n');

    const again = await alice().press(failed, 'Retry').waitForMessage('r-0002');
    expect(again.visibleTo).toBeNull();
    expect(scene.fake.run('r-0002').previous).toBe('r-0001');
  });

  test('Cancel and a second press: the preview says so, the loser gets a word', async () => {
    const preview = await ask();
    const first = alice().press(preview, 'Cancel');
    const second = alice().press(preview, 'Confirm');
    await Promise.all([first.settled(), second.settled()]);
    await edited(preview.id, 'Cancelled');
    const word = await second.waitForMessage('cancelled');
    expect(word.visibleTo).toBe(alice().id);
    expect(scene.fake.run('r-0001').state).toBe('cancelled');
    await scene.discord.waitFor(() => scene.fake.run('r-0001').reported);
    expect(outcomesIn('Backup cancelled')).toEqual([]);
  });

  test('Stop is heard, shown, and ends in a cancelled outcome', async () => {
    const preview = await confirmed();
    scene.fake.begin('r-0001');
    await edited(preview.id, 'step 1');
    await scene.discord
      .as('bob')
      .press(scene.discord.message(preview.id) ?? preview, 'Stop')
      .settled();
    await edited(preview.id, 'Stopping');
    scene.fake.finish('r-0001', { state: 'cancelled', reason: 'stopped' });
    await alice().waitForMessage('Backup cancelled', { after: preview });
  });

  test('waiting names the run in the way and shows it', async () => {
    await confirmed();
    scene.fake.begin('r-0001');
    const second = await ask('photos');
    alice().press(second, 'Confirm');
    await edited(second.id, 'Confirmed');
    scene.fake.waitFor('r-0002', ['r-0001']);
    await edited(second.id, 'is busy: `r-0001`');
    const waiting = scene.discord.message(second.id) ?? second;
    expect(buttonsOf(waiting)).toEqual(['Cancel mine', 'Show r-0001']);
    const shown = await alice().press(waiting, 'Show r-0001').waitForMessage('plex-database');
    expect(shown.visibleTo).toBe(alice().id);
  });

  test('something changed: the new preview takes the old one’s place, with its own buttons', async () => {
    const preview = await confirmed();
    scene.fake.put({ ...scene.fake.run('r-0001'), id: 'r-0009', state: 'awaiting', decidedBy: null });
    scene.fake.finish('r-0001', {
      state: 'plan_changed',
      reason: 'plan_changed',
      successor: 'r-0009',
      summary: [phrase`Another file is there now.`],
    });
    await edited(preview.id, 'Not run:');
    const changed = scene.discord.message(preview.id) ?? preview;
    expect(textOf(changed)).toContain('r-0009');
    alice().press(changed, 'Cancel');
    await scene.discord.waitFor(() => scene.fake.run('r-0009').state === 'cancelled');
    await edited(preview.id, 'Cancelled');
  });

  test('100,000 deletions: the list is attached once, and stays while the run goes on', async () => {
    const paths = Array.from({ length: 100_000 }, (_, index) => `films/${index}.mkv`);
    const effects = [{ kind: 'delete', target: '/mnt/nas', paths }] as const;
    scene.fake.duringPrepare(() => ({ plan: planOf({ ...PLEX_PART, effects }) }));
    const preview = await ask();
    const [list] = preview.attachments;
    expect(list?.filename).toBe('r-0001-deletions.txt');
    expect(list && scene.discord.file(list).toString()).toBe(paths.map((path) => `${path}\n`).join(''));
    alice().press(preview, 'Confirm');
    await edited(preview.id, 'Confirmed');
    scene.fake.begin('r-0001');
    await edited(preview.id, 'step 1');
    expect(scene.discord.message(preview.id)?.attachments).toHaveLength(1);
    scene.fake.setLog('r-0001', 'said\n');
    const details = await alice().slash('run', { id: 'r-0001' }).waitForMessage('plex-database');
    expect(details.attachments.map(({ filename }) => filename)).toEqual([
      'r-0001.log',
      'r-0001-deletions.txt',
    ]);
  });

  test('a dry run can’t be confirmed', async () => {
    const preview = await alice()
      .slash('backup', { intent: 'photos', dry_run: true })
      .waitForMessage('dry run');
    expect(buttonsOf(preview)).toEqual(['Show commands']);
  });

  test('Show commands answers only the one who pressed', async () => {
    const preview = await ask();
    const shown = await scene.discord
      .as('bob')
      .press(preview, 'Show commands')
      .waitForMessage('docker stop -t 60');
    expect(shown.visibleTo).toBe(scene.discord.userId('bob'));
    expect(textOf(shown)).toContain('••••');
  });
});

describe('what breaks on the way', () => {
  test('a token that died while planning: the preview is a message of its own', async () => {
    scene.fake.duringPrepare(() => {
      scene.discord.expireInteractionTokens();
      return undefined;
    });
    const handle = alice().slash('backup', { intent: 'photos' });
    await handle.settled();
    const preview = await alice().waitForMessage('Confirm backup');
    alice().press(preview, 'Confirm');
    await edited(preview.id, 'Confirmed');
  });

  test('progress deleted by somebody, or nearly an hour old, goes on in a fresh message', async () => {
    const preview = await confirmed();
    scene.fake.begin('r-0001');
    await edited(preview.id, 'step 1 of 4');
    scene.advance(56 * 60_000);
    scene.fake.step('r-0001', 1);
    const fresh = await alice().waitForMessage('step 2 of 4', { after: preview });
    await edited(preview.id, 'goes on in a message further down');
    expect(buttonsOf(scene.discord.message(preview.id) ?? preview)).toEqual([]);
    expect(buttonsOf(fresh)).toEqual(['Stop']);

    scene.fake.progress('r-0001', { part: 0, step: 1, done: 1, total: 2, unit: 'files' });
    await edited(fresh.id, '50 %');
    await scene.deleteMessage(fresh.id);
    scene.fake.step('r-0001', 2);
    const newest = await alice().waitForMessage('step 3 of 4', { after: fresh });
    scene.fake.finish('r-0001', { state: 'succeeded', reason: 'done' });
    const outcome = await alice().waitForMessage('Backup succeeded', { after: newest });
    expect(outcome.message_reference?.message_id).toBe(preview.id);
  });

  test('an outcome that the store could not note is not sent twice', async () => {
    const preview = await confirmed();
    scene.fake.begin('r-0001');
    scene.fake.breakNext('reported', new Error('the database is locked'));
    scene.fake.finish('r-0001', { state: 'succeeded', reason: 'done' });
    await alice().waitForMessage('Backup succeeded', { after: preview });
    await scene.discord.waitFor(() => scene.log.lines.some(({ message }) => message.includes('tried again')));
    expect(scene.fake.run('r-0001').reported).toBe(false);
    scene.advance(20_000);
    await scene.discord.waitFor(() => scene.fake.run('r-0001').reported);
    expect(outcomesIn('Backup succeeded')).toHaveLength(1);
  });

  test('429s, 502s and an answer that got lost: the last state is shown, the outcome once', async () => {
    const preview = await confirmed();
    scene.discord.inject({ method: 'PATCH', path: /channels/, answer: 429, retryAfterMs: 100, times: 2 });
    scene.fake.begin('r-0001');
    for (let done = 1; done <= 40; done += 1) {
      scene.fake.progress('r-0001', { part: 0, step: 1, done, total: 40, unit: 'files' });
    }
    await edited(preview.id, '100 %');
    scene.discord.inject({ method: 'POST', path: /channels/, answer: 502, afterEffect: true });
    scene.discord.inject({ method: 'POST', path: /channels/, answer: 502 });
    scene.fake.finish('r-0001', { state: 'succeeded', reason: 'done' });
    await scene.discord.waitFor(() => scene.fake.run('r-0001').reported);
    expect(outcomesIn('Backup succeeded')).toHaveLength(1);
    const edits = scene.discord.requests.filter(({ method }) => method === 'PATCH');
    expect(edits.length).toBeLessThan(12);
  });

  test('a channel that is gone: logged once, and the outcome is told once in the ops channel', async () => {
    await confirmed();
    scene.fake.begin('r-0001');
    scene.discord.setChannelPermissions('ops', 'bot', { deny: ['VIEW_CHANNEL'] });
    scene.fake.finish('r-0001', { state: 'succeeded', reason: 'done' });
    await scene.discord.waitFor(() => scene.fake.run('r-0001').reported);
    const said = scene.log.lines.filter(({ message }) => message.includes('takes nothing any more'));
    expect(said.map(({ level }) => level)).toEqual(['warn']);
    const told = scene.discord
      .messages('alerts')
      .filter(({ content }) => content.includes('Backup succeeded'));
    expect(told).toHaveLength(1);
  });

  test('after a restart a waiting preview’s buttons work, and a cut-off run is told where it was shown', async () => {
    const preview = await ask();
    const cut = await ask('photos');
    alice().press(cut, 'Confirm');
    await edited(cut.id, 'Confirmed');
    await scene.surface.stop();
    scene.fake.put({ ...scene.fake.run('r-0002'), startedAt: new Date().toISOString() });
    scene.fake.finish('r-0002', { state: 'interrupted', reason: 'process_died' });
    await scene.restart();
    const told = await alice().waitForMessage('Backup interrupted', { after: cut });
    expect(buttonsOf(told)).toEqual(['Run again', 'Details']);
    alice().press(preview, 'Confirm');
    await edited(preview.id, 'Confirmed');
    expect(outcomesIn('Backup interrupted')).toHaveLength(1);
  });

  test('a defect is answered in plain words with a reference that stands in the log', async () => {
    scene.fake.breakNext('prepare', new Error('boom in src/secret.ts'));
    const answer = await alice().slash('backup', { intent: 'photos' }).waitForMessage('Reference');
    const reference = /e-[0-9a-f]{8}/.exec(textOf(answer))?.[0];
    expect(textOf(answer)).not.toMatch(/boom|secret\.ts/);
    expect(
      scene.log.lines.some(({ fields }) => 'reference' in fields && fields.reference === reference),
    ).toBe(true);
  });

  test('a gateway that drops: the state says so, presses work again, commands are written once', async () => {
    expect(scene.surface.state().state).toBe('ready');
    const preview = await ask();
    scene.discord.dropGateway();
    await scene.discord.waitFor(() => scene.surface.state().state !== 'ready');
    await scene.discord.waitFor(() => scene.surface.state().state === 'ready');
    alice().press(preview, 'Confirm');
    await edited(preview.id, 'Confirmed');
    await scene.restart();
    await scene.discord.waitFor(
      () => scene.log.lines.filter(({ message }) => message.includes('registered')).length === 2,
    );
    expect(scene.discord.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });
});

describe('rights', () => {
  beforeEach(() => scene.discord.setRolePermissions('Operator', ['MANAGE_MESSAGES']));

  test('an unknown name and a missing permission are refused privately, before anything is planned', async () => {
    const unknown = await alice()
      .slash('backup', { intent: 'plex-databse' })
      .waitForMessage('There is no intent');
    expect(unknown.visibleTo).toBe(alice().id);
    scene.discord.setChannelPermissions('ops', 'bot', { deny: ['EMBED_LINKS', 'ATTACH_FILES'] });
    const lacks = await alice()
      .slash('backup', { intent: 'photos' })
      .waitForMessage('Embed Links, Attach Files');
    expect(lacks.visibleTo).toBe(alice().id);
    expect(bot()).toHaveLength(2);
  });

  test('who lost the rights can press nothing', async () => {
    const preview = await confirmed();
    scene.fake.begin('r-0001');
    await edited(preview.id, 'step 1');
    const now = scene.discord.message(preview.id) ?? preview;
    scene.discord.setMemberRoles('bob', []);
    const word = await scene.discord.as('bob').press(now, 'Stop').waitForMessage('Refused');
    expect(word.visibleTo).toBe(scene.discord.userId('bob'));
    expect(scene.fake.run('r-0001').stopRequestedBy).toBeNull();
    const other = await ask('photos');
    const seen = await scene.discord.as('bob').press(other, 'Show commands').waitForMessage('Refused');
    expect(textOf(seen)).not.toContain('docker');
  });

  test('autocomplete: own action’s intents, best match first; nothing for one without rights', async () => {
    expect(await alice().autocomplete('backup', 'intent', '')).toHaveLength(2);
    expect((await alice().autocomplete('backup', 'intent', 'base')).map(({ value }) => value)).toEqual([
      'plex-database',
    ]);
    await ask();
    expect((await alice().autocomplete('run', 'id', 'r-0')).map(({ value }) => value)).toEqual(['r-0001']);
  });

  test('/scale and /rollout offer and ask for their own intents; replicas is a parameter of the run', async () => {
    const offered = async (command: string) =>
      (await alice().autocomplete(command, 'intent', '')).map(({ value }) => value);
    expect(await offered('scale')).toEqual(['web']);
    expect(await offered('rollout')).toEqual(['media']);

    await alice().slash('scale', { intent: 'web', replicas: 3 }).waitForMessage('Scale · web');
    expect(scene.fake.run('r-0001')).toMatchObject({ action: 'scale', params: { replicas: 3 } });
    await alice().slash('scale', { intent: 'web' }).waitForMessage('r-0002');
    expect(scene.fake.run('r-0002').params).toEqual({});
    await alice().slash('rollout', { intent: 'media' }).waitForMessage('Rollout · media');
    expect(scene.discord.violations).toEqual([]);
  });

  test('Retry of a scale asks for the same number again', async () => {
    const preview = await alice().slash('scale', { intent: 'web', replicas: 3 }).waitForMessage('r-0001');
    alice().press(preview, 'Confirm');
    await scene.discord.waitFor(() => scene.fake.run('r-0001').state === 'queued');
    scene.fake.begin('r-0001');
    scene.fake.finish('r-0001', { state: 'rolled_back', reason: 'not_healthy' });
    const outcome = await alice().waitForMessage('Scale rolled back', { after: preview });
    await alice().press(outcome, 'Retry').waitForMessage('r-0002');
    expect(scene.fake.run('r-0002').params).toEqual({ replicas: 3 });
  });

  test('/status answers privately', async () => {
    const thing = { key: 'container:1', name: 'media-plex-1', state: 'running', healthy: false } as const;
    scene.fake.setStatus([{ stack: 'media', things: [{ ...thing, detail: [] }], notices: [], runs: [] }]);
    const seen = await alice().slash('status').waitForMessage('media-plex-1');
    expect(textOf(seen)).toContain('unhealthy');
    expect(seen.visibleTo).toBe(alice().id);
  });

  test('/runs, /run, /intents and /help answer privately', async () => {
    await ask();
    for (const [words, wanted] of [
      ['runs', 'r-0001'],
      ['intents', 'photos'],
      ['help', '/backup'],
    ] as const) {
      const answer = await alice().slash(words).waitForMessage(wanted);
      expect(answer.visibleTo).toBe(alice().id);
    }
    await alice().slash('run', { id: ' R-0001' }).waitForMessage('plex-database');
    await alice().slash('run', { id: 'r-0002' }).waitForMessage('Did you mean `r-0001`?');
  });
});
