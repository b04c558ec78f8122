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
});
