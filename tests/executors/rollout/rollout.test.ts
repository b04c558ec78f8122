import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import { rollout } from '../../../src/executors/rollout/executor.js';
import { describeWithDocker, docker } from '../../support/docker.js';
import { TestRegistry } from '../../support/docker-registry.js';
import { codes, said } from '../support/lab.js';
import { Shop } from './shop.js';

// Real containers start, stop and are watched for seconds each.
jest.setTimeout(400_000);

describeWithDocker(
  'rollout',
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

    test('a new digest under the same tag: pulled by that digest, and every replica replaced', async () => {
      const old = await shop.publish({ version: '1', label: '5.14' });
      shop.start({
        web: { image: shop.image(), deploy: { replicas: 2 } },
        db: { image: shop.image(), scale: 1 },
      });
      shop.stack.up('--scale', 'web=3');
      expect(shop.stack.images('web')).toEqual([old]);
      const next = await shop.publish({ version: '2', label: '5.16' });
      const { part, result } = await shop.go({ services: ['web'] });
      expect(part.effects).toHaveLength(3);
      expect(plain(part.steps[1]?.title ?? [])).toMatch(
        /^web: 127\.0\.0\.1:\d+\/\S+\/web:1, 5\.14, sha256:\w{4}…\w\w → sha256:\w{4}…\w\w\. 3 containers are replaced\.$/,
      );
      expect(part.steps[0]?.commands[0]?.at(-1)).toMatch(/@sha256:[0-9a-f]{64}$/);
      expect(said(result)).toMatch(/^web runs \S+web:1 \(version 5\.16, sha256:\S+\) and stays up\.$/);
      expect(result.state).toBe('succeeded');
      expect(shop.stack.images('web')).toEqual([next]);
      expect(shop.stack.running()).toEqual(['db-1', 'web-1', 'web-2', 'web-3']);
      expect(shop.stack.images('db')).toEqual([old]);
      expect(shop.twins()).toEqual([]);
    });

    test('a twin that can’t be removed is told, and the next run removes it', async () => {
      await shop.publish({ version: '1' });
      shop.start({ web: { image: shop.image() } });
      await shop.publish({ version: '2' });
      let refused = 0;
      shop.lab.adapt = (host) => ({
        ...host,
        exec: async (argv, options) => {
          if (argv[1] !== 'rm' || argv[2] !== '--') return host.exec(argv, options);
          refused += 1;
          return host.exec(['sh', '-c', 'echo "the engine is busy" >&2; exit 1'], options);
        },
      });
      const { result } = await shop.go();
      expect(result.state).toBe('succeeded');
      expect(refused).toBe(2);
      expect(codes(result.warnings)).toEqual(['hold_left']);
      expect(result.warnings.map(({ message }) => plain(message)).join()).toMatch(
        /may be left: the engine is busy/,
      );
      expect(shop.twins()).toHaveLength(1);
      shop.lab.adapt = (host) => host;
      const again = await rollout.run(await shop.plan(), { ...shop.lab.runContext(), runId: 'r-next' });
      expect(codes(again.warnings)).toEqual([]);
      expect(shop.twins()).toEqual([]);
    });

    test('the same digest is already current, and not touched; so is everything after a rollout', async () => {
      await shop.publish({ version: '1' });
      writeFileSync(join(shop.stack.folder, 'web.env'), 'COLOUR=blue\n');
      shop.start({
        web: { image: shop.image(), env_file: 'web.env', depends_on: ['db'], environment: { PRICE: '5$$' } },
        db: { image: shop.image() },
      });
      const before = [shop.stack.ids('web'), shop.stack.ids('db')];
      const { part, result } = await shop.go();
      expect(codes(part.warnings)).toEqual(['nothing_to_do']);
      expect(part.steps.map(({ title }) => plain(title))).toEqual([
        'db: already current, not touched.',
        'web: already current, not touched.',
      ]);
      expect(result.state).toBe('succeeded');
      expect([shop.stack.ids('web'), shop.stack.ids('db')]).toEqual(before);

      await shop.publish({ version: '2' });
      const next = await shop.go();
      expect(next.part.data.replacements.map(({ service }) => service)).toEqual(['db', 'web']);
      expect(said(next.result)).toMatch(/^db runs .* web runs .* stays up\.$/);
      expect(next.result.state).toBe('succeeded');
      expect((await shop.plan()).data.current).toEqual(['db', 'web']);
    });

    test('a new configuration is a change too; services that do not run stay off; unknown ones and images are named', async () => {
      await shop.publish({ version: '1' });
      const job = { image: shop.image(), profiles: ['jobs'] };
      shop.start({ web: { image: shop.image() }, job });
      shop.stack.write({ web: { image: shop.image(), environment: { COLOUR: 'red' } }, job });
      const { part, result } = await shop.go();
      expect(codes(part.warnings)).toEqual([]);
      expect(plain(part.steps[1]?.title ?? [])).toMatch(
        /same image; configuration changed: COLOUR added\. 1 container is replaced\.$/,
      );
      expect(part.steps.map(({ title }) => plain(title)).at(-1)).toBe('job: its profile jobs is off.');
      expect(result.state).toBe('succeeded');
      expect(shop.stack.names()).toEqual(['web-1']);
      expect(docker('inspect', '--format', '{{.Config.Env}}', `${shop.stack.name}-web-1`)).toContain(
        'COLOUR=red',
      );

      const { blockers } = await shop.plan({ services: ['wbe'] });
      expect(codes(blockers)).toEqual(['service_unknown']);
      expect(plain(blockers[0]?.message ?? [])).toBe(`${shop.stack.file} has no service wbe.`);
      shop.stack.write({ web: { image: shop.image('web', 'nope') } });
      expect(codes((await shop.plan()).blockers)).toEqual(['image_missing']);
      shop.stack.write({ web: { image: `127.0.0.1:1/${shop.stack.name}/web:1` } });
      expect(codes((await shop.plan()).blockers)).toEqual(['registry_unreachable']);
    });

    test('an image that is gone when it is pulled: nothing is touched; a tag that moves after the preview: what runs is what was shown', async () => {
      await shop.publish({ version: '1' });
      shop.start({ web: { image: shop.image() } });
      const before = shop.stack.ids('web');
      const shown = await shop.publish({ version: '2' });
      const part = await shop.plan();
      const replacements = part.data.replacements.map((one) => ({
        ...one,
        pull: `${one.pull?.slice(0, -8)}00000000`,
      }));
      const gone = { ...part, data: { ...part.data, replacements } };
      const failed = await rollout.run(gone, shop.lab.runContext());
      expect(failed).toMatchObject({ state: 'failed', reason: 'image_missing' });
      expect(said(failed)).toMatch(/could not be pulled: .*No container was touched\.$/);
      expect(shop.stack.ids('web')).toEqual(before);
      expect(shop.twins()).toEqual([]);

      await shop.publish({ version: '3' });
      const again = await shop.plan();
      expect(JSON.stringify(again.targets)).not.toBe(JSON.stringify(part.targets));
      expect(JSON.stringify((await shop.plan()).targets)).toBe(JSON.stringify(again.targets));
      const result = await rollout.run(part, shop.lab.runContext());
      expect(result.state).toBe('succeeded');
      expect(shop.stack.images('web')).toEqual([shown]);
    });
  },
  'docker-registry',
);
