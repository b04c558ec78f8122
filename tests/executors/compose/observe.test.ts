import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { conditionOf } from '../../../src/core/model/condition.js';
import type { RolloutFields, ScaleFields } from '../../../src/core/model/fields.js';
import type { Observed } from '../../../src/core/model/observation.js';
import { plain } from '../../../src/core/model/phrase.js';
import type { ObserveContext } from '../../../src/core/ports/executor.js';
import { observeRollout, observeScale } from '../../../src/executors/compose/observe.js';
import { observeContainer } from '../../../src/executors/docker/observe.js';
import { ComposeStack } from '../../support/compose-stack.js';
import { describeWithDocker, docker, testName } from '../../support/docker.js';
import { makeImage } from '../../support/docker-images.js';
import { codes, Lab } from '../support/lab.js';

const pause = () => new Promise((resolve) => setTimeout(resolve, 100));

// Real containers start, stop and get unhealthy.
jest.setTimeout(120_000);

describeWithDocker('observe', () => {
  let lab: Lab;
  let stack: ComposeStack;

  const base = `${testName()}:1`;

  beforeAll(() => void makeImage(base, { version: '1' }));
  afterAll(() => void docker('rmi', '-f', base));
  beforeEach(() => {
    lab = new Lab();
    stack = new ComposeStack('none');
    docker('tag', base, `${stack.name}/app:1`);
  });
  afterEach(() => {
    stack.clean();
    lab.clean();
  });

  /** Each look has a signal of its own. */
  const look = (): ObserveContext => ({ ...lab.planContext(), signal: new AbortController().signal });
  const rollout = (...services: string[]): RolloutFields => ({
    services,
    compose: stack.file,
    stable_for: 1,
    timeout: 20,
  });
  const scale = (service: string): ScaleFields => ({
    service,
    replicas: 1,
    min: 0,
    max: 50,
    compose: stack.file,
    stable_for: 1,
    timeout: 20,
  });
  const app = (more: object = {}) => ({ image: `${stack.name}/app:1`, ...more });
  /** `web-1 running: app:1` of each thing, without what is the test's own in the names. */
  const lines = ({ things }: Observed) =>
    things.map(({ name, state, healthy, detail }) =>
      `${name} ${state} ${healthy}: ${plain(detail)}`
        .replaceAll(`${stack.name}-`, '')
        .replaceAll(stack.name, ''),
    );

  test('every service of the file: up, ended with its exit code, never made', async () => {
    stack.write({ web: app(), job: app({ command: ['/bin/sh', '-c', 'exit 3'] }), spare: app() });
    stack.up('--scale', 'web=2', 'web', 'job');
    docker('wait', `${stack.name}-job-1`);
    const seen = await observeRollout(rollout(), look());
    expect(seen.notices).toEqual([]);
    expect(lines(seen).sort()).toEqual([
      'job-1 crashed null: /app:1',
      'spare no_container null: ',
      'web-1 running null: /app:1',
      'web-2 running null: /app:1',
    ]);
    const started = docker('inspect', '--format', '{{.State.StartedAt}}', `${stack.name}-web-1`);
    const ended = docker('inspect', '--format', '{{.State.FinishedAt}}', `${stack.name}-job-1`);
    const sinceOf = (name: string) => seen.things.find((each) => each.name.endsWith(name))?.since;
    expect(sinceOf('web-1')).toBe(new Date(started).toISOString());
    expect(sinceOf('job-1')).toBe(new Date(ended).toISOString());
    expect(sinceOf('spare')).toBeUndefined();
  });

  test('a health check: its answer, and what it says when it fails', async () => {
    makeImage(`${stack.name}/fine:1`, { version: 'fine', health: 'exit 0' });
    makeImage(`${stack.name}/ill:1`, { version: 'ill', health: 'echo refused; exit 1' });
    stack.write({ fine: app({ image: `${stack.name}/fine:1` }), ill: app({ image: `${stack.name}/ill:1` }) });
    stack.up();
    const health = (...names: string[]) =>
      docker('inspect', '--format', '{{.State.Health.Status}}', ...names);
    while (health(`${stack.name}-fine-1`, `${stack.name}-ill-1`) !== 'healthy\nunhealthy') await pause();
    expect(lines(await observeRollout(rollout(), look()))).toEqual([
      'fine-1 running true: /fine:1',
      'ill-1 running false: /ill:1, its check says refused',
    ]);
    docker('stop', '-t', '0', `${stack.name}-ill-1`);
    const [, ill] = lines(await observeRollout(rollout(), look()));
    expect(ill).toMatch(/^ill-1 stopped null: \/ill:1, exit code \d+$/);
  });

  test('paused, never started; without a time that Docker doesn’t know', async () => {
    stack.write({ web: app(), made: app() });
    stack.up('web');
    stack.compose('create', 'made');
    docker('restart', '-t', '0', `${stack.name}-web-1`);
    docker('pause', `${stack.name}-web-1`);
    const seen = await observeRollout(rollout(), look());
    expect(lines(seen)).toEqual(['made-1 created null: /app:1', 'web-1 paused null: /app:1']);
    expect(seen.things.map(({ since }) => since)).toEqual([undefined, undefined]);
    docker('unpause', `${stack.name}-web-1`);
  });

  test('however many stacks a look has, the engine is asked once, and Compose for what only it can tell', async () => {
    const other = new ComposeStack('none');
    const asked: string[] = [];
    lab.adapt = (host) => ({
      ...host,
      exec: async (argv, options) => {
        asked.push(argv.slice(0, 2).join(' '));
        return host.exec(argv, options);
      },
    });
    try {
      stack.write({ web: app(), off: app({ profiles: ['extra'] }) });
      other.write({ web: app({ container_name: `${other.name}-${'$'}{OWN:-own}` }) });
      stack.up();
      other.up();
      const one = look();
      const seen = await Promise.all(
        [stack, other].map(({ file }) => observeRollout({ ...rollout(), compose: file }, one)),
      );
      expect(seen.flatMap(({ notices }) => notices)).toEqual([]);
      expect(seen.flatMap(({ things }) => things.map(({ state }) => state))).toEqual([
        'no_container',
        'running',
        'running',
      ]);
      expect(asked).toEqual(['docker ps', 'docker container']);

      // Which services there are is for Compose to say here.
      writeFileSync(other.file, `name: ${other.name}\ninclude: [more.yml]\nservices: {}\n`);
      const more = { services: { web: app(), two: app() } };
      writeFileSync(join(other.folder, 'more.yml'), JSON.stringify(more));
      const included = await observeRollout({ ...rollout(), compose: other.file }, look());
      expect(included.things.map(({ state }) => state).sort()).toEqual(['no_container', 'running']);
      expect(asked).toEqual([
        'docker ps',
        'docker container',
        'docker ps',
        'docker container',
        'docker compose',
      ]);
    } finally {
      other.clean();
    }
  });

  test('in the network of a container that was started anew, or is gone: cut off', async () => {
    const sharer = app({ network_mode: 'service:vpn' });
    stack.write({ vpn: app({ networks: ['own'] }), one: sharer }, { networks: { own: {} } });
    stack.up();
    const words = async (): Promise<string[]> =>
      (await observeRollout(rollout(), look())).things.map((thing) => conditionOf(thing).word);
    expect(await words()).toEqual(['running', 'running']);
    docker('restart', '-t', '0', `${stack.name}-vpn-1`);
    expect(await words()).toEqual(['cut off from its network', 'running']);
    docker('restart', '-t', '0', `${stack.name}-one-1`);
    expect(await words()).toEqual(['running', 'running']);
    docker('rm', '-f', `${stack.name}-vpn-1`);
    expect(await words()).toEqual(['cut off from its network', 'no container']);
  });

  test('stopped by hand, crashed, out of memory and in a loop are different', async () => {
    const dies = (exit: number) => app({ command: ['/bin/sh', '-c', `exit ${exit}`] });
    const hog = 'tail /dev/zero; exit 9';
    stack.write({
      byhand: app({ stop_grace_period: '0s' }),
      byhandalways: app({
        restart: 'always',
        command: ['/bin/sh', '-c', 'trap "exit 4" TERM; sleep 99 & wait'],
      }),
      crashed: dies(7),
      done: dies(0),
      giveup: { ...dies(5), restart: 'on-failure:1' },
      hungry: app({ mem_limit: '16m', memswap_limit: '16m', command: ['/bin/sh', '-c', hog] }),
      looping: { ...dies(9), restart: 'always' },
      unable: app({ command: ['/no/such/program'] }),
    });
    spawnSync('docker', ['compose', '-f', stack.file, 'up', '-d', 'unable']);
    stack.up('byhand', 'byhandalways', 'crashed', 'done', 'giveup', 'hungry', 'looping');
    stack.compose('stop', 'byhand', 'byhandalways');
    docker('wait', ...['crashed', 'done', 'hungry'].map((name) => `${stack.name}-${name}-1`));
    const inspected = (name: string, format: string) =>
      docker('inspect', '--format', format, `${stack.name}-${name}-1`);
    while (inspected('giveup', '{{.State.Status}}') !== 'exited') await pause();
    while (Number(inspected('looping', '{{.RestartCount}}')) < 3) await pause();
    const { things } = await observeRollout(rollout(), look());
    const words = things.map((thing) => [thing.name.split('-').at(-2), conditionOf(thing).word]);
    expect(Object.fromEntries(words)).toEqual({
      byhand: 'stopped',
      byhandalways: 'stopped',
      crashed: 'crashed (exit 7)',
      done: 'stopped',
      giveup: 'crashed (exit 5)',
      hungry: expect.stringMatching(/^crashed \(exit (9|137)\)$/),
      looping: expect.stringMatching(/^restarting \(\d+ times\)$/),
      unable: 'couldn’t start',
    });
    expect(lines({ things, notices: [] }).find((line) => line.startsWith('hungry'))).toContain(
      'out of memory',
    );
  });

  test('a scale and a chosen rollout are about their services only; the same thing has the same key', async () => {
    stack.write({ web: app(), db: app() });
    stack.up();
    const scaled = await observeScale(scale('web'), look());
    expect(lines(scaled)).toEqual(['web-1 running null: /app:1']);
    expect(await observeRollout(rollout('web'), look())).toEqual(scaled);
    const [service] = scaled.things;
    expect(service?.of).toBe(`service:${stack.name}/web`);
    const name = `${stack.name}-web-1`;
    const alone = { ...service, of: `container-name:${name}` };
    expect(await observeContainer(look(), name)).toEqual({ ...scaled, things: [alone] });
    expect(service?.key).toBe(`container:${stack.ids('web')[0]}`);

    // What can't be read is said, and whatever else is there is seen.
    const unknown = await observeRollout(rollout('web', 'wbe'), look());
    expect(unknown.things).toEqual(scaled.things);
    expect(codes(unknown.notices)).toEqual(['service_unknown']);
    const missing = await observeScale({ ...scale('web'), compose: lab.path('none.yml') }, look());
    expect(missing.things).toEqual([]);
    expect(codes(missing.notices)).toEqual(['compose_missing']);
  });

  test('within one look a Compose file is read once, in the next one anew', async () => {
    stack.write({ web: app() });
    stack.up();
    const argvs: string[] = [];
    lab.adapt = (host) => ({
      ...host,
      exec: (argv, options) => {
        argvs.push(argv.join(' '));
        return host.exec(argv, options);
      },
    });
    const ctx = look();
    await Promise.all([observeScale(scale('web'), ctx), observeRollout(rollout(), ctx)]);
    const first = argvs.length;
    expect(argvs.filter((argv) => argv.startsWith('docker ps'))).toHaveLength(1);
    await observeScale(scale('web'), ctx);
    expect(argvs).toHaveLength(first);
    stack.compose('stop', '-t', '0');
    expect(lines(await observeScale(scale('web'), look()))[0]).toContain('stopped');
  });

  test('an engine that does not answer is a notice, not a defect', async () => {
    stack.write({ web: app() });
    lab.environment = { ...process.env, DOCKER_HOST: `unix://${lab.path('no.sock')}` };
    expect(codes((await observeScale(scale('web'), look())).notices)).toEqual(['docker_unreachable']);
    expect(codes((await observeContainer(look(), 'plex')).notices)).toEqual(['docker_unreachable']);
  });

  test('a host without docker is said to be one', async () => {
    stack.write({ web: app() });
    lab.environment = { ...process.env, PATH: lab.root };
    expect(codes((await observeScale(scale('web'), look())).notices)).toEqual(['tool_missing']);
    expect(codes((await observeContainer(look(), 'plex')).notices)).toEqual(['tool_missing']);
  });

  test('a container that is not there is seen as absent', async () => {
    const name = `${stack.name}-none`;
    const key = `container-name:${name}`;
    expect(await observeContainer(look(), name)).toEqual({
      things: [{ key, of: key, name, state: 'absent', healthy: null, detail: [] }],
      notices: [],
    });
  });
});
