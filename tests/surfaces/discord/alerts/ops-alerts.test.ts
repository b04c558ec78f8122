import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Delivery } from '../../../../src/core/ports/store.js';
import { textOf } from '../../../../src/playground/driver/text.js';
import { alice, sampleAudit } from '../../../store/samples.js';
import { AlertScene } from './alert-scene.js';

const HOUR = 60 * 60_000;

let scene: AlertScene;
beforeEach(async () => {
  scene = await AlertScene.create();
});
afterEach(async () => {
  const { violations } = scene.discord;
  await scene.end();
  expect(violations).toEqual([]);
});

/** How often each run has an entry in the threads, by its mark and its file. */
function toldRuns(): string[] {
  return scene
    .entries()
    .flatMap(({ content, attachments }) => [
      ...attachments.map(({ filename }) => filename.replace('.log', '')),
      ...(content.includes('Acknowledged') ? ['ack'] : []),
    ]);
}

async function note(kind: 'acknowledged' | 'muted' | 'resolved'): Promise<void> {
  const at = scene.now().toISOString();
  const event = { kind, at, runId: null, reason: kind, by: alice, text: [], count: 1, mark: null };
  const until = new Date(scene.now().getTime() + 8 * HOUR).toISOString();
  await scene.store.incidents.note('i-1', { event, until }, sampleAudit());
}

describe('the role that alerts call', () => {
  const called = () => scene.cards().map(({ pings }) => pings);
  const CALM = { everyone: false, roles: [], users: [] };

  test('once when an alert opens: not for more of it, not by an edit, not when it is over', async () => {
    scene.roleId = scene.discord.roleId('Operator');
    scene.start();
    await scene.ends('failed');
    await scene.settled();
    expect(called()).toEqual([{ ...CALM, roles: [scene.roleId] }]);
    await scene.ends('failed');
    await note('acknowledged');
    await scene.settled();
    expect(scene.cards()[0]?.content).toContain(`<@&${scene.roleId}>`);
    scene.advance(HOUR);
    await scene.ends('failed');
    await scene.settled();
    await scene.ends('recovered');
    await scene.settled();
    expect(called()).toEqual([{ ...CALM, roles: [scene.roleId] }, CALM]);
    expect(scene.entries().map(({ pings }) => pings)).toEqual(scene.entries().map(() => CALM));
  });

  test('again when a mute ends while it is still open, with a new card; once, over restarts too', async () => {
    scene.roleId = scene.discord.roleId('Operator');
    scene.start();
    await scene.ends('failed');
    await scene.settled();
    await note('muted');
    await scene.settled();
    scene.advance(8 * HOUR + 1000);
    const at = scene.now().toISOString();
    expect(await scene.store.incidents.endMutes(at)).toBe(1);
    expect(await scene.store.incidents.endMutes(at)).toBe(0);
    await scene.settled();
    await scene.stop();
    scene.start();
    await scene.settled();
    expect(called()).toEqual([CALM, CALM].map((calm) => ({ ...calm, roles: [scene.roleId] })));
    expect(textOf(scene.cards()[1] as never)).toContain('[Mute 8 h]');
    expect(scene.entries().map(({ content }) => content)).toContainEqual(
      expect.stringContaining('The mute is over, and the trouble isn’t'),
    );
  });

  test('a mute that outlasts the trouble calls nobody', async () => {
    scene.roleId = scene.discord.roleId('Operator');
    scene.start();
    await scene.ends('failed');
    await note('muted');
    await scene.ends('recovered');
    await scene.settled();
    scene.advance(8 * HOUR + 1000);
    expect(await scene.store.incidents.endMutes(scene.now().toISOString())).toBe(0);
  });
});

describe('one incident', () => {
  test('one card, edited; a thread with each attempt and its log; green when it works again', async () => {
    scene.start();
    const first = await scene.ends('failed');
    await scene.settled();
    const second = await scene.ends('failed');
    await scene.settled();
    await note('acknowledged');
    await scene.settled();
    const [card] = scene.cards();
    expect(textOf(scene.cards()[0] as never)).toMatch(
      /❌ \*\*Backup failing\*\* · plex-files · 2 times since/,
    );
    expect(textOf(card as never)).toContain('👀 Acknowledged by alice');
    expect(textOf(card as never)).not.toContain('[Acknowledge]');
    const good = await scene.ends('recovered');
    await scene.settled();
    expect(scene.cards()).toHaveLength(1);
    expect(textOf(scene.cards()[0] as never)).toMatch(
      /✅ \*\*Backup works again\*\* · plex-files · after 2 failures/,
    );
    expect(scene.cards()[0]?.embeds[0]?.color).toBe(0x2e9e5b);
    expect(toldRuns()).toEqual([first, second, 'ack', good]);
    expect(scene.entries()[0]?.content).toContain('Backup failed');
    const [file] = scene.entries()[0]?.attachments ?? [];
    expect(file && scene.discord.file(file).toString()).toBe(`log of ${first}\n`);
    expect(scene.cards()[0]?.pings).toEqual({ everyone: false, roles: [], users: [] });
  });

  test('many attempts while Discord was away come in few messages, each of them once', async () => {
    const runs: string[] = [];
    for (let run = 0; run < 47; run += 1) runs.push(await scene.ends('failed'));
    scene.start();
    await scene.settled();
    expect(scene.cards()).toHaveLength(1);
    expect(textOf(scene.cards()[0] as never)).toContain('47 times since');
    expect(scene.entries()).toHaveLength(2);
    const text = scene
      .entries()
      .map((message) => textOf(message))
      .join('\n');
    expect(runs.filter((id) => text.split(`\`${id}\``).length !== 2)).toEqual([]);
    const files = scene
      .entries()
      .flatMap(({ attachments }) => attachments.map((file) => scene.discord.file(file).toString()));
    expect(runs.filter((id) => files.join('').split(`log of ${id}\n`).length !== 2)).toEqual([]);
  });

  test('an old card is followed by a new one that the old one links to, with the same thread', async () => {
    scene.start();
    await scene.ends('failed');
    await scene.settled();
    scene.advance(HOUR);
    await scene.ends('failed');
    await scene.settled();
    const [old, fresh] = scene.cards();
    expect(scene.cards()).toHaveLength(2);
    await scene.discord.waitFor(() => textOf(scene.cards()[0] as never).includes(`/${fresh?.id}`));
    expect(scene.cards()[0]?.components).toEqual([]);
    expect(textOf(fresh as never)).toContain(`<#${old?.id}>`);
    expect(scene.entriesIn(old?.id ?? '')).toHaveLength(2);
  });

  test('muted: no new card, no sound; counted on, and said on the card', async () => {
    scene.start();
    await scene.ends('failed');
    await scene.settled();
    await note('muted');
    await scene.settled();
    scene.advance(HOUR);
    await scene.ends('failed');
    await scene.settled();
    expect(scene.cards()).toHaveLength(1);
    expect(textOf(scene.cards()[0] as never)).toMatch(/2 times since[\s\S]*🔕 Muted by alice until/);
    const silent = scene.entries().map(({ flags }) => (flags & 4096) !== 0);
    expect(silent).toEqual([false, true, true]);
    scene.advance(8 * HOUR);
    await scene.ends('failed');
    await scene.settled();
    expect(scene.cards()).toHaveLength(2);
  });
});

describe('what people do to cards and threads', () => {
  beforeEach(async () => {
    scene.start();
    await scene.ends('failed');
    await scene.settled();
  });

  test('a deleted card: the next attempt brings a new one', async () => {
    scene.discord.deleteMessage(scene.cards()[0]?.id ?? '');
    const run = await scene.ends('failed');
    await scene.settled();
    expect(scene.cards()).toHaveLength(1);
    const thread = /<#(\d+)>/.exec(textOf(scene.cards()[0] as never))?.[1] ?? '';
    expect(
      scene
        .entriesIn(thread)
        .map(({ content }) => content)
        .join(),
    ).toContain(run);
  });

  test('a deleted thread: a new card with a thread of its own', async () => {
    scene.discord.deleteThread(scene.cards()[0]?.id ?? '');
    const run = await scene.ends('failed');
    await scene.settled();
    expect(scene.cards()).toHaveLength(2);
    expect(scene.entriesIn(scene.cards()[1]?.id ?? '')).toHaveLength(1);
    expect(toldRuns()).toEqual([run]);
  });

  test('a closed thread is opened again; a locked one is followed by a new card', async () => {
    const [card] = scene.cards();
    scene.discord.closeThread(card?.id ?? '');
    await scene.ends('failed');
    await scene.settled();
    expect(scene.cards()).toHaveLength(1);
    scene.discord.closeThread(card?.id ?? '', { locked: true });
    await scene.ends('failed');
    await scene.settled();
    expect(scene.cards()).toHaveLength(2);
    expect(scene.entriesIn(card?.id ?? '')).toHaveLength(2);
    expect(scene.entriesIn(scene.cards()[1]?.id ?? '')).toHaveLength(1);
  });

  test('a locked thread is opened again when the bot may manage threads', async () => {
    const [card] = scene.cards();
    scene.discord.setChannelPermissions('alerts', 'bot', { allow: ['MANAGE_THREADS'] });
    scene.discord.closeThread(card?.id ?? '', { locked: true });
    await scene.ends('failed');
    await scene.settled();
    expect(scene.cards()).toHaveLength(1);
    expect(scene.entries()).toHaveLength(2);
  });
});

describe('exactly once', () => {
  /** A process that is killed right before a note about something that was sent reaches the store. */
  async function killedBefore(cut: (change: Partial<Delivery>) => boolean): Promise<void> {
    let dead = false;
    const incidents = {
      ...scene.store.incidents,
      record: async (destination: string, id: string, change: Partial<Delivery>) => {
        dead ||= cut(change);
        if (dead) throw new Error('killed');
        await scene.store.incidents.record(destination, id, change);
      },
    };
    scene.start(incidents);
    await scene.discord.waitFor(() => dead, { what: 'the kill' });
    await scene.stop();
    // Discord forgets nonces after some minutes.
    scene.advance(HOUR / 4);
    scene.start();
    await scene.settled();
  }

  test.each<[string, (change: Partial<Delivery>) => boolean]>([
    ['its card was noted', (change) => change.shown !== undefined && change.place !== undefined],
    ['its thread was noted', (change) => change.place !== undefined && change.shown === undefined],
    ['its entries were noted', (change) => change.told !== undefined],
    ['the attempt was marked', (change) => (change.attempt ?? null) !== null],
  ])('killed before %s', async (_when, cut) => {
    const runs = [await scene.ends('failed'), await scene.ends('failed')];
    await killedBefore(cut);
    expect(scene.cards()).toHaveLength(1);
    expect(toldRuns()).toEqual(runs);
  });

  test('answers that were lost, 5xx and 429s: sent once all the same', async () => {
    scene.discord.inject({
      method: 'POST',
      path: /\/messages$/,
      answer: 'disconnect',
      afterEffect: true,
      times: 1,
    });
    scene.discord.inject({ method: 'POST', path: /\/threads$/, answer: 502, afterEffect: true, times: 1 });
    scene.discord.inject({ method: 'POST', path: /\/messages$/, answer: 429, retryAfterMs: 100, times: 1 });
    scene.discord.inject({ method: 'POST', path: /\/messages$/, answer: 500, times: 1 });
    const runs = [await scene.ends('failed')];
    scene.start();
    for (let tries = 0; tries < 8; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 150));
      scene.advance(HOUR / 10);
    }
    await scene.settled();
    expect(scene.cards()).toHaveLength(1);
    expect(toldRuns()).toEqual(runs);
  });
});

describe('what keeps alerts back', () => {
  test('a missing permission: nothing is tried, it is said once, and delivered when it is put right', async () => {
    scene.lacking = 'The bot lacks Send Messages in #alerts.';
    const alerts = scene.start();
    const runs = [await scene.ends('failed'), await scene.ends('failed')];
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(scene.discord.requests).toEqual([]);
    expect(alerts.problem()).toBe(scene.lacking);
    expect(scene.log.lines.map(({ level, message }) => [level, message])).toEqual([
      ['error', 'alerts wait until this is put right: The bot lacks Send Messages in #alerts.'],
    ]);
    scene.lacking = null;
    await scene.settled();
    expect(alerts.problem()).toBeNull();
    expect(toldRuns()).toEqual(runs);
  });

  test('a refusal that the check did not see is told as a problem until it works', async () => {
    scene.discord.setChannelPermissions('alerts', 'bot', { deny: ['SEND_MESSAGES'] });
    const alerts = scene.start();
    await scene.ends('failed');
    await scene.discord.waitFor(() => alerts.problem() !== null);
    expect(alerts.problem()).toContain('Discord refuses alerts');
    scene.discord.setChannelPermissions('alerts', 'bot', {});
    scene.advance(HOUR / 10);
    await scene.settled();
    // It is said a moment after the store knows that nothing is owed.
    await scene.discord.waitFor(() => alerts.problem() === null);
    expect(scene.cards()).toHaveLength(1);
  });

  test('security refusals are one card with names and counts, and no Retry', async () => {
    scene.start();
    for (const [name, times] of [
      ['mallory', 3],
      ['`@everyone`', 1],
    ] as const) {
      await scene.store.incidents.raise({
        subject: { key: 'security', intent: null },
        event: {
          kind: 'denied',
          at: scene.now().toISOString(),
          runId: null,
          reason: 'not_allowed',
          by: null,
          text: [[`${name} asked for `, { code: 'plex' }, '.']],
          count: times,
          mark: name,
        },
      });
    }
    await scene.settled();
    const text = textOf(scene.cards()[0] as never);
    expect(text).toMatch(/🔒 \*\*Refused requests\*\* · 4 times since/);
    expect(text).toMatch(/mallory asked for `plex`\. 3 times, last/);
    expect(text).not.toContain('[Retry]');
    expect(scene.cards()[0]?.pings.everyone).toBe(false);
  });
});
