import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { RolloutFields, ScaleFields } from '../../../src/core/model/fields.js';
import type { RunContext } from '../../../src/core/ports/executor.js';
import { rollout } from '../../../src/executors/rollout/executor.js';
import { scale } from '../../../src/executors/scale/executor.js';
import { ComposeStack } from '../../support/compose-stack.js';
import { describeWithDocker, docker, testName } from '../../support/docker.js';
import { makeImage } from '../../support/docker-images.js';
import { EngineRelay } from '../../support/engine-relay.js';
import { codes, Lab, said } from '../support/lab.js';

// Real containers start, stop and are watched for seconds each.
jest.setTimeout(180_000);

describeWithDocker('when new containers count as fine', () => {
  let lab: Lab;
  let stack: ComposeStack;
  let relay: EngineRelay | null = null;

  const base = `${testName()}:1`;

  beforeAll(() => void makeImage(base, { version: '1' }));
  afterAll(() => void docker('rmi', '-f', base));
  beforeEach(() => {
    lab = new Lab();
    stack = new ComposeStack();
    docker('tag', base, image());
  });
  afterEach(() => {
    relay?.end();
    relay = null;
    stack.clean();
    lab.clean();
  });

  function image(): string {
    return `${stack.name}/app:1`;
  }

  function service(more: object = {}): object {
    return { image: image(), pull_policy: 'never', network_mode: 'none', stop_grace_period: '1s', ...more };
  }

  function fields(more: Partial<RolloutFields> = {}): RolloutFields {
    return { services: [], compose: stack.file, stable_for: 1, timeout: 20, ...more };
  }

  function scaled(replicas: number): ScaleFields {
    const { compose, stable_for, timeout } = fields();
    return { service: 'job', replicas, min: 0, max: 9, compose, stable_for, timeout };
  }

  function version(container: string): string {
    return docker('exec', `${stack.name}-${container}`, 'cat', '/version');
  }

  /** Healthy so many seconds after its start. */
  function healthyAfter(seconds: number, more: object): object {
    const test = `[ $$(($$(date +%s) - $$(date -r /proc/1 +%s))) -ge ${seconds} ]`;
    return service({ healthcheck: { test: ['CMD', '/bin/sh', '-c', test], interval: '1s', ...more } });
  }

  describe('health checks', () => {
    test('the timeout counts from the end of the start period, and the preview warns', async () => {
      stack.write({ web: healthyAfter(4, { start_period: '20s' }) });
      stack.up();
      makeImage(image(), { version: '2' });
      const part = await lab.plan(rollout, fields({ timeout: 2 }));
      expect(codes(part.warnings)).toContain('timeout_short');
      const result = await rollout.run(part, lab.runContext());
      expect(said(result)).toMatch(/^web runs .* and is healthy\.$/);
      expect(result.state).toBe('succeeded');
      expect(version('web-1')).toBe('2');
    });

    test('one that says neither yes nor no in time is still starting, and so is what comes back', async () => {
      stack.write({ web: healthyAfter(0, { interval: '1m' }) });
      stack.up();
      makeImage(image(), { version: '2' });
      const part = await lab.plan(rollout, fields({ timeout: 2 }));
      const result = await rollout.run(part, lab.runContext());
      expect(result).toMatchObject({ state: 'rolled_back', reason: 'still_starting' });
      expect(said(result)).toMatch(/web-1 is still starting \(waited 2(\.\d)? s\)/);
      expect(said(result)).toMatch(/again .* and is still starting\./);
      expect(version('web-1')).toBe('1');
    });

    test('a timeout that is long enough is no warning', async () => {
      stack.write({ web: healthyAfter(0, { interval: '2s', retries: 3, start_period: '10s' }) });
      stack.up();
      makeImage(image(), { version: '2' });
      expect(codes((await lab.plan(rollout, fields({ timeout: 16 }))).warnings)).not.toContain(
        'timeout_short',
      );
    });
  });

  describe('one-shot services that are scaled', () => {
    function job(script: string, more: object = {}): void {
      mkdirSync(join(stack.folder, 'state'), { recursive: true });
      stack.write({
        job: service({ command: ['/bin/sh', '-c', script], volumes: ['./state:/state'], ...more }),
      });
    }

    test('one that ends with 0 has succeeded', async () => {
      job('touch /state/done', { restart: 'no' });
      const part = await lab.plan(scale, scaled(1));
      const result = await scale.run(part, lab.runContext());
      expect(said(result)).toBe('job did its work: 1 container ended with exit code 0.');
      expect(result.state).toBe('succeeded');
      expect(existsSync(join(stack.folder, 'state/done'))).toBe(true);
    });

    test('one that ends with another exit code has failed', async () => {
      job('exit 3', { restart: 'no' });
      const result = await scale.run(await lab.plan(scale, scaled(1)), lab.runContext());
      expect(result).toMatchObject({ state: 'rolled_back', reason: 'not_healthy' });
      expect(stack.names()).toEqual([]);
    });

    test('a service that is meant to run and ends with 0 has failed', async () => {
      job('exit 0');
      const result = await scale.run(await lab.plan(scale, scaled(1)), lab.runContext());
      expect(result).toMatchObject({ state: 'rolled_back', reason: 'not_healthy' });
    });
  });

  describe('an engine that is away for a moment', () => {
    /** Away from the moment that `leaves` sees, until somebody was told of it. */
    async function awayOnce(leaves: (argv: readonly unknown[]) => boolean): Promise<RunContext> {
      const engine = await EngineRelay.start();
      relay = engine;
      lab.environment = engine.environment;
      let hasBeen = false;
      lab.adapt = (host) => ({
        ...host,
        exec: (argv, options) => {
          if (!hasBeen && leaves(argv)) {
            hasBeen = true;
            engine.goAway();
          }
          return host.exec(argv, options);
        },
      });
      const context = lab.runContext();
      return {
        ...context,
        progress: (update) => {
          context.progress(update);
          if (update.current?.includes('Docker')) void engine.comeBack();
        },
      };
    }

    test.each([
      ['while Compose is asked', (argv: readonly unknown[]) => argv.includes('up')],
      [
        'while the new containers are watched',
        (() => {
          let isUp = false;
          return (argv: readonly unknown[]) => {
            isUp ||= argv.includes('up');
            return isUp && argv.includes('inspect');
          };
        })(),
      ],
    ])('a rollout %s: it is waited for, and the new version stays', async (_when, leaves) => {
      stack.write({ web: service() });
      stack.up();
      makeImage(image(), { version: '2' });
      const part = await lab.plan(rollout, fields());
      const result = await rollout.run(part, await awayOnce(leaves));
      expect(said(result)).toMatch(/^web runs .* and stays up\.$/);
      expect(result.state).toBe('succeeded');
      expect(lab.progress.map(({ current }) => current)).toContain(
        'waiting for Docker, which doesn’t answer',
      );
      expect(version('web-1')).toBe('2');
    });

    test('a scale: it is waited for too', async () => {
      stack.write({ job: service() });
      stack.up();
      const part = await lab.plan(scale, scaled(2));
      const result = await scale.run(part, await awayOnce((argv) => argv.includes('ps')));
      expect(said(result)).toBe('job runs 2 replicas now; it was 1.');
      expect(stack.running()).toEqual(['job-1', 'job-2']);
    });
  });
});
