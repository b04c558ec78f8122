import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ComposeStack } from '../support/compose-stack.js';
import { describeWithDocker, docker, testName } from '../support/docker.js';
import { makeImage } from '../support/docker-images.js';
import { TestRegistry } from '../support/docker-registry.js';
import { type Killed, killPoints, killRound } from './kill-round.js';
import { type Bot, Stage } from './stage.js';

/** How often the bot is killed in each test. */
const KILLS = Number(process.env.CHATOPS_TEST_KILLS ?? 3);
const LONG = 900_000;

describeWithDocker(
  'the bot is killed while it works on containers',
  () => {
    let stage: Stage;
    let stack: ComposeStack;
    const container = testName();
    const seen: string[] = [];

    beforeEach(async () => {
      stage = await Stage.create();
      stack = new ComposeStack();
    });
    afterEach(async () => {
      console.info(`${expect.getState().currentTestName}\n  ${seen.splice(0).join('\n  ')}`);
      const { violations } = stage.discord;
      await stage.end();
      stack.clean();
      expect(violations).toEqual([]);
    }, 60_000);

    async function rounds(
      withinMs: number,
      round: (bot: Bot, point: number, number: number) => Promise<Killed>,
      check: (killed: Killed) => void,
    ): Promise<void> {
      let bot = await stage.start();
      for (const [number, point] of killPoints(KILLS, withinMs).entries()) {
        const killed = await round(bot, point, number);
        bot = killed.next;
        seen.push(`${killed.killedAfter} ms: ${killed.state}`);
        expect(killed.left).toEqual([]);
        check(killed);
      }
      expect((await stage.cli(['audit', 'verify'])).code).toBe(0);
    }

    const ENDED = ['succeeded', 'interrupted', 'awaiting', 'plan_changed'];

    test(
      'plex: the container runs again, no half archive, and the next backup works',
      async () => {
        const image = `${container}:box`;
        makeImage(image, { version: 'plex' });
        docker('run', '-d', '--network', 'none', '--name', container, image);
        try {
          const folder = stage.path('dst', 'plex');
          await stage.intent(
            'plexdb',
            `action: backup\ndatabase_type: plex\nstack: media\nsource_container: ${container}\nsource_path: /bin\ndestination: ${folder}\n`,
          );
          await rounds(
            3000,
            (bot, point) => killRound(stage, bot, 'backup', { intent: 'plexdb' }, point),
            ({ state }) => {
              expect(ENDED).toContain(state);
              expect(docker('inspect', '--format', '{{.State.Running}}', container)).toBe('true');
              const names = existsSync(folder) ? readdirSync(folder) : [];
              expect(names.filter((name) => name.includes('partial'))).toEqual([]);
              for (const name of names.filter((entry) => entry.endsWith('.tar.gz'))) {
                execFileSync('tar', ['-tzf', join(folder, name)]);
              }
            },
          );
          expect(await stage.cli(['run', 'plexdb', '--yes'])).toMatchObject({ code: 0 });
        } finally {
          docker('rm', '-f', '-v', container);
          docker('rmi', '-f', image);
        }
      },
      LONG,
    );

    test(
      'scale: what ran still runs, Roll back is offered where the number is neither, the next scale works',
      async () => {
        const image = `${stack.name}/web:1`;
        makeImage(image, { version: '1' });
        stack.write({ web: { image } });
        stack.up();
        await stage.intent(
          'web',
          `action: scale\nstack: web\ncompose: ${stack.file}\nservice: web\nmin: 1\nmax: 5\nstable_for: 1\n`,
        );
        await rounds(
          4000,
          (bot, point, number) => {
            const [from, to] = number % 2 === 0 ? [1, 4] : [4, 1];
            stack.up('--scale', `web=${from}`);
            return killRound(stage, bot, 'scale', { intent: 'web', replicas: to }, point);
          },
          ({ state, run }) => {
            expect(ENDED).toContain(state);
            const running = stack.running();
            expect(running).toContain('web-1');
            const settled = running.length === stack.names().length && [1, 4].includes(running.length);
            if (!settled) expect(run.outcome?.rollBack).toMatch(/^Go back to /);
          },
        );
        expect(await stage.cli(['run', 'web', '-p', 'replicas=2', '--yes'])).toMatchObject({ code: 0 });
        expect(stack.running()).toHaveLength(2);
      },
      LONG,
    );

    let registry: TestRegistry;
    beforeAll(async () => {
      registry = await TestRegistry.start();
    });
    afterAll(() => registry.stop());

    test(
      'rollout: the service runs, one image or the other, and the next rollout works',
      async () => {
        const image = `${registry.address}/${stack.name}/web:1`;
        const push = (version: string): string => {
          const id = makeImage(image, { version });
          docker('push', '-q', image);
          return id;
        };
        const known = [push('0')];
        stack.write({ web: { image } });
        stack.up('--scale', 'web=2');
        await stage.intent(
          'web',
          `action: rollout\nstack: web\ncompose: ${stack.file}\nstable_for: 1\ntimeout: 20\n`,
        );
        await rounds(
          6000,
          (bot, point, number) => {
            const running = stack.images('web')[0] ?? '';
            known.push(push(`${number + 1}`));
            docker('tag', running, image);
            return killRound(stage, bot, 'rollout', { intent: 'web' }, point);
          },
          ({ state }) => {
            expect([...ENDED, 'rolled_back']).toContain(state);
            expect(stack.running()).toEqual(['web-1', 'web-2']);
            expect(stack.images('web')).toHaveLength(1);
            expect(known).toContain(stack.images('web')[0]);
          },
        );
        expect(await stage.cli(['run', 'web', '--yes'])).toMatchObject({ code: 0 });
        expect(stack.images('web')).toEqual([known.at(-1)]);
      },
      LONG,
    );
  },
  'docker-registry',
);
