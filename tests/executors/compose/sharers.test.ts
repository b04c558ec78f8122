import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import type { RolloutFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import { rollout } from '../../../src/executors/rollout/executor.js';
import { ComposeStack } from '../../support/compose-stack.js';
import { describeWithDocker, docker, idsOf } from '../../support/docker.js';
import { makeImage } from '../../support/docker-images.js';
import { codes, Lab, said } from '../support/lab.js';

// Real containers start, stop and are watched for seconds each.
jest.setTimeout(300_000);

describeWithDocker('containers that live in another one’s network', () => {
  let lab: Lab;
  let stack: ComposeStack;
  let other: ComposeStack;
  const vpn = (): string => `${stack.name}-vpn`;
  const loose = (): string => `${stack.name}-loose`;
  const image = (): string => `${stack.name}/app:1`;

  beforeAll(() => {
    stack = new ComposeStack();
    other = new ComposeStack();
    makeImage(image(), { version: '1' });
    docker('tag', image(), `${stack.name}/same:1`);
    const use = { network_mode: `container:${vpn()}`, image: `${stack.name}/same:1` };
    stack.write({
      vpn: service({ container_name: vpn() }),
      torrent: service({ ...use, depends_on: ['vpn'] }),
    });
    other.write({ indexer: service({ ...use, environment: { COLOUR: 'red' }, volumes: ['/data'] }) });
    stack.up();
    other.up();
    docker('run', '-d', '--name', loose(), '--network', `container:${vpn()}`, '-e', 'MOOD=blue', use.image);
  });
  afterAll(() => {
    docker('rm', '-f', '-v', loose());
    other.clean();
    stack.clean();
  });
  beforeEach(() => {
    lab = new Lab();
  });
  afterEach(() => lab.clean());

  function service(more: object = {}): object {
    return { image: image(), pull_policy: 'never', stop_grace_period: '1s', ...more };
  }

  function fields(compose = stack.file): RolloutFields {
    return { services: [], compose, stable_for: 1, timeout: 20 };
  }

  function idOf(name: string): string {
    return docker('inspect', '--format', '{{.Id}}', name);
  }

  const sharers = (): string[] => [`${stack.name}-torrent-1`, `${other.name}-indexer-1`, loose()];

  test('are in the network of what runs again after the way back', async () => {
    makeImage(image(), { version: '2', script: 'exit 3' });
    const part = await lab.plan(rollout, fields());
    const result = await rollout.run(part, lab.runContext());
    expect(result.state).toBe('rolled_back');
    expect(docker('exec', vpn(), 'cat', '/version')).toBe('1');
    for (const name of sharers()) expect(docker('exec', name, 'cat', '/proc/net/dev')).toContain('eth0');
  });

  test('are found on the whole host, shown, and in the new container’s network afterwards', async () => {
    const before = Object.fromEntries(sharers().map((name) => [name, idOf(name)]));
    const volume = docker('inspect', '--format', '{{(index .Mounts 0).Name}}', `${other.name}-indexer-1`);
    makeImage(image(), { version: '2' });
    const part = await lab.plan(rollout, fields());
    expect(part.effects.map(({ target }) => target).sort()).toEqual([vpn(), ...sharers()].sort());
    expect(part.touches).toEqual(expect.arrayContaining([`container:${loose()}`, `compose:${other.name}`]));
    const result = await rollout.run(part, lab.runContext());
    expect(said(result)).toMatch(/attached to what runs now\.$/);
    expect(result.state).toBe('succeeded');
    expect(docker('exec', vpn(), 'cat', '/version')).toBe('2');
    for (const name of sharers()) {
      expect(idOf(name)).not.toBe(before[name]);
      expect(docker('inspect', '--format', '{{.HostConfig.NetworkMode}} {{.State.Status}}', name)).toBe(
        `container:${idOf(vpn())} running`,
      );
      expect(docker('exec', name, 'cat', '/proc/net/dev')).toContain('eth0');
    }
    expect(docker('inspect', '--format', '{{.Config.Env}}', loose())).toContain('MOOD=blue');
    expect(docker('inspect', '--format', '{{(index .Mounts 0).Name}}', `${other.name}-indexer-1`)).toBe(
      volume,
    );
    const made = idOf(`${other.name}-indexer-1`);
    other.up();
    expect(idOf(`${other.name}-indexer-1`)).toBe(made);
    expect(idsOf('ps', '-aq', '--filter', `label=chatops.twin.project=${stack.name}/attached`)).toEqual([]);
  });

  test('one whose container is gone is attached again by a rollout of its own stack', async () => {
    docker('rm', '-f', vpn());
    stack.up('--no-deps', 'vpn');
    const part = await lab.plan(rollout, fields(other.file));
    expect(codes(part.warnings)).not.toContain('nothing_to_do');
    expect(part.steps.map(({ title }) => plain(title)).join()).toMatch(/lives in a container/);
    expect((await rollout.run(part, lab.runContext())).state).toBe('succeeded');
    expect(docker('exec', `${other.name}-indexer-1`, 'cat', '/proc/net/dev')).toContain('eth0');
  });
});
