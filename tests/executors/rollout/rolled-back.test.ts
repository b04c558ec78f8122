import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import { rollout } from '../../../src/executors/rollout/executor.js';
import { describeWithDocker, docker } from '../../support/docker.js';
import { type ImageRecipe, makeImage, SLEEP } from '../../support/docker-images.js';
import { TestRegistry } from '../../support/docker-registry.js';
import { codes, said } from '../support/lab.js';
import { Shop } from './shop.js';

// Real containers start, stop and are watched for seconds each.
jest.setTimeout(400_000);

describeWithDocker(
  'rollout, rolled back',
  () => {
    let registry: TestRegistry;
    let shop: Shop;

    beforeAll(async () => {
      registry = await TestRegistry.start();
    });
    afterAll(() => registry.stop());
    beforeEach(() => {
      shop = new Shop(registry);
    });
    afterEach(() => shop.clean());

    const idOf = (image: string): string => docker('image', 'inspect', '--format', '{{.Id}}', image);

    test('an image that ends again and again, and one that turns unhealthy: the image id of before runs again', async () => {
      const old = await shop.publish({ version: '1' });
      shop.start({ web: { image: shop.image(), restart: 'always' } });
      const rolledBack = async (recipe: ImageRecipe, stableFor: number, why: RegExp): Promise<void> => {
        await shop.publish(recipe);
        // The old image is watched as long once it is back.
        const { result } = await shop.go({ timeout: 5, stable_for: stableFor });
        expect(result).toMatchObject({ state: 'rolled_back', reason: 'not_healthy' });
        expect(said(result)).toMatch(why);
        expect(said(result)).toMatch(
          /^web runs the image from before again \(sha256:\S+\) and stays up\. .* It was down/,
        );
        expect(shop.stack.images('web')).toEqual([old]);
        expect(shop.stack.running()).toEqual(['web-1']);
        expect(idOf(shop.image())).toBe(old);
        expect(shop.twins()).toEqual([]);
      };
      await rolledBack(
        { version: 'bad', script: 'exit 3' },
        4,
        /web-1 keeps ending and was restarted \d+ times\./,
      );
      const sick = 'touch /tmp/ok; sleep 5; rm /tmp/ok; trap "exit 0" TERM; sleep 100000 & wait';
      await rolledBack(
        { version: 'bad', script: sick, health: 'test -e /tmp/ok' },
        12,
        /web-1 was healthy first, then turned unhealthy\./,
      );
      const after = shop.stack.ids('web');
      shop.stack.up('--no-deps');
      expect(shop.stack.ids('web')).toEqual(after);
    });

    test('a way back that fails names what it left down, keeps what ran before, and can be repeated', async () => {
      const old = await shop.publish({ version: '1' });
      const fine = { image: shop.image(), stop_grace_period: '1s' };
      shop.start({ api: fine, web: fine });
      shop.stack.write({ api: fine, web: { ...fine, command: ['/bin/sh', '-c', 'exit 3'] } });
      let isBroken = true;
      shop.lab.adapt = (host) => ({
        ...host,
        exec: (argv, options) =>
          isBroken && String(options?.stdin).includes('name=chatops-back-')
            ? host.exec(['sh', '-c', 'echo "the engine is broken" >&2; exit 1'], options)
            : host.exec(argv, options),
      });
      const { part, result } = await shop.go({ timeout: 5 });
      const key = `service:${shop.stack.name}/web`;
      expect(result).toMatchObject({
        state: 'failed',
        reason: 'rollback_failed',
        left: [{ key, name: 'web', wanted: 1 }],
      });
      expect(said(result)).toMatch(/^Putting back web as it was before .* the engine is broken/);
      expect(shop.twins()).toHaveLength(1);
      isBroken = false;
      const again = await rollout.rollBack?.(part, shop.lab.journal, shop.lab.runContext());
      expect(again?.state).toBe('rolled_back');
      expect(shop.stack.images('web')).toEqual([old]);
      expect(shop.stack.running()).toEqual(['api-1', 'web-1']);
      expect(shop.twins()).toEqual([]);
    });

    test('what Compose refuses, or was stopped before anything was replaced, touches nothing; stopped later, the old image runs again', async () => {
      const old = await shop.publish({ version: '1' });
      const web = { image: shop.image() };
      shop.start({ web });
      const before = shop.stack.ids('web');
      await shop.publish({ version: '2' });
      const untouched = (): void => {
        expect(shop.stack.ids('web')).toEqual(before);
        expect(idOf(shop.image())).toBe(old);
        expect(shop.twins()).toEqual([]);
      };
      const missing = `${shop.stack.folder}/not-mounted`;
      const bind = { type: 'bind', source: missing, target: '/nas', bind: { create_host_path: false } };
      shop.stack.write({ web: { ...web, volumes: [bind] } });
      const { result: refused } = await shop.go();
      expect(refused.state).toBe('failed');
      expect(said(refused)).toMatch(/^Nothing was replaced\. web .*bind source path does not exist/);
      expect(said(refused)).not.toMatch(/down|again/);
      expect(plain(refused.next ?? [])).toBe(
        `Create ${missing}, or mount what belongs there, then roll out again.`,
      );
      untouched();

      shop.stack.write({ web });
      const part = await shop.plan({ stable_for: 600 });
      shop.lab.stop.abort();
      const early = await rollout.run(part, shop.lab.runContext());
      expect(early).toMatchObject({ state: 'cancelled', reason: 'stopped' });
      expect(said(early)).toBe('No container was touched.');
      untouched();

      shop.lab.stop = new AbortController();
      const ctx = shop.lab.runContext();
      const stopAt = `${shop.stack.name}-web-1`;
      const progress = ({ current }: { current?: string }) =>
        void (current === stopAt && shop.lab.stop.abort());
      const shortly = { ...part, data: { ...part.data, stableFor: 2 } };
      const late = await rollout.run(shortly, { ...ctx, progress });
      expect(late).toMatchObject({ state: 'rolled_back', reason: 'stopped' });
      expect(shop.stack.images('web')).toEqual([old]);
      expect(shop.twins()).toEqual([]);
    });

    test('the file is changed, or deleted, while the new one is watched', async () => {
      const old = await shop.publish({ version: '1' });
      const front = { image: shop.image(), environment: { COLOUR: 'red' }, networks: ['one'] };
      const write = (): void => shop.stack.write({ web: front }, { networks: { one: {} } });
      write();
      shop.stack.up('--quiet-pull');
      await shop.publish({ version: '2', script: 'exit 3' });
      const edits = [
        () => shop.stack.write({ web: { image: shop.image('web', '9') } }),
        () => rmSync(shop.stack.file),
      ];
      for (const edit of edits) {
        write();
        const part = await shop.plan();
        const ctx = shop.lab.runContext();
        const step = (index: number, state: string): void => {
          if (index === 1 && state === 'failed') edit();
        };
        const result = await rollout.run(part, { ...ctx, step });
        expect(result.state).toBe('rolled_back');
        expect(said(result)).toMatch(/web-1 ended with exit code 3\./);
        expect(shop.stack.images('web')).toEqual([old]);
        expect(shop.stack.running()).toEqual(['web-1']);
        const format = '{{.Config.Env}} {{json .NetworkSettings.Networks}}';
        const now = docker('inspect', '--format', format, `${shop.stack.name}-web-1`);
        expect(now).toMatch(/COLOUR=red.*_one"/);
      }
    });

    test('one service fails: it goes back to its version by its id, units before it keep their new one, those after it are not begun', async () => {
      const old = await shop.publish({ version: '1' });
      for (const app of ['a', 'c']) await shop.publish({ version: '1' }, shop.image(app));
      const [a, c] = [{ image: shop.image('a') }, { image: shop.image('c') }];
      shop.start({ a, b: { image: shop.image(), deploy: { replicas: 2 } }, c });
      const oldC = shop.stack.ids('c');
      const newA = await shop.publish({ version: '2' }, shop.image('a'));
      await shop.publish({ version: '2' }, shop.image('c'));
      // Its file names another version from now on.
      await shop.publish({ version: 'bad', script: 'exit 1' }, shop.image('web', '2'));
      shop.stack.write({ a, b: { image: shop.image('web', '2'), deploy: { replicas: 2 } }, c });
      const { result } = await shop.go();
      expect(result.state).toBe('rolled_back');
      expect(said(result)).toMatch(/a keeps its new version\. c was not begun, and not touched\.$/);
      expect([shop.stack.images('a'), shop.stack.images('b')]).toEqual([[newA], [old]]);
      expect(shop.stack.ids('c')).toEqual(oldC);
      expect(shop.stack.running()).toEqual(['a-1', 'b-1', 'b-2', 'c-1']);
    });

    test('services that share an image, or depend on each other, go back together', async () => {
      const old = await shop.publish({ version: '1', health: 'true' });
      const oldC = await shop.publish({ version: '1' }, shop.image('c'));
      const sick = 'test ! -e /new || { echo connection refused; exit 1; }';
      const services = (pick: string) => ({
        a: { image: shop.image(), depends_on: ['c'], networks: ['default'] },
        b: {
          image: shop.image(),
          healthcheck: { test: ['CMD-SHELL', sick] },
          networks: ['default'],
        },
        c: { image: shop.image('c'), environment: { PICK: pick }, volumes: ['/data'], networks: ['default'] },
        d: { image: shop.image(), network_mode: 'none', depends_on: ['c'] },
      });
      shop.start(services('1'));
      docker('exec', shop.stack.ids('c')[0] ?? '', 'sh', '-c', 'echo kept >/data/file');
      await shop.publish({ version: '2', script: `touch /new; ${SLEEP}`, health: 'true' });
      shop.stack.write(services('2'));
      const { result } = await shop.go({ timeout: 4 });
      expect(result.state).toBe('rolled_back');
      expect(said(result)).toMatch(
        /^c runs the image from before again .*a runs the image from before again/,
      );
      expect(said(result)).toMatch(/b-1 never became healthy \(waited 4 s: connection refused\)\./);
      expect(['a', 'b', 'd'].map((service) => shop.stack.images(service))).toEqual([[old], [old], [old]]);
      expect(shop.stack.images('c')).toEqual([oldC]);
      expect(docker('inspect', '--format', '{{.Config.Env}}', `${shop.stack.name}-c-1`)).toContain('PICK=1');
      expect(docker('exec', `${shop.stack.name}-c-1`, 'cat', '/data/file')).toBe('kept');
      expect(idOf(shop.image())).toBe(old);
      expect(shop.twins()).toEqual([]);
    });

    test('a service in another one’s network is replaced with it, and may not be left out', async () => {
      await shop.publish({ version: '1' });
      await shop.publish({ version: '1' }, shop.image('vpn'));
      shop.start({
        vpn: { image: shop.image('vpn') },
        web: { image: shop.image(), network_mode: 'service:vpn' },
      });
      expect((await shop.plan()).data.current).toEqual(['vpn', 'web']);
      await shop.publish({ version: '2' }, shop.image('vpn'));
      expect(codes((await shop.plan({ services: ['vpn'] })).blockers)).toEqual(['dependents_affected']);
      const before = shop.stack.ids('web');
      const { part, result } = await shop.go();
      expect(part.data.replacements.map(({ reasons }) => reasons)).toEqual([['image'], ['namespace']]);
      expect(result.state).toBe('succeeded');
      expect(shop.stack.ids('web')).not.toEqual(before);
      const mode = docker('inspect', '--format', '{{.HostConfig.NetworkMode}}', `${shop.stack.name}-web-1`);
      expect(mode).toBe(`container:${shop.stack.ids('vpn')[0]}`);
      expect((await shop.plan()).data.current).toEqual(['vpn', 'web']);

      await shop.publish({ version: '3', script: 'exit 1' }, shop.image('vpn'));
      const failed = await shop.go();
      expect(failed.result.state).toBe('rolled_back');
      expect(said(failed.result)).toMatch(
        /^vpn runs the image from before again .* web runs the image from before again/,
      );
      expect(said(failed.result)).not.toContain('not begun');
      expect(shop.stack.running()).toEqual(['vpn-1', 'web-1']);
      const after = docker('inspect', '--format', '{{.HostConfig.NetworkMode}}', `${shop.stack.name}-web-1`);
      expect(after).toBe(`container:${shop.stack.ids('vpn')[0]}`);
    });

    test('an image that is built here is not pulled; what was built meanwhile is rolled out', async () => {
      const name = `${shop.stack.name}/built:1`;
      const old = makeImage(name, { version: '1' });
      shop.stack.write({ web: { image: name, pull_policy: 'never' } });
      shop.stack.up();
      expect((await shop.plan()).data.current).toEqual(['web']);
      makeImage(name, { version: '2', script: 'exit 1' });
      const { part, result } = await shop.go();
      expect(part.steps[0]?.commands).toEqual([]);
      expect(result.state).toBe('rolled_back');
      expect(shop.stack.images('web')).toEqual([old]);
      docker('rmi', '-f', name);
      expect(codes((await shop.plan()).blockers)).toEqual(['image_local_only']);
    });
  },
  'docker-registry',
);
