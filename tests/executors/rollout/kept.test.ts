import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import { rollout } from '../../../src/executors/rollout/executor.js';
import { describeWithDocker, docker, testName } from '../../support/docker.js';
import { makeImage } from '../../support/docker-images.js';
import { TestRegistry } from '../../support/docker-registry.js';
import { type RefusingRegistry, refusingRegistry } from '../../support/refusing-registry.js';
import { codes, said } from '../support/lab.js';
import { Shop } from './shop.js';

// Real containers start, stop and are watched for seconds each.
jest.setTimeout(400_000);

describeWithDocker(
  'images whose registry gives no answer',
  () => {
    let registry: TestRegistry;
    let refusing: RefusingRegistry;
    let shop: Shop;
    const base = `${testName()}:1`;

    beforeAll(async () => {
      registry = await TestRegistry.start();
      makeImage(base, { version: '1' });
    });
    afterAll(async () => {
      docker('rmi', '-f', base);
      await registry.stop();
    });
    beforeEach(async () => {
      shop = new Shop(registry);
      const bearer = { 'www-authenticate': 'Bearer realm="http://127.0.0.1:1/token",service="none"' };
      const name = shop.stack.name;
      refusing = await refusingRegistry({
        [`${name}/private`]: {
          status: 401,
          code: 'UNAUTHORIZED',
          headers: { 'www-authenticate': 'Basic realm="x"' },
        },
        [`${name}/token`]: { status: 401, code: 'UNAUTHORIZED', headers: bearer },
        [`${name}/secret`]: { status: 403, code: 'DENIED' },
        [`${name}/busy`]: { status: 429, code: 'TOOMANYREQUESTS', message: 'retry-after: 45s' },
        [`${name}/down`]: { status: 500, code: 'UNKNOWN' },
      });
    });
    afterEach(() => {
      refusing.stop();
      shop.clean();
    });

    /** A service of an image that is here under this name, which its registry doesn't give out. */
    function here(image: string, more: object = {}): object {
      docker('tag', base, image);
      return { image, pull_policy: 'missing', ...more };
    }

    const at = (app: string): string => `${refusing.address}/${shop.stack.name}/${app}:1`;

    test('each is kept for a reason of its own, with the way out; the others are rolled out', async () => {
      await shop.publish({ version: '1' });
      const kept = {
        private: here(at('private')),
        secret: here(at('secret')),
        busy: here(at('busy')),
        down: here(at('down')),
        none: here(at('none')),
        away: here(`127.0.0.1:1/${shop.stack.name}/away:1`),
        lost: here(`nowhere.invalid/${shop.stack.name}/lost:1`),
      };
      shop.start({ ...kept, web: { image: shop.image() } });
      const before = Object.keys(kept).map((service) => shop.stack.ids(service));
      const next = await shop.publish({ version: '2' });
      const { part, result } = await shop.go();
      const told = (service: string): string[] =>
        part.warnings
          .filter(({ message }) => plain(message).startsWith(`${service} is kept as it is: `))
          .flatMap(({ code, remedy }) => [code, plain(remedy)]);
      expect(told('private')).toEqual([
        'registry_login',
        expect.stringContaining(`docker login ${refusing.address} as the bot’s user`),
      ]);
      expect(told('secret')).toEqual([
        'registry_denied',
        expect.stringContaining('an account that can pull it'),
      ]);
      expect(told('busy')).toEqual(['registry_limited', 'Wait 45 s, then try again.']);
      expect(told('down')).toEqual(['registry_broken', expect.stringContaining('Try again later')]);
      expect(told('none')).toEqual(['image_missing', expect.stringContaining('Correct the image’s name')]);
      expect(told('away')).toEqual(['registry_unreachable', expect.stringContaining('Check the network')]);
      expect(told('lost')).toEqual(['registry_unreachable', expect.stringContaining('DNS')]);
      expect(part.warnings).toHaveLength(7);
      expect(result.state).toBe('succeeded');
      expect(shop.stack.images('web')).toEqual([next]);
      expect(Object.keys(kept).map((service) => shop.stack.ids(service))).toEqual(before);

      // Where nothing could be looked up, there is nothing to confirm.
      const nothing = await shop.plan({ services: ['private', 'down'] });
      expect(codes(nothing.blockers).sort()).toEqual(['registry_broken', 'registry_login']);
      expect(codes(nothing.warnings)).toEqual([]);

      // A registry that answers again makes it another plan.
      const shown = await shop.plan();
      await shop.publish({ version: '1' }, shop.image('late'));
      const late = { image: shop.image('late'), pull_policy: 'missing' };
      shop.stack.write({ ...kept, down: late, web: { image: shop.image() } });
      expect(JSON.stringify((await shop.plan()).targets)).not.toBe(JSON.stringify(shown.targets));
    });

    test('services with one image are one warning, and one question', async () => {
      const image = here(at('busy'));
      await shop.publish({ version: '1' });
      shop.start({ one: image, two: image, three: image, web: { image: shop.image() } });
      const part = await shop.plan();
      expect(part.warnings.map(({ message }) => plain(message))[0]).toMatch(
        /^one, three and two are kept as they are: /,
      );
      expect(codes(part.warnings)).toEqual(['registry_limited', 'nothing_to_do']);
      // The engine itself asks with GET after a HEAD that was refused.
      expect(refusing.asked.filter((line) => line.startsWith('HEAD'))).toHaveLength(1);
    });

    test('what is built here is compared with the image here, and no registry is asked', async () => {
      const named = at('private');
      const old = makeImage(named, { version: '1' });
      await shop.publish({ version: '1' }, shop.image('pulled'));
      const services = {
        named: { image: named, build: '.' },
        never: { image: named, pull_policy: 'never' },
        web: { image: shop.image('pulled') },
      };
      shop.start(services);
      const same = await shop.plan();
      expect(codes(same.warnings)).toEqual(['nothing_to_do']);
      expect(same.data.current).toEqual(['named', 'never', 'web']);
      const built = makeImage(named, { version: '2' });
      expect(built).not.toBe(old);
      const part = await shop.plan({ services: ['named', 'never'] });
      expect(part.data.replacements.map(({ service }) => service)).toEqual(['named', 'never']);
      const result = await rollout.run(part, shop.lab.runContext());
      expect(said(result)).toContain('named runs');
      expect(shop.stack.images('named')).toEqual([built]);
      expect(refusing.asked).toEqual([]);
    });

    test('what should be here and isn’t: build it, or load it', async () => {
      const image = at('gone');
      await shop.publish({ version: '1' });
      makeImage(image, { version: '1' });
      shop.start({
        built: { image, build: '.' },
        loaded: { image, pull_policy: 'never' },
        web: { image: shop.image() },
      });
      docker('rmi', '-f', image);
      const part = await shop.plan();
      expect(codes(part.blockers)).toEqual([]);
      expect(codes(part.warnings)).toEqual(['image_unbuilt', 'image_local_only', 'nothing_to_do']);
    });
  },
  'docker-registry',
);
