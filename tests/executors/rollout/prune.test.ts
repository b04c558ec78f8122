import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { rollout } from '../../../src/executors/rollout/executor.js';
import { describeWithDocker, testName } from '../../support/docker.js';
import { makeImage } from '../../support/docker-images.js';
import { TestRegistry } from '../../support/docker-registry.js';
import { OwnDockerd } from '../../support/own-dockerd.js';
import { Lab, said } from '../support/lab.js';

describeWithDocker(
  'rollout, while somebody prunes',
  () => {
    let lab: Lab;
    let engine: OwnDockerd;
    let registry: TestRegistry;
    let folder: string;
    const name = testName();

    beforeAll(async () => {
      [engine, registry] = await Promise.all([OwnDockerd.start(), TestRegistry.start()]);
    }, 90_000);
    afterAll(() => Promise.all([engine.stop(), registry.stop()]), 90_000);
    beforeEach(() => {
      lab = new Lab();
      lab.environment = { ...process.env, ...engine.env };
      folder = mkdtempSync(join(tmpdir(), 'chatops-test-stack-'));
    });
    afterEach(() => {
      const all = engine.docker('ps', '-aq').split('\n').filter(Boolean);
      if (all.length > 0) engine.docker('rm', '-f', '-v', ...all);
      rmSync(folder, { recursive: true, force: true });
      lab.clean();
    });

    /** Rolls out an image that never gets healthy, and does something while it is watched. */
    async function failWhile(disturb: () => void) {
      const image = `${registry.address}/${name}/web:1`;
      const file = join(folder, 'docker-compose.yml');
      writeFileSync(file, JSON.stringify({ name, services: { web: { image, network_mode: 'none' } } }));
      makeImage(image, { version: 'bad', health: 'exit 1' }, engine.env);
      engine.docker('push', '-q', image);
      const bad = engine.docker('image', 'inspect', '--format', '{{index .RepoDigests 0}}', image);
      makeImage(image, { version: 'good' }, engine.env);
      engine.docker('push', '-q', image);
      engine.docker('compose', '-f', file, 'up', '-d', '--pull', 'always');
      const old = engine.docker('image', 'inspect', '--format', '{{.Id}}', image);
      engine.docker('image', 'prune', '-a', '-f');
      const part = await lab.plan(rollout, { services: [], compose: file, stable_for: 1, timeout: 4 });
      expect(part.data.replacements).toEqual([]);

      // The tag moves in the registry, and stays as it was here.
      engine.docker('pull', '-q', bad);
      engine.docker('tag', bad, image);
      engine.docker('push', '-q', image);
      engine.docker('tag', old, image);
      const moved = await lab.plan(rollout, { services: [], compose: file, stable_for: 1, timeout: 4 });
      expect(moved.data.replacements).toHaveLength(1);
      let disturbed = false;
      const progress = ({ current }: { current?: string }): void => {
        if (disturbed || current !== `${name}-web-1`) return;
        disturbed = true;
        disturb();
      };
      const result = await rollout.run(moved, { ...lab.runContext(), progress });
      expect(disturbed).toBe(true);
      const runs = engine.docker('inspect', '--format', '{{.Image}} {{.State.Status}}', `${name}-web-1`);
      return { result, runs, old, twins: engine.docker('ps', '-aq', '--filter', 'label=chatops.twin') };
    }

    test('docker system prune -a takes the twin too: the same image is pulled again', async () => {
      const { result, runs, old } = await failWhile(() => engine.docker('system', 'prune', '-a', '-f'));
      expect(result.state).toBe('rolled_back');
      expect(runs).toBe(`${old} running`);
    }, 120_000);

    // The last one, because the registry doesn't come back.
    test('docker image prune -a, and the registry away: the kept image runs again', async () => {
      const { result, runs, old, twins } = await failWhile(() => {
        registry.away();
        engine.docker('image', 'prune', '-a', '-f');
      });
      expect(said(result)).toContain('web runs the image from before again');
      expect(result.state).toBe('rolled_back');
      expect(runs).toBe(`${old} running`);
      expect(twins).toBe('');
    }, 120_000);
  },
  'docker-registry',
  'dockerd',
  'ip',
);
