import { beforeEach, describe, expect, test } from '@jest/globals';
import { DiscordAPIError } from 'discord.js';
import { Redactor } from '../../../src/core/ports/redact.js';
import type { ChannelMessages, SendOptions } from '../../../src/surfaces/discord/channel-messages.js';
import { createClosing } from '../../../src/surfaces/discord/closing.js';
import { createOutcomes, type Outcomes } from '../../../src/surfaces/discord/outcomes.js';
import type { Message } from '../../../src/surfaces/discord/render/fit.js';
import { discordShown } from '../../../src/surfaces/discord/shown.js';
import { type FakePipeline, fakePipeline, intentNamed } from './fake-pipeline.js';
import { AWAITING, COMMIT, ended, FAILED, SUCCEEDED } from './sample-runs.js';
import { keptLog } from './surface.js';

function apiError(code: number): DiscordAPIError {
  return new DiscordAPIError({ code, message: 'no' }, code, 400, 'POST', 'http://localhost', {});
}

/** A channel in memory. */
function channel() {
  const sent: { id: string; channelId: string; message: Message; options: SendOptions | undefined }[] = [];
  const edits: { id: string; message: Message }[] = [];
  const failures: Error[] = [];
  const state = { gone: false };
  const messages: ChannelMessages = {
    send: async (channelId, message, options) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      sent.push({ id: `${900 + sent.length}`, channelId, message, options });
      return `${899 + sent.length}`;
    },
    edit: async (_channelId, id, message) => {
      const deleted = id === '404';
      if (deleted) throw apiError(10008);
      if (state.gone) throw apiError(10003);
      edits.push({ id, message });
    },
    redraw: async () => {},
  };
  return Object.assign(state, { messages, sent, edits, failures });
}

let fake: FakePipeline;
let place: ReturnType<typeof channel>;
let outcomes: Outcomes;
let time: number;
let log: ReturnType<typeof keptLog>;

beforeEach(() => {
  time = Date.parse('2026-11-22T15:00:00Z');
  fake = fakePipeline([intentNamed('plex-database')], () => new Date(time));
  place = channel();
  log = keptLog();
  outcomes = open({ opsChannelId: '777' });
});

function open(config: { readonly opsChannelId?: string }): Outcomes {
  return createOutcomes({
    pipeline: fake.pipeline,
    runs: fake.runs,
    redact: new Redactor().data,
    log,
    now: () => new Date(time),
    messages: place.messages,
    closing: createClosing(place.messages, log),
    config,
    live: { onEvent: () => {}, stopping: () => {}, end: async () => {}, endAll: async () => {} },
  });
}

describe('outcomes', () => {
  test('event and sweep at once deliver once, as a reply with a nonce', async () => {
    fake.put(SUCCEEDED);
    await Promise.all([outcomes.deliver(SUCCEEDED), outcomes.sweep(), outcomes.deliver(SUCCEEDED)]);
    await outcomes.sweep();
    expect(place.sent.map(({ options }) => options)).toEqual([{ replyTo: '30', nonce: 'r-7k2m:outcome' }]);
    expect(fake.run('r-7k2m').reported).toBe(true);
  });

  test('told, but the store could not note it: noted later, not told again', async () => {
    fake.put(SUCCEEDED);
    fake.breakNext('reported', new Error('locked'));
    await outcomes.deliver(SUCCEEDED);
    expect(fake.run('r-7k2m').reported).toBe(false);
    time += 15_001;
    await outcomes.sweep();
    expect(fake.run('r-7k2m').reported).toBe(true);
    expect(place.sent).toHaveLength(1);
  });

  test('a late event of a run that was told already says nothing', async () => {
    fake.put({ ...SUCCEEDED, reported: true });
    await outcomes.deliver(SUCCEEDED);
    expect(place.sent).toEqual([]);
  });

  test('a failing delivery is tried again after a while, ever more seldom', async () => {
    fake.put(FAILED);
    place.failures.push(new Error('503'), new Error('503'));
    await outcomes.deliver(FAILED);
    await outcomes.sweep();
    expect(place.failures).toHaveLength(1);
    time += 15_001;
    await outcomes.sweep();
    expect(place.failures).toHaveLength(0);
    time += 15_001;
    await outcomes.sweep();
    expect(place.sent).toHaveLength(0);
    time += 15_001;
    await outcomes.sweep();
    expect(place.sent).toHaveLength(1);
    expect(fake.run('r-7k2m').reported).toBe(true);
  });

  test.each([
    [10003, 'was deleted, or is hidden from the bot'],
    [50001, 'was deleted, or is hidden from the bot'],
    [50013, 'lets the bot write nothing any more'],
    [50083, 'is closed'],
  ])('error %i: told once in the ops channel, with a word why', async (code, why) => {
    fake.put(FAILED);
    place.failures.push(apiError(code));
    await Promise.all([outcomes.deliver(FAILED), outcomes.sweep()]);
    await outcomes.sweep();
    expect(place.sent.map(({ channelId, options }) => [channelId, options])).toEqual([
      ['777', { nonce: 'r-7k2m:outcome' }],
    ]);
    const text = JSON.stringify(place.sent[0]?.message);
    expect(text).toContain(`<#${discordShown(FAILED)?.channelId}>, where it was asked for, ${why}.`);
    expect(fake.run('r-7k2m').reported).toBe(true);
    expect(log.lines.map(({ level }) => level)).toEqual(['warn']);
  });

  test('an ops channel that takes nothing either is asked again; nothing is lost', async () => {
    fake.put(FAILED);
    place.failures.push(apiError(10003), new Error('503'));
    await outcomes.deliver(FAILED);
    expect(fake.run('r-7k2m').reported).toBe(false);
    time += 15_001;
    place.failures.push(apiError(10003));
    await outcomes.sweep();
    expect(place.sent).toMatchObject([{ channelId: '777' }]);
    expect(fake.run('r-7k2m').reported).toBe(true);
  });

  test('without an ops channel that is an error in the log, and the end of it', async () => {
    outcomes = open({});
    fake.put(FAILED);
    place.failures.push(apiError(10003));
    await outcomes.deliver(FAILED);
    expect(fake.run('r-7k2m').reported).toBe(true);
    expect(log.lines.map(({ level }) => level)).toEqual(['error']);
  });

  test('the ops channel itself is waited for', async () => {
    outcomes = open({ opsChannelId: discordShown(FAILED)?.channelId ?? '' });
    fake.put(FAILED);
    place.failures.push(apiError(50001));
    await outcomes.deliver(FAILED);
    expect(fake.run('r-7k2m').reported).toBe(false);
    time += 15_001;
    await outcomes.sweep();
    expect(place.sent).toHaveLength(1);
  });

  test('what waits for an answer since goes along, so that it can be answered', async () => {
    const changed = ended(AWAITING, { state: 'plan_changed', reason: 'plan_changed', successor: 'r-0003' });
    fake.put(changed);
    fake.put({ ...AWAITING, id: 'r-0003' });
    place.gone = true;
    await outcomes.deliver(changed);
    expect(place.sent).toMatchObject([{ channelId: '777' }]);
    expect(JSON.stringify(place.sent[0]?.message.components)).toContain('run:r-0003:confirm');
    expect(fake.run('r-0003').shown).toMatchObject({ channelId: '777', messageId: '900' });
  });

  test('while the preview is being opened nothing else writes to it', async () => {
    const refused = ended(AWAITING, { state: 'refused', reason: 'blocked' });
    fake.put(refused);
    const release = outcomes.hold('30');
    await outcomes.deliver(refused);
    expect(place.edits).toEqual([]);
    release();
    await outcomes.sweep();
    expect(place.edits).toHaveLength(1);
  });

  test('a deleted preview: an expiry needs no new message, a changed plan does', async () => {
    const shown = { ...AWAITING.shown, surface: 'discord', messageId: '404', liveId: '404' } as const;
    const expired = ended({ ...AWAITING, shown }, { state: 'expired', reason: 'not_confirmed_in_time' });
    fake.put(expired);
    await outcomes.deliver(expired);
    expect(place.sent).toEqual([]);
    expect(fake.run(expired.id).reported).toBe(true);

    const changed = ended(
      { ...AWAITING, id: 'r-0002', shown },
      { state: 'plan_changed', reason: 'plan_changed', successor: 'r-0003' },
    );
    fake.put(changed);
    fake.put({ ...AWAITING, id: 'r-0003', shown });
    await outcomes.deliver(changed);
    expect(place.sent).toHaveLength(1);
    expect(fake.run('r-0003').shown).toMatchObject({ messageId: '900', liveId: '900' });
  });

  test('a successor that can’t run is told together with the run whose place it took', async () => {
    const changed = ended(AWAITING, { state: 'plan_changed', reason: 'plan_changed', successor: 'r-0003' });
    fake.put(changed);
    fake.put(ended({ ...AWAITING, id: 'r-0003' }, { state: 'refused', reason: 'blocked' }));
    await outcomes.deliver(changed);
    await outcomes.sweep();
    expect(place.edits).toHaveLength(1);
    expect(fake.run('r-0003').reported).toBe(true);
  });

  test('a run that a commit asked for is told in the ops channel, once, with the commit', async () => {
    const shown = { surface: 'webhook', commit: COMMIT } as const;
    fake.put({ ...SUCCEEDED, shown });
    fake.put({ ...FAILED, id: 'r-0004', shown });
    await outcomes.sweep();
    await outcomes.sweep();
    expect(place.sent.map(({ channelId, options }) => [channelId, options?.nonce]).sort()).toEqual([
      ['777', 'r-0004:outcome'],
      ['777', 'r-7k2m:outcome'],
    ]);
    expect(JSON.stringify(place.sent[0]?.message)).toContain('anna/media');
  });

  test('a store that can’t be read harms nothing', async () => {
    fake.breakNext('list', new Error('locked'));
    await outcomes.sweep();
    expect(log.lines.map(({ level }) => level)).toEqual(['warn']);
  });
});
