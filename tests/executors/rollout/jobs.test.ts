import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import { rollout } from '../../../src/executors/rollout/executor.js';
import type { ComposeStack } from '../../support/compose-stack.js';
import { describeWithDocker, docker } from '../../support/docker.js';
import { makeImage } from '../../support/docker-images.js';
import { type Lab, said } from '../support/lab.js';
import { Rollouts } from './rollouts.js';

// Real containers start, stop and are watched for seconds each.
jest.setTimeout(300_000);

describeWithDocker('a rollout of jobs and of what others depend on', () => {
  let rollouts: Rollouts;
  let lab: Lab;
  let stack: ComposeStack;

  beforeEach(() => {
    rollouts = new Rollouts();
    ({ lab, stack } = rollouts);
    makeImage(image(), { version: '1' });
    docker('tag', image(), `${stack.name}/same:1`);
  });
  afterEach(() => rollouts.clean());

  const image = (): string => `${stack.name}/app:1`;

  function service(more: object = {}): object {
    const state = ['state:/state'];
    return { image: image(), pull_policy: 'never', network_mode: 'none', volumes: state, ...more };
  }

  test('a migration runs again in its place, and its failure is the way back', async () => {
    const needs = { depends_on: { migrate: { condition: 'service_completed_successfully' } } };
    const script = 'test -e /state/$$(cat /version) || exit 4; trap "exit 0" TERM; sleep 1000 & wait';
    const api = service({ ...needs, command: ['/bin/sh', '-c', script] });
    const migrate = (command: string): object =>
      service({ restart: 'no', command: ['/bin/sh', '-c', command] });
    const more = { volumes: { state: {} } };
    stack.write({ migrate: migrate('touch /state/$$(cat /version)'), api }, more);
    stack.up();
    makeImage(image(), { version: '2' });
    const part = await rollouts.plan();
    expect(part.steps.map(({ title }) => plain(title)).join()).toMatch(
      /migrate: .* It is a job: it runs again/,
    );
    const result = await rollout.run(part, lab.runContext());
    expect(said(result)).toMatch(/^migrate ran .* and ended with exit code 0\. api runs .* and stays up\.$/);
    expect(docker('exec', `${stack.name}-api-1`, 'cat', '/version')).toBe('2');

    stack.write({ migrate: migrate('exit 5'), api }, more);
    const failed = await rollout.run(await rollouts.plan(), lab.runContext());
    expect(failed).toMatchObject({ state: 'rolled_back', reason: 'not_healthy' });
    expect(stack.running()).toEqual(['api-1']);
  });

  test('depends_on.restart: what depends on a replaced service is restarted, and nothing of it is replaced', async () => {
    const app = {
      image: `${stack.name}/same:1`,
      depends_on: { db: { condition: 'service_started', restart: true } },
    };
    stack.write({ db: service(), app: service(app) }, { volumes: { state: {} } });
    stack.up();
    const started = (): string =>
      docker('inspect', '--format', '{{.Id}} {{.State.StartedAt}}', `${stack.name}-app-1`);
    const before = started().split(' ');
    makeImage(image(), { version: '2' });
    const result = await rollout.run(await rollouts.plan(), lab.runContext());
    expect(result.state).toBe('succeeded');
    const after = started().split(' ');
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
  });
});
