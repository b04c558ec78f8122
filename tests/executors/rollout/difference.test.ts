import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import { rollout } from '../../../src/executors/rollout/executor.js';
import { describeWithDocker } from '../../support/docker.js';
import { TestRegistry } from '../../support/docker-registry.js';
import { codes } from '../support/lab.js';
import { Shop } from './shop.js';

jest.setTimeout(400_000);

describeWithDocker(
  'a rollout says what changes',
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

    async function previewed(services: Record<string, object>) {
      shop.stack.write(services);
      const part = await shop.plan();
      const text = part.steps.map(({ title }) => plain(title).replaceAll(shop.image('web', ''), 'web:'));
      return { part, text };
    }

    test('another tag is an image only; a variable beside it is told by its name', async () => {
      await shop.publish({ version: '1' });
      await shop.publish({ version: '2' }, shop.image('web', '2'));
      const web = { image: shop.image(), environment: { PASSWORD: 'one' } };
      shop.start({ web });
      const bumped = await previewed({ web: { ...web, image: shop.image('web', '2') } });
      expect(bumped.text[1]).toBe('web: web:1 → web:2. 1 container is replaced.');
      expect(bumped.part.warnings).toEqual([]);
      expect(bumped.part.data.replacements[0]?.reasons).toEqual(['image']);
      const both = await previewed({
        web: { image: shop.image('web', '2'), environment: { PASSWORD: 'hidden' } },
      });
      expect(both.text[1]).toBe(
        'web: web:1 → web:2; configuration changed: PASSWORD has another value. 1 container is replaced.',
      );
      expect(JSON.stringify(both.part)).not.toContain('hidden');
      expect(JSON.stringify(both.part.targets)).not.toBe(JSON.stringify(bumped.part.targets));
    });

    test('an edit during the run ends it before anything is replaced', async () => {
      await shop.publish({ version: '1' });
      shop.start({ web: { image: shop.image() } });
      await shop.publish({ version: '2' });
      const part = await shop.plan();
      const [id] = shop.stack.ids('web');
      shop.lab.adapt = (host) => ({
        ...host,
        exec: async (argv, options) => {
          if (argv.includes('dial-stdio'))
            shop.stack.write({ web: { image: shop.image(), cap_add: ['SYS_ADMIN'] } });
          return host.exec(argv, options);
        },
      });
      const result = await rollout.run(part, shop.lab.runContext());
      expect(result).toMatchObject({ reason: 'plan_changed' });
      expect(result.state).not.toBe('succeeded');
      expect(shop.stack.ids('web')).toEqual([id]);
    });

    test('services in the namespaces of others are compared too', async () => {
      await shop.publish({ version: '1' });
      const vpn = { image: shop.image() };
      const inside = { image: shop.image(), network_mode: 'service:vpn', pid: 'service:vpn' };
      shop.start({ vpn, inside });
      expect((await previewed({ vpn, inside })).text).toEqual([
        'vpn: already current, not touched.',
        'inside: already current, not touched.',
      ]);
      const changed = await previewed({
        vpn,
        inside: { ...inside, environment: { NEW: '1' }, labels: { version: '2' } },
      });
      expect(changed.text[1]).toBe(
        'inside: web:1, same image; configuration changed: NEW added, label version added. 1 container is replaced.',
      );
    });

    test('more access to the host and data that moves are loud, and have the name typed', async () => {
      await shop.publish({ version: '1' });
      const image = shop.image();
      const more = { volumes: { data: {}, other: {} } };
      shop.stack.write({ web: { image, volumes: ['data:/data'] } }, more);
      shop.stack.up('--quiet-pull');
      shop.stack.write({ web: { image, volumes: ['other:/data', '/:/host'], privileged: true } }, more);
      const { warnings, typeName } = await shop.plan();
      expect(codes(warnings)).toEqual(['access_grows', 'data_moves']);
      expect(warnings.map(({ message }) => plain(message).replaceAll(shop.stack.name, 'NAME'))).toEqual([
        'web gets more access to this host: now privileged, adds bind / → /host (read-write).',
        'web would no longer find its data: /data is volume NAME_other, not volume NAME_data.',
      ]);
      expect(typeName).toBe(true);
      shop.stack.write({ web: { image, volumes: ['data:/data'], labels: { a: '1' } } }, more);
      expect((await shop.plan()).typeName).toBeUndefined();
    });
  },
  'docker-registry',
);
