import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { textOf } from '../../src/playground/driver/text.js';
import { has, testWith } from '../executors/support/needs.js';
import { call, openApi } from './api-stage.js';
import type { Bot } from './stage.js';

const isThere = has('docker');
const testDocker = testWith('docker', isThere);
/** An engine that was never there. */
const AWAY = { DOCKER_HOST: 'unix:///run/there-is-no-docker.sock' };

let opened: Awaited<ReturnType<typeof openApi>> | undefined;
beforeAll(async () => {
  if (!isThere && process.env.CI !== 'true') return;
  opened = await openApi({ CHATOPS_HTTP_RATE_LIMIT: '0', ...AWAY });
  opened.stage.expectLog(/"fault":"circuit[:-]/, /did not answer/, /Docker does not answer/);
  const { stage } = opened;
  await stage.files('stack', { 'docker-compose.yml': 'services:\n  web:\n    image: case:1\n' });
  await stage.intent(
    'web',
    `action: rollout\nstack: web\ncompose: ${stage.path('stack/docker-compose.yml')}\n`,
  );
}, 60_000);
afterAll(() => opened?.stage.end(), 60_000);

interface Blocked {
  readonly plan: { readonly blockers: { code: string; message: string }[] };
}

async function preview(url: string): Promise<readonly { code: string; message: string }[]> {
  const response = await call(url, 'POST', '/run', { name: 'web', dry_run: true });
  const answer = (await response.json()) as Partial<Blocked> & { run?: Blocked };
  const plan = answer.plan ?? answer.run?.plan;
  if (!plan) throw new Error(JSON.stringify(answer));
  return plan.blockers;
}

/** The folder is looked at every few seconds. */
async function intentIsRead(url: string, name: string): Promise<void> {
  for (const _ of Array(100)) {
    if ((await (await call(url, 'GET', '/intents')).text()).includes(`"${name}"`)) return;
    await sleep(200);
  }
  throw new Error(`The intent ${name} was not read in 20 s.`);
}

async function metric(url: string): Promise<string | undefined> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return /^chatops_circuit_open\{.*$/m.exec(text)?.[0];
}

testDocker(
  'an engine that is away: refused at once, seen everywhere, kept over a restart, tried when told to',
  async () => {
    if (!opened) throw new Error('not open');
    const { stage } = opened;
    let { url, bot }: { url: string; bot: Bot } = opened;
    const { discord } = stage;
    await intentIsRead(url, 'web');
    for (const _ of [1, 2, 3])
      expect((await preview(url)).map(({ code }) => code)).toEqual(['docker_unreachable']);
    const [refused] = await preview(url);
    expect(refused).toMatchObject({
      code: 'circuit_open',
      message: expect.stringMatching(
        /^docker:local did not answer 3 times in a row: .*Docker daemon.*Next try: 20/,
      ),
    });
    expect(await metric(url)).toBe('chatops_circuit_open{target="docker:local"} 1');

    // Tried and still away: each pause is longer, and it is a fault of the installation.
    for (const _ of [1, 2, 3]) {
      expect((await call(url, 'POST', '/circuits/docker:local/retry')).status).toBe(200);
      expect((await preview(url))[0]?.code).toBe('docker_unreachable');
      expect((await preview(url))[0]?.code).toBe('circuit_open');
    }
    expect(await (await fetch(`${url}/readyz`)).text()).toContain('docker:local did not answer');

    // The mirror of folders needs no engine.
    const mirror = await call(url, 'POST', '/run', { name: 'photos', dry_run: true });
    expect(mirror.status).toBe(200);

    expect(await stage.json(['circuits'])).toMatchObject([{ target: 'docker:local', failures: 6 }]);
    expect((await stage.cli(['status'])).stdout).toContain('⏸ docker:local did not answer 6 times in a row');
    const { checks } = await stage.json<{ checks: { id: string; message: string }[] }>(['doctor']);
    expect(checks.find(({ id }) => id === 'data.circuits')?.message).toContain('docker:local did not answer');

    await bot.end();
    bot = await stage.start();
    url = await bot.url();
    expect((await preview(url))[0]?.code).toBe('circuit_open');

    const unknown = await call(url, 'POST', '/circuits/ssh:nas/retry');
    expect([unknown.status, ((await unknown.json()) as { code: string }).code]).toEqual([
      404,
      'circuit_unknown',
    ]);

    const alice = discord.as('alice');
    const message = await alice.slash('rollout', { intent: 'web' }).waitForMessage(/Next try/);
    expect(textOf(message)).toMatch(/docker:local.*<t:\d+:R>/s);
    await alice.press(message, 'Try now');
    await alice.waitForMessage(/Docker does not answer/, { what: 'the preview that tried' });
    const trail = await stage.json<{ event: string; actor: { kind: string } }[]>(['audit']);
    expect(trail.filter(({ event }) => event === 'circuit_tried').map(({ actor }) => actor.kind)).toEqual(
      expect.arrayContaining(['user', 'api_key']),
    );
  },
  120_000,
);
