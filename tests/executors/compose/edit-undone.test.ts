import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { rollout } from '../../../src/executors/rollout/executor.js';
import { scale } from '../../../src/executors/scale/executor.js';
import { ComposeStack } from '../../support/compose-stack.js';
import { describeWithDocker, docker } from '../../support/docker.js';
import { makeImage } from '../../support/docker-images.js';
import { Rollouts } from '../rollout/rollouts.js';
import { type Lab, said } from '../support/lab.js';

// Real containers start, stop and are watched for seconds each.
jest.setTimeout(300_000);

describeWithDocker('an edit that is undone when Compose has read it', () => {
  let rollouts: Rollouts;
  let lab: Lab;
  let stack: ComposeStack;
  /** The calls of Compose that read the edit. */
  let met: string[];

  beforeEach(() => {
    met = [];
    rollouts = new Rollouts(new ComposeStack('none'));
    ({ lab, stack } = rollouts);
    makeImage(`${stack.name}/app:1`, { version: '1' });
    docker('tag', `${stack.name}/app:1`, `${stack.name}/db:1`);
  });
  afterEach(() => rollouts.clean());

  function write(app: object, more: object = {}): void {
    const service = (name: string) => ({ image: `${stack.name}/${name}:1`, pull_policy: 'never' });
    stack.write({ app: { ...service('app'), ...app, ...more }, db: service('db') });
  }

  /** Whatever of these calls Compose is given, the file has the edit while it works and neither before nor after. */
  function editDuring(call: string, app: object, edit: object): void {
    lab.adapt = (host) => ({
      ...host,
      exec: async (argv, options) => {
        if (!argv.includes('compose') || !argv.includes(call)) return host.exec(argv, options);
        met.push(call);
        write(app, edit);
        const result = await host.exec(argv, options);
        write(app);
        return result;
      },
    });
  }

  /** Of each container of the service: its version, its folders, and its command. */
  function standing(): string[] {
    const format = '{{json .Mounts}} {{json .Config.Cmd}} {{.State.Running}}';
    return stack
      .ids('app')
      .map((id) => `${docker('exec', id, 'cat', '/version')} ${docker('inspect', '--format', format, id)}`);
  }

  test.each([
    ['with what it depends on in view', 'create', { depends_on: ['db'] }, {}],
    ['one container after the other', 'up', { scale: 2 }, { strategy: 'rolling' as const }],
  ])('a rollout, %s: what ran before runs again', async (_how, call, app, fields) => {
    write(app);
    stack.up();
    const before = standing();
    const db = stack.ids('db');
    makeImage(`${stack.name}/app:1`, { version: '2' });
    const part = await rollouts.plan(fields);
    editDuring(call, app, { volumes: ['/etc:/seen:ro'] });
    const result = await rollout.run(part, lab.runContext());
    expect(met).not.toEqual([]);
    expect([result.state, result.reason]).toEqual(['rolled_back', 'plan_changed']);
    expect(said(result)).toContain(
      'The configuration of app was edited after the preview and undone, but Compose used the edit: adds bind /etc → /seen (read-only).',
    );
    expect(standing()).toEqual(before);
    expect(stack.ids('db')).toEqual(db);
  });

  test('a scale: the new one is gone again, and those of before are untouched', async () => {
    write({});
    stack.up();
    const before = stack.ids('app');
    const bounds = { min: 0, max: 5, timeout: 20, stable_for: 1 };
    const part = await lab.plan(scale, { service: 'app', replicas: 2, compose: stack.file, ...bounds });
    const own = ['/bin/sh', '-c', 'trap "exit 0" TERM; sleep 100 & wait'];
    editDuring('up', {}, { command: own, environment: { TOKEN: 'secret' } });
    const result = await scale.run(part, lab.runContext());
    expect(met).not.toEqual([]);
    expect([result.state, result.reason]).toEqual(['rolled_back', 'plan_changed']);
    expect(said(result)).toMatch(/but Compose used the edit: .*TOKEN.*another command/);
    expect(said(result)).not.toMatch(/secret|sleep/);
    expect(stack.ids('app')).toEqual(before);
  });
});
