import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { textOf } from '../../src/playground/driver/text.js';
import { ComposeStack } from '../support/compose-stack.js';
import { describeWithDocker, docker } from '../support/docker.js';
import { makeImage } from '../support/docker-images.js';
import { runIdIn, Stage } from './stage.js';

// Real containers start, stop and are watched for seconds each.
jest.setTimeout(180_000);

describeWithDocker('an alert about a service that a run left down', () => {
  let stack: ComposeStack;
  let stage: Stage;
  beforeEach(async () => {
    stack = new ComposeStack();
    makeImage(`${stack.name}/app:1`, { version: '1' });
    makeImage(`${stack.name}/app:2`, { version: '2' });
    stage = await Stage.create({
      env: { PATH: process.env.PATH ?? '' },
      envOf: (discord) => ({ DISCORD_OPS_CHANNEL_ID: discord.channelId('alerts') }),
    });
    await stage.intent(
      'rollout_shop',
      `action: rollout\nstack: shop\ncompose: ${stack.file}\nstable_for: 1s\ntimeout: 10s\n`,
    );
  });
  afterEach(async () => {
    stack.clean();
    expect(await stage.end()).toEqual([]);
  });

  const service = (tag: number, more: object = {}) => ({
    image: `${stack.name}/app:${tag}`,
    pull_policy: 'never',
    stop_grace_period: '1s',
    ...more,
  });

  async function rollOut(word: string): Promise<void> {
    const alice = stage.discord.as('alice');
    const shown = await alice
      .slash('rollout', { intent: 'rollout_shop' })
      .waitForMessage(/Confirm/, { timeoutMs: 30_000 });
    alice.press(shown, 'Confirm');
    const id = runIdIn(textOf(shown));
    await alice.waitForMessage(({ content }) => content.includes(id) && content.includes(word), {
      timeoutMs: 60_000,
      what: `${id} ${word}`,
    });
  }

  const card = (text: string) =>
    stage.discord.waitFor(
      () => stage.discord.messages('alerts').find((each) => textOf(each).includes(text)),
      {
        timeoutMs: 60_000,
        what: `a card with "${text}"`,
      },
    );

  test('it stays open through a success that did not start the service, and closes when that runs', async () => {
    const own = `${stack.name}/app:own`;
    makeImage(own, { version: 'own' });
    stack.write({ a: service(1), b: service(1, { image: own }) });
    stack.up();
    await stage.start();
    const fails = { command: ['/bin/sh', '-c', 'sleep 6; echo FATAL; exit 3'] };
    stack.write({
      a: service(1),
      b: service(1, { ...fails, healthcheck: { test: ['CMD', 'test', '-e', '/never'], interval: '1s' } }),
    });
    const [before] = stack.ids('b');
    const ended = rollOut('failed');
    // What ran can't come back: its image came from no registry, and is removed while the new one is watched.
    await stage.discord.waitFor(() => stack.running().includes('b-1') && stack.ids('b')[0] !== before, {
      timeoutMs: 60_000,
      what: 'a new b',
    });
    docker('rmi', '-f', own);
    await ended;
    const first = textOf(await card('**b is down**'));
    expect(first).toContain('**Next:** start it');

    stack.write({ a: service(2), b: service(1) });
    await rollOut('succeeded');
    const still = await card('**b is still down**');
    expect(textOf(still)).toMatch(/`r-[2-9a-z]+` succeeded since, and didn’t start it\./);

    stack.up('--no-deps', 'b');
    const over = await card('**b runs again**');
    expect(over.id).toBe(still.id);
    expect(stage.discord.messages('alerts')).toHaveLength(1);
  });
});
