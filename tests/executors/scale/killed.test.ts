import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import { scale } from '../../../src/executors/scale/executor.js';
import { ComposeStack } from '../../support/compose-stack.js';
import { describeWithDocker } from '../../support/docker.js';
import { makeImage } from '../../support/docker-images.js';
import { Lab } from '../support/lab.js';
import { MortalRun } from '../support/mortal.js';

/** How often the process is killed, spread over the time that a scale takes. */
const KILLS = Number(process.env.CHATOPS_TEST_KILLS ?? 3);

describeWithDocker('scale, killed in the middle', () => {
  let lab: Lab;
  let stack: ComposeStack;

  beforeEach(() => {
    lab = new Lab();
    stack = new ComposeStack('none');
  });
  afterEach(() => {
    stack.clean();
    lab.clean();
  });

  test(`at ${KILLS} points: the report is true, and going back works`, async () => {
    const image = `${stack.name}/web:1`;
    makeImage(image, { version: '1' });
    stack.write({ web: { image } });
    stack.up('--scale', 'web=2');
    const fields = {
      service: 'web',
      replicas: 0,
      min: 0,
      max: 50,
      compose: stack.file,
      stable_for: 1,
      timeout: 20,
    };
    for (let kill = 0; kill < KILLS; kill += 1) {
      const part = await lab.plan(scale, { ...fields, replicas: kill % 2 === 0 ? 4 : 1 });
      const run = new MortalRun(lab);
      if (!(await run.workAndDie((ctx) => scale.run(part, ctx), ((kill + 0.5) / KILLS) * 4000))) {
        stack.up('--scale', 'web=2');
        continue;
      }
      const report = await scale.recover(part, run.journal, lab.runContext());
      const words = report.summary.map(plain).join(' ');
      const count = stack.running().length;
      expect(words).toContain(
        run.journal.length === 0
          ? 'web had not been touched.'
          : `web has ${count} replica${count === 1 ? '' : 's'} now; it had 2.`,
      );
      if (report.rollBack) {
        expect((await scale.rollBack?.(part, run.journal, lab.runContext()))?.state).toBe('rolled_back');
      }
      expect(stack.running()).toEqual(['web-1', 'web-2']);
      expect(stack.names()).toEqual(['web-1', 'web-2']);
    }
  }, 600_000);

  test('what Compose had created and not started is removed, and nothing that was there before', async () => {
    const image = `${stack.name}/web:1`;
    makeImage(image, { version: '1' });
    stack.write({ web: { image } });
    stack.up('--scale', 'web=2');
    // Somebody else made one and did not start it, before this scale was planned.
    stack.compose('create', '--no-recreate', '--scale', 'web=3', 'web');
    const fields = { service: 'web', replicas: 5, min: 0, max: 50, compose: stack.file };
    const part = await lab.plan(scale, { ...fields, stable_for: 1, timeout: 20 });
    const journal = [{ kind: 'scaling', data: { at: Date.now() } }];
    stack.compose('create', '--no-recreate', '--scale', 'web=5', 'web');
    expect(stack.names()).toEqual(['web-1', 'web-2', 'web-3', 'web-4', 'web-5']);
    const report = await scale.recover(part, journal, lab.runContext());
    expect(stack.names()).toEqual(['web-1', 'web-2', 'web-3']);
    expect(report.summary.map(plain)).toEqual([
      '2 containers that had been created and never started were removed.',
      'web has 2 replicas now; it had 2.',
    ]);
    expect(report.rollBack).toBeUndefined();
  });
});
