import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import { rollout } from '../../../src/executors/rollout/executor.js';
import { scale } from '../../../src/executors/scale/executor.js';
import type { ComposeStack } from '../../support/compose-stack.js';
import { describeWithDocker } from '../../support/docker.js';
import { makeImage } from '../../support/docker-images.js';
import { Rollouts } from '../rollout/rollouts.js';
import { type Lab, said } from '../support/lab.js';

// Real containers start, stop and are watched for seconds each.
jest.setTimeout(300_000);

describeWithDocker('a plain `docker compose up -d` after the bot’s work', () => {
  let rollouts: Rollouts;
  let lab: Lab;
  let stack: ComposeStack;

  beforeEach(() => {
    rollouts = new Rollouts();
    ({ lab, stack } = rollouts);
    for (const name of ['app', 'still'])
      makeImage(`${stack.name}/${name}:1`, { version: '1', label: '5.14' });
  });
  afterEach(() => rollouts.clean());

  function service(image: string, more: object = {}): object {
    return { image: `${stack.name}/${image}:1`, pull_policy: 'never', stop_grace_period: '1s', ...more };
  }

  function services(): Record<string, object> {
    return {
      app: service('app', {
        depends_on: {
          db: { condition: 'service_started' },
          job: { condition: 'service_completed_successfully' },
        },
      }),
      sharer: service('app', { network_mode: 'service:app' }),
      db: service('still', { depends_on: ['cache'] }),
      cache: service('still'),
      job: service('still', { restart: 'no', command: ['/bin/sh', '-c', 'exit 0'] }),
    };
  }

  test('makes nothing again that was rolled out or scaled, though it depends on others', async () => {
    stack.write(services());
    stack.up();
    const needs = (): string[] => ['db', 'cache', 'job'].flatMap((name) => stack.ids(name));
    const before = needs();
    makeImage(`${stack.name}/app:1`, { version: '2', label: '5.16' });
    const part = await rollouts.plan();
    expect(part.steps.map(({ title }) => plain(title)).join()).toContain('app:1, 5.14 → 5.16. 1 container');
    const rolledOut = await rollout.run(part, lab.runContext());
    expect(said(rolledOut)).toMatch(
      /^app runs .* stays up\. sharer runs .* stays up\. cache, db and job: already current, not touched\.$/,
    );
    const made = [...stack.ids('app'), ...stack.ids('sharer')];
    stack.up();
    expect([...stack.ids('app'), ...stack.ids('sharer')]).toEqual(made);

    // Two containers can't have one network for a sharer.
    const { sharer: _, ...unshared } = services();
    stack.write(unshared);
    const bounds = { min: 0, max: 5, timeout: 20, stable_for: 1 };
    const fields = { service: 'app', replicas: 2, compose: stack.file, ...bounds };
    const scaled = await scale.run(await lab.plan(scale, fields), lab.runContext());
    expect(scaled).toMatchObject({ state: 'succeeded' });
    const two = stack.ids('app');
    expect(two).toHaveLength(2);
    stack.up('--scale', 'app=2');
    expect(stack.ids('app')).toEqual(two);
    expect(needs()).toEqual(before);
  });

  test('what it depends on stays as it is, though it was edited, stopped or has no container', async () => {
    stack.write(services());
    stack.up();
    stack.compose('stop', 'db');
    stack.compose('rm', '-sf', 'job');
    const edited = { ...services(), cache: service('still', { environment: { NEW: '1' } }) };
    stack.write(edited);
    const before = [...stack.ids('db'), ...stack.ids('cache')];
    makeImage(`${stack.name}/app:1`, { version: '2' });
    const part = await rollouts.plan({ services: ['app', 'sharer'] });
    expect(await rollout.run(part, lab.runContext())).toMatchObject({ state: 'succeeded' });
    expect([...stack.ids('db'), ...stack.ids('cache')]).toEqual(before);
    expect(stack.running()).toEqual(['app-1', 'cache-1', 'sharer-1']);
    expect(stack.ids('job')).toEqual([]);
  });

  test('what it depends on is edited right before Compose reads it: it stays', async () => {
    const all = (more: object = {}) => ({
      app: service('app', { depends_on: ['db'] }),
      db: service('still', more),
    });
    stack.write(all());
    stack.up();
    const [app, db] = [stack.ids('app'), stack.ids('db')];
    makeImage(`${stack.name}/app:1`, { version: '2' });
    const part = await rollouts.plan();
    const met: string[] = [];
    lab.adapt = (host) => ({
      ...host,
      exec: async (argv, options) => {
        if (argv.includes('compose') && argv.includes('create')) {
          met.push('create');
          stack.write(all({ privileged: true }));
        }
        return host.exec(argv, options);
      },
    });
    const result = await rollout.run(part, lab.runContext());
    expect(met).not.toEqual([]);
    expect(result.state).toBe('succeeded');
    expect(stack.ids('db')).toEqual(db);
    expect(stack.ids('app')).not.toEqual(app);
    expect(stack.running()).toEqual(['app-1', 'db-1']);
  });
});
