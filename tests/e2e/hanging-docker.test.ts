import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, readdir, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { ComposeStack } from '../support/compose-stack.js';
import { describeWithDocker, docker, testName } from '../support/docker.js';
import { makeImage } from '../support/docker-images.js';
import { call, KEY } from './api-stage.js';
import { processesOf } from './processes.js';
import { type Bot, Stage } from './stage.js';

// What hangs, hangs for ten minutes: whoever waits for it doesn't make it.
jest.setTimeout(100_000);

const REAL = execFileSync('which', ['docker'], { encoding: 'utf8' }).trim();

/**
 * The real docker. It hangs once `all` is there; with `up`, every Compose that brings something up; with `stop`, every
 * `docker stop`; with `from-up` or `from-stop`, everything from such a command on.
 */
const DOCKER = (switches: string): string => `#!/bin/bash
on() { [ -e "${switches}/$1" ]; }
on all && exec sleep 600
for word in up stop; do
  for arg in "$@"; do
    [ "$arg" = "$word" ] || continue
    on "from-$word" && touch "${switches}/all"
    on "$word" || on all && { touch "${switches}/begun"; exec sleep 600; }
  done
done
exec ${REAL} "$@"
`;

interface View {
  readonly id: string;
  readonly state: string;
  readonly summary: readonly string[];
}

const OVER = ['succeeded', 'failed', 'cancelled', 'rolled_back', 'interrupted', 'refused'];

describeWithDocker('a docker that hangs', () => {
  let stage: Stage;
  let stack: ComposeStack;
  let bot: Bot;
  let url: string;
  const box = testName();

  beforeEach(async () => {
    stage = await Stage.create({ env: { CHATOPS_API_KEY: KEY, CHATOPS_HTTP_RATE_LIMIT: '0' } });
    stage.expectLog(
      /did not end in time/,
      /doesn’t answer/,
      /can’t be ended/,
      /stopped before everything/,
      /connection is not open/,
    );
    stack = new ComposeStack();
    const image = `${stack.name}/web:1`;
    makeImage(image, { version: '1' });
    const web = { image, pull_policy: 'never', network_mode: 'none' };
    stack.write({ web });
    stack.up('--scale', 'web=2');
    // Another configuration than that of what runs: a rollout has something to do.
    stack.write({ web: { ...web, environment: { CHANGED: 'yes' } } });
    docker('run', '-d', '--network', 'none', '--name', box, image);
    await stage.files('bin', { docker: DOCKER(stage.path('switches')) });
    await stage.files('switches', { none: '' });
    await chmod(stage.path('bin', 'docker'), 0o755);
    const compose = `stack: shop\ncompose: ${stack.file}\nservice: web\nstable_for: 1\ntimeout: 20\n`;
    await stage.intent('scale', `action: scale\nmin: 0\nmax: 5\nreplicas: 4\n${compose}`);
    await stage.intent('rollout', `action: rollout\n${compose}`);
    await stage.intent(
      'plex',
      `action: backup\ndatabase_type: plex\nstack: media\nsource_container: ${box}\nsource_path: /bin\ndestination: ${stage.path('dst')}\n`,
    );
    bot = await stage.start({
      PATH: `${stage.path('bin')}:${process.env.PATH}`,
      CHATOPS_PROBE_SECONDS: '2',
    });
    url = await bot.url();
  });
  afterEach(async () => {
    const left = processesOf(stage.dir);
    try {
      await stage.end();
    } finally {
      for (const pid of left) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It has ended.
        }
      }
      stack.clean();
      docker('rm', '-f', '-v', box);
    }
  });

  const set = (name: string): Promise<void> => writeFile(stage.path('switches', name), '');
  const unset = (name: string): Promise<void> => rm(stage.path('switches', name), { force: true });

  async function run(name: string, more: object = {}): Promise<View> {
    return (await (await call(url, 'POST', '/run', { name, ...more })).json()) as View;
  }

  async function begin(name: string): Promise<string> {
    const headers = { prefer: 'respond-async' };
    return ((await (await call(url, 'POST', '/run', { name }, headers)).json()) as View).id;
  }

  const stop = (id: string): Promise<unknown> => call(url, 'DELETE', `/runs/${id}`);

  async function becomes(id: string, ...states: readonly string[]): Promise<View> {
    for (;;) {
      const view = (await (await call(url, 'GET', `/runs/${id}`)).json()) as View;
      if (states.includes(view.state)) return view;
      await sleep(100);
    }
  }

  /** Begins a run that hangs in the middle of what it changes. */
  async function hangs(name: string, how: string): Promise<string> {
    await set(how);
    const id = await begin(name);
    while (!existsSync(stage.path('switches', 'begun'))) await sleep(50);
    return id;
  }

  const runsAsBefore = (): void => {
    expect(stack.running()).toEqual(['web-1', 'web-2']);
    expect(stack.names()).toEqual(['web-1', 'web-2']);
    expect(docker('inspect', '--format', '{{.State.Running}}', box)).toBe('true');
  };

  const CASES = [
    ['scale', 'up'],
    ['rollout', 'up'],
    ['plex', 'stop'],
  ] as const;

  test.each(CASES)('%s: the preview says so, and nothing begins', async (name, _word) => {
    await set('all');
    const view = await run(name, { dry_run: true });
    expect(view.state).toBe('refused');
    expect(view.summary.join(' ')).toMatch(/no sign of life|did not answer|doesn’t answer/);
  });

  test.each(CASES)('%s: its command hangs, Stop ends it, and what ran is told to run', async (name, word) => {
    const id = await hangs(name, word);
    await stop(id);
    const view = await becomes(id, ...OVER);
    expect(['rolled_back', 'cancelled', 'failed']).toContain(view.state);
    expect(view.summary.join(' ')).toMatch(/again|as before|was touched|Nothing was replaced/);
    runsAsBefore();
    expect(processesOf(`CHATOPS_RUN=${id}`)).toEqual([]);
    expect((await readdir(stage.path('dst'))).filter((file) => file.includes('partial'))).toEqual([]);
    await unset(word);
    expect(await run(name)).toMatchObject({ state: 'succeeded' });
  });

  test.each(CASES)(
    '%s: all of docker hangs, Stop ends it, and says that nothing is seen',
    async (name, word) => {
      const id = await hangs(name, `from-${word}`);
      await stop(id);
      const view = await becomes(id, ...OVER);
      expect(view.state).toBe('failed');
      expect(view.summary.join(' ')).toMatch(/[Dd]ocker (does not|did not) answer/);
      expect(processesOf(`CHATOPS_RUN=${id}`)).toEqual([]);
      runsAsBefore();
    },
  );

  test('a second one that waits can be stopped, and the bot ends', async () => {
    const [name, word] = ['scale', 'up'] as const;
    const first = await hangs(name, word);
    const second = await begin(name);
    await becomes(second, 'queued');
    await stop(second);
    expect(await becomes(second, ...OVER)).toMatchObject({ state: 'cancelled' });
    await becomes(first, 'running');
    const asked = performance.now();
    await bot.end();
    // The grace period of a stage is a second; five more are promised, and a busy machine takes some itself.
    expect(performance.now() - asked).toBeLessThan(12_000);
    await unset(word);
    runsAsBefore();
    // What it could not finish, the next start does.
    bot = await stage.start();
    stage.expectLog(/interrupted run tidied up/);
    url = await bot.url();
    expect(['rolled_back', 'interrupted', 'cancelled', 'failed']).toContain(
      (await becomes(first, ...OVER)).state,
    );
    runsAsBefore();
    expect(processesOf(`CHATOPS_RUN=${first}`)).toEqual([]);
  });
});
