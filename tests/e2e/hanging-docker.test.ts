import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, readdir, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { ComposeStack } from '../support/compose-stack.js';
import { describeWithDocker, docker, testName } from '../support/docker.js';
import { makeImage } from '../support/docker-images.js';
import { call, KEY } from './api-stage.js';
import { processesOf } from './processes.js';
import { type Bot, Stage } from './stage.js';

// What hangs, hangs for ten minutes: whoever waits for it doesn't make it.
jest.setTimeout(300_000);

const REAL = execFileSync('which', ['docker'], { encoding: 'utf8' }).trim();

/**
 * The real docker. It hangs once `all` is there; with `up`, every Compose that brings something up; with `stop`, every
 * `docker stop`; with `from-up` or `from-stop`, everything of a run from its first such command on. Where one of a run
 * hangs, `begun-<run>` says so.
 */
const DOCKER = (switches: string): string => `#!/bin/bash
on() { [ -e "${switches}/$1" ]; }
on all || on "all-$CHATOPS_RUN" && exec sleep 600
for word in up stop; do
  for arg in "$@"; do
    [ "$arg" = "$word" ] || continue
    on "from-$word" && touch "${switches}/all-$CHATOPS_RUN"
    on "$word" || on "from-$word" && { touch "${switches}/begun-$CHATOPS_RUN"; exec sleep 600; }
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
  let scaled: ComposeStack;
  let rolled: ComposeStack;
  let bot: Bot;
  let url: string;
  const box = testName();

  const up = (stack: ComposeStack, image: string): void => {
    const web = { image, pull_policy: 'never', network_mode: 'none' };
    stack.write({ web });
    stack.up('--scale', 'web=2');
    // Another configuration than that of what runs: a rollout has something to do.
    stack.write({ web: { ...web, environment: { CHANGED: 'yes' } } });
  };

  beforeAll(() => {
    [scaled, rolled] = [new ComposeStack(), new ComposeStack()];
    const image = `${scaled.name}/web:1`;
    makeImage(image, { version: '1' });
    for (const stack of [scaled, rolled]) up(stack, image);
    docker('run', '-d', '--network', 'none', '--name', box, image);
  });
  afterAll(() => {
    docker('rm', '-f', '-v', box);
    rolled.clean();
    scaled.clean();
  });

  beforeEach(async () => {
    stage = await Stage.create({ env: { CHATOPS_API_KEY: KEY, CHATOPS_HTTP_RATE_LIMIT: '0' } });
    stage.expectLog(
      /did not end in time/,
      /doesn’t answer/,
      /can’t be ended/,
      /stopped before everything/,
      /connection is not open/,
    );
    await stage.files('bin', { docker: DOCKER(stage.path('switches')) });
    await stage.files('switches', { none: '' });
    await chmod(stage.path('bin', 'docker'), 0o755);
    const of = (name: string, { file }: ComposeStack): string =>
      `stack: ${name}\ncompose: ${file}\nservice: web\nstable_for: 1\ntimeout: 20\n`;
    await stage.intent('scale', `action: scale\nmin: 0\nmax: 5\nreplicas: 4\n${of('scaled', scaled)}`);
    await stage.intent('rollout', `action: rollout\n${of('rolled', rolled)}`);
    await stage.intent(
      'plex',
      `action: backup\ndatabase_type: plex\nstack: media\nsource_container: ${box}\nsource_path: /bin\ndestination: ${stage.path('dst')}\n`,
    );
    bot = await stage.start({
      PATH: `${stage.path('bin')}:${process.env.PATH}`,
      CHATOPS_PROBE_SECONDS: '5',
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
    while (!existsSync(stage.path('switches', `begun-${id}`))) {
      const { state, summary } = (await (await call(url, 'GET', `/runs/${id}`)).json()) as View;
      if (OVER.includes(state)) throw new Error(`${name} is over before it hangs: ${summary.join(' ')}`);
      await sleep(100);
    }
    return id;
  }

  /** One test for all that can be asked for, side by side, as most of the time is waiting. */
  const CASES = [
    ['scale', 'up'],
    ['rollout', 'up'],
    ['plex', 'stop'],
  ] as const;
  const ofAll = <T>(work: (name: string, word: string) => Promise<T>): Promise<readonly T[]> =>
    Promise.all(CASES.map(([name, word]) => work(name, word)));

  const runAsBefore = (): void => {
    for (const stack of [scaled, rolled]) {
      expect(stack.running()).toEqual(['web-1', 'web-2']);
      expect(stack.names()).toEqual(['web-1', 'web-2']);
    }
    expect(docker('inspect', '--format', '{{.State.Running}}', box)).toBe('true');
  };

  test('the previews say so, and nothing begins', async () => {
    await set('all');
    const views = await ofAll((name) => run(name, { dry_run: true }));
    for (const view of views) {
      expect(view.state).toBe('refused');
      expect(view.summary.join(' ')).toMatch(/no sign of life|did not answer|doesn’t answer/);
    }
  });

  test('all of docker hangs, Stop ends it, and says that nothing is seen', async () => {
    const ids = await ofAll((name, word) => hangs(name, `from-${word}`));
    await Promise.all(ids.map(stop));
    for (const view of await Promise.all(ids.map((id) => becomes(id, ...OVER)))) {
      expect(view.state).toBe('failed');
      expect(view.summary.join(' ')).toMatch(/[Dd]ocker (does not|did not) answer/);
    }
    for (const id of ids) expect(processesOf(`CHATOPS_RUN=${id}`)).toEqual([]);
    runAsBefore();
  });

  test('a second one that waits can be stopped, and the bot ends', async () => {
    const [name, word] = ['scale', 'up'] as const;
    const first = await hangs(name, word);
    const second = await begin(name);
    await becomes(second, 'queued');
    await stop(second);
    expect(await becomes(second, ...OVER)).toMatchObject({ state: 'cancelled' });
    await becomes(first, 'running');
    await bot.end();
    await unset(word);
    runAsBefore();
    // What it could not finish, the next start does.
    bot = await stage.start();
    stage.expectLog(/interrupted run tidied up/);
    url = await bot.url();
    expect(['rolled_back', 'interrupted', 'cancelled', 'failed']).toContain(
      (await becomes(first, ...OVER)).state,
    );
    runAsBefore();
    expect(processesOf(`CHATOPS_RUN=${first}`)).toEqual([]);
  });

  // The last one: what runs afterwards isn't as before.
  test('its command hangs, Stop ends it, what ran is told to run, and the next one succeeds', async () => {
    const ids = await ofAll(hangs);
    await Promise.all(ids.map(stop));
    for (const view of await Promise.all(ids.map((id) => becomes(id, ...OVER)))) {
      expect(['rolled_back', 'cancelled', 'failed']).toContain(view.state);
      expect(view.summary.join(' ')).toMatch(/again|as before|was touched|Nothing was replaced/);
    }
    runAsBefore();
    for (const id of ids) expect(processesOf(`CHATOPS_RUN=${id}`)).toEqual([]);
    expect((await readdir(stage.path('dst'))).filter((file) => file.includes('partial'))).toEqual([]);
    for (const [, word] of CASES) await unset(word);
    for (const view of await ofAll((name) => run(name))) expect(view).toMatchObject({ state: 'succeeded' });
  });
});
