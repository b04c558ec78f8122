import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import type { PlanPart } from '../../../src/core/model/plan.js';
import { rollout } from '../../../src/executors/rollout/executor.js';
import type { ComposeStack } from '../../support/compose-stack.js';
import { describeWithDocker, docker } from '../../support/docker.js';
import { makeImage } from '../../support/docker-images.js';
import { codes, type Lab, said } from '../support/lab.js';
import { Rollouts } from './rollouts.js';

// Real containers start, stop and are watched for seconds each.
jest.setTimeout(300_000);

describeWithDocker('services that don’t run', () => {
  let rollouts: Rollouts;
  let lab: Lab;
  let stack: ComposeStack;

  beforeEach(() => {
    rollouts = new Rollouts();
    ({ lab, stack } = rollouts);
    makeImage(image(), { version: '1' });
  });
  afterEach(() => rollouts.clean());

  const image = (): string => `${stack.name}/app:1`;
  const service = (more: object = {}): object => ({
    ...{ image: image(), pull_policy: 'never', network_mode: 'none' },
    ...more,
  });
  const crashing = (): object => service({ command: ['/bin/sh', '-c', 'exit 3'] });
  const titles = (part: PlanPart): string[] => part.steps.map(({ title }) => plain(title));
  const idOf = (name: string): string => docker('inspect', '--format', '{{.Id}}', `${stack.name}-${name}-1`);

  test('what the file has gained is started as shown; what crashed is left so and named, unless all are asked for', async () => {
    stack.write({ a: service(), b: crashing() });
    stack.up();
    const before = [idOf('a'), idOf('b')];
    stack.write({ a: service(), b: crashing(), c: service({ volumes: [`${lab.root}:/data:ro`] }) });

    const none = await rollouts.plan({ start: 'none' });
    expect(titles(none)).toContain('c: no container, left so.');
    expect(codes(none.warnings)).toContain('nothing_to_do');

    const part = await rollouts.plan();
    expect(titles(part)).toEqual([
      'Keep the images that run now for a rollback.',
      `c: no container; is started with ${image()}: adds bind ${lab.root} → /data (read-only).`,
      'a: already current, not touched.',
      'b: crashed (exit 3), left so.',
    ]);
    expect(part.effects).toEqual([{ kind: 'start', target: 'c' }]);
    const result = await rollout.run(part, lab.runContext());
    expect(result.state).toBe('succeeded');
    expect(said(result)).toMatch(
      /^c runs .*a: already current, not touched\. b: crashed \(exit 3\), not touched\.$/,
    );
    expect(stack.running()).toEqual(['a-1', 'c-1']);
    expect([idOf('a'), idOf('b')]).toEqual(before);

    const all = await rollouts.plan({ start: 'all' });
    expect(titles(all)).toContain(`b: crashed (exit 3); is started again with ${image()}.`);
    const failed = await rollout.run(all, lab.runContext());
    expect(failed).toMatchObject({ state: 'rolled_back', reason: 'not_healthy' });
    expect(said(failed)).toContain('b has its container from before again');
    expect(said(failed)).not.toContain('down or restarting');
    expect(stack.running()).toEqual(['a-1', 'c-1']);
    expect([idOf('a'), idOf('b')]).toEqual(before);
  });

  test('what a run of ours left down is started; what is gained and fails is gone again', async () => {
    stack.write({ a: service(), b: crashing() });
    stack.up();
    stack.write({ a: service(), b: service(), d: crashing() });
    expect(titles(await rollouts.plan({ start: 'none' }))).toContain('b: crashed (exit 3), left so.');
    lab.leftDown = new Set([`service:${stack.name}/b`]);
    const part = await rollouts.plan({ start: 'none' });
    expect(titles(part).join()).toMatch(/b: crashed \(exit 3\); is started again with .*: another command\./);
    const result = await rollout.run(part, lab.runContext());
    expect(result.state).toBe('succeeded');
    expect(result.started).toEqual([{ key: `service:${stack.name}/b`, name: 'b', wanted: 1 }]);
    expect(stack.running()).toEqual(['a-1', 'b-1']);

    const failed = await rollout.run(await rollouts.plan(), lab.runContext());
    expect(failed).toMatchObject({ state: 'rolled_back' });
    expect(said(failed)).toContain('d was removed again; it did not run before.');
    expect(failed.left).toBeUndefined();
    expect(docker('ps', '-a', '--format', '{{.Names}}', '--filter', `name=${stack.name}-d`)).toBe('');
    expect(stack.running()).toEqual(['a-1', 'b-1']);
  });

  /** The versions of a service's containers, which have to run. */
  const versions = (name: string): string[] =>
    stack.ids(name).map((id) => docker('exec', id, 'cat', '/version'));

  test('with one container after the other, a service that is started comes at once, and nothing waits for another', async () => {
    const known = { web: service({ scale: 2 }), b: crashing() };
    stack.write(known);
    stack.up();
    const crashed = idOf('b');
    stack.write({ ...known, b: service(), c: service({ scale: 2 }) });
    makeImage(image(), { version: '2' });
    const planned = async (start: 'none' | 'new' | 'all') => {
      const part = await rollouts.plan({ start, strategy: 'rolling' });
      expect([part.blockers, codes(part.warnings)]).toEqual([[], []]);
      const shown = part.data.replacements.map((one) => `${one.service} ${one.replicas} ${one.strategy}`);
      return { part, shown: shown.sort() };
    };
    expect((await planned('none')).shown).toEqual(['web 2 rolling']);
    const all = await planned('all');
    expect(all.shown).toEqual(['b 1 all_at_once', 'c 2 all_at_once', 'web 2 rolling']);
    const { part, shown } = await planned('new');
    expect(shown).toEqual(['c 2 all_at_once', 'web 2 rolling']);
    expect(await rollout.run(part, lab.runContext())).toMatchObject({ state: 'succeeded' });
    expect([versions('web'), versions('c')]).toEqual([
      ['2', '2'],
      ['2', '2'],
    ]);
    expect(idOf('b')).toBe(crashed);
    const rest = await planned('all');
    expect(rest.shown).toEqual(['b 1 all_at_once']);
    expect(await rollout.run(rest.part, lab.runContext())).toMatchObject({ state: 'succeeded' });
    expect(versions('b')).toEqual(['2']);
  });

  test('what the file has gained fails, and goes with the name that the one of before needs again', async () => {
    const name = `${stack.name}-front`;
    const web = service({ scale: 2 });
    stack.write({ web, edge: service({ container_name: name }) });
    stack.up();
    makeImage(image(), { version: '2' });
    stack.write({
      web,
      edge: service({ depends_on: ['web'] }),
      proxy: { ...crashing(), container_name: name, depends_on: ['edge'] },
    });
    const part = await rollouts.plan({ strategy: 'rolling' });
    expect(part.data.replacements.map(({ service }) => service)).toEqual(['web', 'edge', 'proxy']);
    const result = await rollout.run(part, lab.runContext());
    expect(said(result)).toMatch(
      /web runs the image from before again .*edge runs the image from before again .*proxy was removed again; it did not run before\./,
    );
    expect(result).toMatchObject({ state: 'rolled_back', reason: 'not_healthy' });
    expect(result.left).toBeUndefined();
    expect([...versions('web'), ...versions('edge')]).toEqual(['1', '1', '1']);
    expect(stack.ids('proxy')).toEqual([]);
    expect(docker('inspect', '--format', '{{index .Config.Labels "com.docker.compose.service"}}', name)).toBe(
      'edge',
    );
  });

  test('what lives in the network of one that is started again has it too, in the stack and elsewhere', async () => {
    const vpn = (more: object = {}) => ({ ...service(), network_mode: 'bridge', ...more });
    const inside = { network_mode: 'service:vpn' };
    const byName = { network_mode: `container:${stack.name}-vpn-1` };
    const loose = `${stack.name}-loose`;
    stack.write({ vpn: vpn(), runs: service(inside), stopped: service(byName) });
    stack.up('vpn');
    stack.up();
    docker('run', '-d', '--name', loose, '--network', `container:${stack.name}-vpn-1`, image());
    const isInside = (name: string): void => {
      const mode = docker('inspect', '--format', '{{.HostConfig.NetworkMode}} {{.State.Status}}', name);
      expect([name, mode]).toEqual([name, `container:${idOf('vpn')} running`]);
      expect([name, docker('exec', name, 'cat', '/proc/net/dev')]).toEqual([
        name,
        expect.stringContaining('eth0'),
      ]);
    };
    const inAll = (): void => [`${stack.name}-runs-1`, `${stack.name}-stopped-1`, loose].forEach(isInside);
    const goDown = (): void => {
      docker('kill', `${stack.name}-vpn-1`);
      docker('kill', `${stack.name}-stopped-1`);
    };
    try {
      goDown();
      const before = idOf('vpn');
      expect(await rollout.run(await rollouts.plan({ start: 'all' }), lab.runContext())).toMatchObject({
        state: 'succeeded',
      });
      expect(idOf('vpn')).toBe(before);
      inAll();

      goDown();
      const changed = vpn({ environment: { NEW: '1' } });
      stack.write({ vpn: changed, runs: service(inside), stopped: service(byName) });
      const result = await rollout.run(await rollouts.plan({ start: 'all' }), lab.runContext());
      expect([said(result), result.state]).toEqual([expect.any(String), 'succeeded']);
      expect(idOf('vpn')).not.toBe(before);
      inAll();
    } finally {
      docker('rm', '-f', loose);
    }
  });
});
