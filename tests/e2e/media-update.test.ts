import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { plain } from '../../src/core/model/phrase.js';
import { describeWithDocker, docker } from '../support/docker.js';
import { makeImage } from '../support/docker-images.js';
import { TestRegistry } from '../support/docker-registry.js';
import { MediaStack, stepsOf, summaryOf } from './media-stack.js';

// Real containers start, stop and are watched for seconds each.
jest.setTimeout(400_000);

describeWithDocker(
  'the intent "update the media stack"',
  () => {
    let registry: TestRegistry;
    let stack: MediaStack;

    beforeAll(async () => {
      registry = await TestRegistry.start();
    });
    afterAll(() => registry.stop());
    beforeEach(async () => {
      stack = new MediaStack(registry);
      await stack.start();
    });
    afterEach(() => stack.clean());

    test('a step in the middle fails once: resumed from there, and what was done is not repeated', async () => {
      stack.writeIntents();
      const before = stack.media.stack.images('plex');
      await stack.publish('2', { script: 'echo no luck; exit 3' });
      const first = await stack.update();
      expect(first).toMatchObject({ state: 'failed', outcome: { reason: 'not_healthy' } });
      expect(stepsOf(first)).toEqual({
        back_up_plex: 'succeeded',
        roll_out_sonarr: 'succeeded',
        roll_out_radarr: 'succeeded',
        roll_out_plex: 'rolled_back',
        scale_worker: 'waiting',
      });
      // Sonarr and radarr were both begun before either had ended.
      const firsts = stack.seen.filter((line) => /sonarr|radarr/.test(line)).slice(0, 2);
      expect(firsts.sort()).toEqual(['roll_out_radarr running', 'roll_out_sonarr running']);
      expect(stack.media.stack.images('plex')).toEqual(before);
      expect(plain(first.outcome?.next ?? [])).toMatch(/resume the run: what is done is not repeated\.$/);
      console.info(`${first.id}: ${summaryOf(first).join('\n  ')}`);

      const untouched = () => [
        stack.media.stack.ids('sonarr'),
        stack.media.stack.ids('radarr'),
        stack.archives(),
      ];
      const done = untouched();
      await stack.media.publish({ version: '3' }, stack.media.image('plex'));
      stack.seen.length = 0;
      const second = await stack.update({ resumes: first.id });
      console.info(`${second.id}: ${summaryOf(second).join('\n  ')}`);
      expect(second).toMatchObject({ state: 'succeeded', plan: { resumes: first.id } });
      expect(new Set(stack.seen.map((line) => line.split(' ')[0]))).toEqual(
        new Set(['roll_out_plex', 'scale_worker']),
      );
      expect(untouched()).toEqual(done);
      expect(stack.archives()).toHaveLength(1);
      expect(stack.media.stack.images('plex')).not.toEqual(before);
      expect(stack.media.stack.running()).toEqual(['plex-1', 'radarr-1', 'sonarr-1', 'worker-1', 'worker-2']);
      await expect(stack.update({ resumes: first.id })).rejects.toThrow(`${second.id} has resumed`);
    });

    test('killed with two steps under way: each is put right, and the rest is resumed', async () => {
      stack.writeIntents();
      await stack.publish('2');
      await stack.updateAndDie();
      const app = await stack.open();
      await app.ownership.recoverDead();
      const [last] = await app.store.runs.list({ limit: 1 });
      const run = await app.store.runs.get(last?.id ?? '');
      if (!run) throw new Error('no run');
      console.info(`${run.id}: ${summaryOf(run).join('\n  ')}`);
      expect(run).toMatchObject({ state: 'interrupted', outcome: { reason: 'process_died' } });
      expect(stepsOf(run)).toEqual({
        back_up_plex: 'succeeded',
        roll_out_sonarr: 'cancelled',
        roll_out_radarr: 'cancelled',
        roll_out_plex: 'waiting',
        scale_worker: 'waiting',
      });
      const offer = plain(run.outcome?.rollBack ?? []);
      const said = summaryOf(run).join(' ');
      for (const app of ['sonarr', 'radarr']) {
        // Compose may still have been about to remove the old container.
        const wentBack = said.includes(`${app} runs the image from before again`);
        expect([app, offer.includes(`Put back ${app} as before`)]).toEqual([app, !wentBack]);
      }
      expect(stack.media.stack.running()).toEqual(['plex-1', 'radarr-1', 'sonarr-1', 'worker-1']);
      const rest = await stack.update({ resumes: run.id });
      expect(rest.state).toBe('succeeded');
      expect(stack.archives()).toHaveLength(1);
      expect(stack.media.stack.running()).toEqual(['plex-1', 'radarr-1', 'sonarr-1', 'worker-1', 'worker-2']);
    });

    test('on_failure: rollback undoes what was done in reverse, and keeps the backup', async () => {
      stack.writeIntents('rollback');
      const images = () => [
        stack.media.stack.images('sonarr'),
        stack.media.stack.images('radarr'),
        stack.media.stack.images('plex'),
      ];
      const before = images();
      await stack.publish('2');
      // New containers of the worker are made from the image on this host, which is broken now.
      makeImage(stack.media.image('worker'), { version: 'broken', script: 'echo no luck; exit 3' });
      const run = await stack.update();
      console.info(`${run.id}: ${summaryOf(run).join('\n  ')}`);
      expect(run).toMatchObject({ state: 'rolled_back', outcome: { reason: 'not_healthy' } });
      expect(stepsOf(run)).toEqual({
        back_up_plex: 'succeeded',
        roll_out_sonarr: 'undone',
        roll_out_radarr: 'undone',
        roll_out_plex: 'undone',
        scale_worker: 'rolled_back',
      });
      expect(images()).toEqual(before);
      expect(stack.media.stack.running()).toEqual(['plex-1', 'radarr-1', 'sonarr-1', 'worker-1']);
      expect(stack.archives()).toHaveLength(1);
      const words = summaryOf(run);
      const undone = words.filter((line) => line.includes('was undone')).map((line) => line.split(' ')[0]);
      expect(undone[0]).toBe('roll_out_plex');
      expect(undone.slice(1).sort()).toEqual(['roll_out_radarr', 'roll_out_sonarr']);
      expect(words).toContain('back_up_plex stays: backups are kept.');
      // What the names mean on this host is as before too, so that a later `up` changes nothing.
      stack.media.stack.up();
      expect(images()).toEqual(before);
      expect(docker('ps', '-aq', '--filter', `label=chatops.twin.project=${stack.media.stack.name}`)).toBe(
        '',
      );
    });
  },
  'docker-registry',
);
