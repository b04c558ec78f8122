import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import type { ScaleFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import { scale } from '../../../src/executors/scale/executor.js';
import { ComposeStack } from '../../support/compose-stack.js';
import { describeWithDocker, docker, testName } from '../../support/docker.js';
import { makeImage } from '../../support/docker-images.js';
import { codes, Lab, said } from '../support/lab.js';

// Real containers start, stop and are watched for seconds each.
jest.setTimeout(400_000);

describeWithDocker('scale', () => {
  let lab: Lab;
  let stack: ComposeStack;

  const base = `${testName()}:1`;

  beforeAll(() => void makeImage(base, { version: '1' }));
  afterAll(() => void docker('rmi', '-f', base));
  beforeEach(() => {
    lab = new Lab();
    stack = new ComposeStack('none');
  });
  afterEach(() => {
    stack.clean();
    lab.clean();
  });

  function fields(replicas: number | null, more: Partial<ScaleFields> = {}): ScaleFields {
    return {
      service: 'web',
      replicas,
      min: 0,
      max: 50,
      compose: stack.file,
      stable_for: 1,
      timeout: 20,
      ...more,
    };
  }

  async function go(replicas: number) {
    const part = await lab.plan(scale, fields(replicas));
    expect(part.blockers).toEqual([]);
    return { part, result: await scale.run(part, lab.runContext()) };
  }

  function web(more: object = {}, image = base): Record<string, object> {
    return { web: { image, depends_on: ['db'], ...more }, db: { image } };
  }

  /** The stack's own image, whose tag moves. */
  function moving(): string {
    const image = `${stack.name}/app:1`;
    docker('tag', base, image);
    return image;
  }

  test('1 → 3 → 3 → 1: exactly the containers that were shown; nothing else is touched', async () => {
    stack.write(web());
    stack.up();
    const [first, db] = [stack.ids('web'), stack.ids('db')];
    const identity = async () => {
      const { steps, targets, effects } = await lab.plan(scale, fields(3));
      return JSON.stringify({ steps, targets, effects });
    };
    const shown = await identity();
    expect(await identity()).toBe(shown);

    const up = await go(3);
    const prefix = `${stack.name}-`;
    expect(up.part.effects).toEqual([
      { kind: 'create', target: `${prefix}web-2` },
      { kind: 'create', target: `${prefix}web-3` },
    ]);
    expect(plain(up.part.steps[0]?.title ?? [])).toBe(
      `web: 1 → 3 replicas. 2 containers are created: ${prefix}web-2, ${prefix}web-3.`,
    );
    expect(up.part.touches).toEqual(['stack:media', `compose:${stack.name}`, `service:${stack.name}/web`]);
    expect(up.part.warnings).toEqual([]);
    expect(up.result).toMatchObject({ state: 'succeeded', reason: 'done' });
    expect(said(up.result)).toBe('web runs 3 replicas now; it was 1.');
    expect(stack.running()).toEqual(['db-1', 'web-1', 'web-2', 'web-3']);
    expect(stack.ids('web')).toEqual(expect.arrayContaining(first));
    expect(await identity()).not.toBe(shown);

    const same = await go(3);
    expect(codes(same.part.warnings)).toEqual(['nothing_to_do']);
    expect(same.part.steps.flatMap(({ commands }) => commands)).toEqual([]);
    expect(said(same.result)).toBe('web runs 3 replicas already. Nothing was changed.');
    expect(stack.running()).toEqual(['db-1', 'web-1', 'web-2', 'web-3']);

    const down = await go(1);
    expect(down.part.effects).toEqual([
      { kind: 'remove', target: `${prefix}web-2` },
      { kind: 'remove', target: `${prefix}web-3` },
    ]);
    expect(down.result.state).toBe('succeeded');
    expect(stack.names()).toEqual(['db-1', 'web-1']);
    expect(stack.ids('web')).toEqual(first);
    expect(stack.ids('db')).toEqual(db);
  });

  test('an edit of the file ends it: before Compose reads it nothing is changed, after that it goes back', async () => {
    stack.write(web());
    stack.up();
    const before = stack.ids('web');
    const edit = () => stack.write(web({ cap_add: ['SYS_ADMIN'] }));
    const part = await lab.plan(scale, fields(2));
    edit();
    const early = await scale.run(part, lab.runContext());
    expect(early).toMatchObject({ state: 'failed', reason: 'plan_changed' });
    expect(said(early)).toBe('Nothing was changed. The configuration of web was edited after the preview.');

    stack.write(web());
    lab.adapt = (host) => ({
      ...host,
      exec: async (argv, options) => {
        if (argv.includes('create')) edit();
        return host.exec(argv, options);
      },
    });
    const late = await scale.run(part, lab.runContext());
    expect(late).toMatchObject({ state: 'rolled_back', reason: 'plan_changed' });
    expect(stack.ids('web')).toEqual(before);
  });

  test('to 0 and from 0; a dependency that is off stays off', async () => {
    stack.write(web());
    stack.up('--no-deps', 'web');
    const off = await go(0);
    expect(plain(off.part.steps[0]?.title ?? [])).toContain('1 → 0 replicas');
    expect(plain(off.part.steps[0]?.title ?? [])).toContain('The service is off then.');
    expect(stack.names()).toEqual([]);
    expect((await go(2)).result.state).toBe('succeeded');
    expect(stack.names()).toEqual(['web-1', 'web-2']);
  });

  test('counts a stopped container as Compose does, and goes back to it stopped', async () => {
    const image = moving();
    stack.write(web({}, image));
    stack.up('--scale', 'web=2');
    docker('stop', '-t', '0', `${stack.name}-web-1`);
    const part = await lab.plan(scale, fields(3));
    expect(part.effects).toEqual([
      { kind: 'create', target: `${stack.name}-web-3` },
      { kind: 'start', target: `${stack.name}-web-1` },
    ]);
    makeImage(image, { version: 'bad', script: 'exit 3' });
    const result = await scale.run(part, lab.runContext());
    expect(result.state).toBe('rolled_back');
    expect(stack.names()).toEqual(['db-1', 'web-1', 'web-2']);
    expect(stack.running()).toEqual(['db-1', 'web-2']);
  });

  test('stopped in the middle, or where a new container ends or never gets healthy: back to the observed number', async () => {
    const image = moving();
    stack.write(web({}, image));
    stack.up();
    const before = stack.ids('web');
    const patient = await lab.plan(scale, fields(4, { stable_for: 600 }));
    const ctx = lab.runContext();
    const stopped = await scale.run(patient, { ...ctx, progress: () => lab.stop.abort() });
    expect(stopped).toMatchObject({ state: 'rolled_back', reason: 'stopped' });
    expect(said(stopped)).toBe('web runs 1 replica again, as before.');
    expect(stack.ids('web')).toEqual(before);

    lab.stop = new AbortController();
    for (const [recipe, why] of [
      [{ version: 'x', script: 'echo no luck; exit 3' }, /web-2 ended with exit code 3\./],
      [
        { version: 'x', health: 'echo refused; exit 1' },
        /web-2 never became healthy \(waited 2 s: refused\)\./,
      ],
    ] as const) {
      makeImage(image, recipe);
      const part = await lab.plan(scale, fields(2, { timeout: 2 }));
      expect(codes(part.warnings)).toEqual(['image_differs']);
      const result = await scale.run(part, lab.runContext());
      expect(result).toMatchObject({ state: 'rolled_back', reason: 'not_healthy' });
      expect(said(result)).toMatch(why);
      expect(said(result)).toMatch(/web runs 1 replica again, as before\.$/);
      expect(stack.ids('web')).toEqual(before);
    }
    expect(lab.log).toContain('no luck');
  });

  test('stopped while Compose works on a scale down: the removed ones are made again', async () => {
    stack.write(web({ stop_grace_period: '3s', command: ['sh', '-c', 'trap "" TERM; sleep 100000'] }));
    stack.up('--scale', 'web=3');
    const part = await lab.plan(scale, fields(1));
    setTimeout(() => lab.stop.abort(), 1000);
    const result = await scale.run(part, lab.runContext());
    expect(result).toMatchObject({ state: 'rolled_back', reason: 'stopped' });
    expect(stack.running()).toEqual(['db-1', 'web-1', 'web-2', 'web-3']);
    const ids = stack.ids('web');
    stack.up('--scale', 'web=3');
    expect(stack.ids('web')).toEqual(ids);
  }, 120_000);

  test.each([
    [-1, {}, '-1 replicas of web is outside of what the intent allows.'],
    [1_000_000_000, {}, '1,000,000,000 replicas of web is outside of what the intent allows.'],
    [1.5, {}, '1.5 replicas of web is outside of what the intent allows.'],
    [Number.NaN, {}, 'NaN replicas of web is outside of what the intent allows.'],
    [1, { min: 2 }, '1 replicas of web is outside of what the intent allows.'],
    [null, {}, 'How many replicas of web is not said.'],
  ])('refuses %p replicas within %p', async (replicas, more, message) => {
    stack.write(web());
    const { blockers } = await lab.plan(scale, fields(replicas, more));
    expect(codes(blockers)).toEqual(['params_invalid']);
    expect(blockers.map((blocker) => plain(blocker.message))).toEqual([message]);
  });

  test.each([
    ['a container_name', { container_name: 'chatops-test-fixed' }, 2, ['replicas_impossible']],
    ['one host port', { ports: ['127.0.0.1:18080:80'] }, 2, ['replicas_impossible']],
    ['a range that is too short', { ports: ['18080-18081:80'] }, 3, ['replicas_impossible']],
    ['a range that is long enough', { ports: ['18080-18082:80'] }, 3, []],
    ['a port that Docker chooses', { ports: ['80'] }, 3, []],
    ['one host port and one container', { ports: ['18080:80'], container_name: 'chatops-test-x' }, 1, []],
  ])('sees before it tries: %s', async (_what, more, replicas, expected) => {
    stack.write(web({ networks: ['default'], ...more }));
    expect(codes((await lab.plan(scale, fields(replicas))).blockers)).toEqual(expected);
  });

  test('an image that is not there is a blocker, also when nothing runs yet', async () => {
    stack.write({ web: { image: `${stack.name}/nowhere:1` } });
    expect(codes((await lab.plan(scale, fields(1))).blockers)).toEqual(['image_missing']);
  });

  test('after a crash: says what runs, and goes back when it is asked to', async () => {
    stack.write(web());
    stack.up();
    const part = await lab.plan(scale, fields(3));
    expect((await scale.recover(part, [], lab.runContext())).summary.map(plain)).toEqual([
      'web had not been touched.',
    ]);
    stack.up('--scale', 'web=2');
    const journal = [{ kind: 'scaling', data: null }];
    const report = await scale.recover(part, journal, lab.runContext());
    expect(report.summary.map(plain)).toEqual([
      'web has 2 replicas now; it had 1.',
      '3 were wanted; whether new ones stay up was not watched.',
    ]);
    expect(plain(report.rollBack ?? [])).toBe('Go back to 1 replica of web.');
    const result = await scale.rollBack?.(part, journal, lab.runContext());
    expect(result?.state).toBe('rolled_back');
    expect(stack.running()).toEqual(['db-1', 'web-1']);
    expect((await scale.recover(part, journal, lab.runContext())).rollBack).toBeUndefined();
  });
});
