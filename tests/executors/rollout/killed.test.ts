import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import { rollout } from '../../../src/executors/rollout/executor.js';
import { ComposeStack } from '../../support/compose-stack.js';
import { describeWithDocker, docker, idsOf } from '../../support/docker.js';
import { makeImage } from '../../support/docker-images.js';
import { TestRegistry } from '../../support/docker-registry.js';
import { Lab } from '../support/lab.js';
import { MortalRun } from '../support/mortal.js';

/** How often the process is killed, spread over the time that a rollout takes. */
const KILLS = Number(process.env.CHATOPS_TEST_KILLS ?? 3);

describeWithDocker(
  'rollout, killed in the middle',
  () => {
    let registry: TestRegistry;
    let lab: Lab;
    let stack: ComposeStack;

    beforeAll(async () => {
      registry = await TestRegistry.start();
    });
    afterAll(() => registry.stop());
    beforeEach(() => {
      lab = new Lab();
      stack = new ComposeStack('none');
    });
    afterEach(() => {
      stack.clean();
      lab.clean();
    });

    const fields = () => ({ services: [], compose: stack.file, stable_for: 1, timeout: 20 });
    const twins = () => idsOf('ps', '-aq', '--filter', `label=chatops.twin.project=${stack.name}`);

    test(`at ${KILLS} points: it runs again, the report is true, and going back works`, async () => {
      const image = `${registry.address}/${stack.name}/web:1`;
      const versions: [string, string] = ['', ''];
      for (const index of [0, 1] as const) {
        makeImage(image, { version: `${index}` });
        docker('push', '-q', image);
        versions[index] = docker('image', 'inspect', '--format', '{{.Id}}', image);
        docker('tag', image, `${stack.name}/v${index}:1`);
      }
      stack.write({ web: { image } });
      stack.up('--scale', 'web=2');
      let longest = 6000;
      for (let kill = 0; kill < KILLS; kill += 1) {
        const running = stack.images('web')[0] ?? '';
        const [old, next] = running === versions[0] ? versions : [versions[1], versions[0]];
        docker('tag', next, image);
        docker('push', '-q', image);
        docker('tag', old, image);
        const part = await lab.plan(rollout, fields());
        expect(part.data.replacements).toHaveLength(1);

        const run = new MortalRun(lab);
        const began = Date.now();
        const died = await run.workAndDie((ctx) => rollout.run(part, ctx), ((kill + 0.5) / KILLS) * longest);
        if (!died) {
          longest = Date.now() - began;
          continue;
        }
        const report = await rollout.recover(part, run.journal, lab.runContext());
        const words = report.summary.map(plain).join(' ');
        expect(stack.running()).toEqual(['web-1', 'web-2']);
        expect(stack.names()).toEqual(['web-1', 'web-2']);
        const [now, ...others] = stack.images('web');
        expect(others).toEqual([]);
        if (now === next) expect(words).toMatch(/^web (runs \S+ now; whether|has its new version)/);
        else expect(words).toMatch(/^(web runs the image from before again|No container had been touched)/);
        if (report.rollBack) {
          const result = await rollout.rollBack?.(part, run.journal, lab.runContext());
          expect(result?.state).toBe('rolled_back');
          expect(stack.images('web')).toEqual([old]);
          expect(stack.running()).toEqual(['web-1', 'web-2']);
        }
        expect(twins()).toEqual([]);
      }
    }, 1_200_000);

    test('a container that Compose had no time to name gets its name', async () => {
      const image = `${stack.name}/web:1`;
      makeImage(image, { version: '1' });
      stack.write({ web: { image, pull_policy: 'never' } });
      stack.up();
      makeImage(image, { version: '2' });
      const part = await lab.plan(rollout, fields());
      stack.up();
      docker('rename', `${stack.name}-web-1`, `0123456789ab_${stack.name}-web-1`);
      const journal = [
        { kind: 'replacing', data: { service: 'web', tagId: part.data.replacements[0]?.oldId ?? '' } },
      ];
      const report = await rollout.recover(part, journal, lab.runContext());
      expect(report.rollBack).toBeDefined();
      expect(stack.running()).toEqual(['web-1']);
      docker('rename', `${stack.name}-web-1`, `0123456789ab_${stack.name}-web-1`);
      expect((await rollout.rollBack?.(part, journal, lab.runContext()))?.state).toBe('rolled_back');
      expect(stack.running()).toEqual(['web-1']);
    }, 120_000);
  },
  'docker-registry',
);
