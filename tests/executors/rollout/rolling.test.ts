import { spawn } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import type { PartResult } from '../../../src/core/ports/executor.js';
import { rollout } from '../../../src/executors/rollout/executor.js';
import { describeWithDocker, docker } from '../../support/docker.js';
import { TestRegistry } from '../../support/docker-registry.js';
import { codes, said } from '../support/lab.js';
import { Shop } from './shop.js';

// Three containers are replaced one after the other, and each of them is watched.
jest.setTimeout(600_000);

interface Seen {
  /** The fewest containers that were healthy at once, from the first event on. */
  readonly fewest: number;
  /** How those that ended did, by their exit codes. */
  readonly exits: readonly string[];
}

describeWithDocker(
  'rollout, one container after the other',
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

    /** What the engine's own events tell of the service while the work is done. */
    async function watched(work: () => Promise<unknown>): Promise<Seen> {
      const healthy = new Set(shop.stack.ids('web'));
      const filters = [`label=com.docker.compose.project=${shop.stack.name}`, 'type=container'];
      const format = '{{.Action}} {{.ID}} {{index .Actor.Attributes "exitCode"}}';
      const events = spawn(
        'docker',
        ['events', '--since', '0s', ...filters.flatMap((one) => ['--filter', one]), '--format', format],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      let text = '';
      events.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      await work();
      // What the engine has told until here has come when this has.
      const [is, other] = shop.stack.names().includes('mark') ? ['mark', 'marked'] : ['marked', 'mark'];
      docker('rename', `${shop.stack.name}-${is}`, `${shop.stack.name}-${other}`);
      while (!text.includes('rename')) await new Promise((resolve) => setTimeout(resolve, 50));
      events.kill();
      let fewest = healthy.size;
      const exits: string[] = [];
      for (const line of text.split('\n')) {
        const [, action = '', id = '', exit = ''] = /^(.+?) ([0-9a-f]{64}) ?(.*)$/.exec(line) ?? [];
        if (action === 'health_status: healthy') healthy.add(id);
        if (['kill', 'stop', 'die', 'destroy', 'health_status: unhealthy'].includes(action))
          healthy.delete(id);
        if (action === 'die') exits.push(exit);
        fewest = Math.min(fewest, healthy.size);
      }
      return { fewest, exits };
    }

    function start(more: object = {}): void {
      shop.start({
        web: { image: shop.image(), scale: 3, ...more },
        mark: { image: shop.image(), container_name: `${shop.stack.name}-mark`, network_mode: 'none' },
      });
      const isWell = () =>
        shop.stack.names('--filter', 'health=healthy').filter((name) => name.startsWith('web'));
      while (isWell().length < 3);
    }

    async function rolled(): Promise<{ seen: Seen; state: string; words: string }> {
      const ends: PartResult[] = [];
      const seen = await watched(async () => {
        ends.push((await shop.go({ strategy: 'rolling', services: ['web'] })).result);
      });
      return { seen, state: ends.map(({ state }) => state).join(), words: ends.map(said).join() };
    }

    test('never fewer than two of three are healthy, whether the new ones fail, or take the place of the old ones', async () => {
      const old = await shop.publish({ version: '1', health: 'true' });
      start();
      const before = shop.stack.ids('web');
      await shop.publish({ version: 'bad', script: 'exit 3', health: 'true' });
      const failed = await rolled();
      expect(failed.state).toBe('rolled_back');
      expect(failed.seen.fewest).toBeGreaterThanOrEqual(2);
      expect(shop.stack.images('web')).toEqual([old]);
      expect(shop.stack.ids('web')).toEqual(before);
      expect(shop.stack.running()).toEqual(['marked', 'web-1', 'web-2', 'web-3']);

      const next = await shop.publish({ version: '2', health: 'true' });
      const { seen, state, words } = await rolled();
      expect(state).toBe('succeeded');
      expect(words).toMatch(/^web runs .* and is healthy\.$/);
      expect(seen.fewest).toBeGreaterThanOrEqual(2);
      // The old ones end by themselves.
      expect(seen.exits).toEqual(['0', '0', '0']);
      expect(shop.stack.images('web')).toEqual([next]);
      const ids = shop.stack.ids('web');
      expect(ids).toHaveLength(3);
      shop.stack.up('--no-deps', 'web');
      expect(shop.stack.ids('web')).toEqual(ids);
      expect(shop.twins()).toEqual([]);
    });

    test('an edit after the first new one is the way back: none gets what nobody was shown', async () => {
      const old = await shop.publish({ version: '1' });
      shop.start({ web: { image: shop.image(), scale: 2 } });
      const before = shop.stack.ids('web');
      await shop.publish({ version: '2' });
      const part = await shop.plan({ strategy: 'rolling' });
      shop.lab.adapt = (host) => ({
        ...host,
        exec: async (argv, options) => {
          const isSecond = argv.includes('up') && shop.stack.images('web').length > 1;
          if (isSecond) shop.stack.write({ web: { image: shop.image(), cap_add: ['SYS_ADMIN'], scale: 2 } });
          return host.exec(argv, options);
        },
      });
      const result = await rollout.run(part, shop.lab.runContext());
      expect(result).toMatchObject({ state: 'rolled_back', reason: 'plan_changed' });
      expect(shop.stack.images('web')).toEqual([old]);
      expect(shop.stack.ids('web')).toHaveLength(before.length);
      const rights = docker('inspect', '--format', '{{.HostConfig.CapAdd}}', ...shop.stack.ids('web'));
      expect(rights.split('\n')).toEqual(['[]', '[]']);
    });

    test('one container alone is replaced at once, with words; volumes without a name are refused', async () => {
      await shop.publish({ version: '1' });
      shop.start({
        web: { image: shop.image() },
        data: { image: shop.image(), scale: 2, volumes: ['/data'] },
      });
      await shop.publish({ version: '2' });
      const part = await shop.plan({ strategy: 'rolling' });
      expect(codes(part.warnings)).toContain('not_rolling');
      expect(codes(part.blockers)).toEqual(['rolling_impossible']);
      const strategies = part.data.replacements.map(({ service, strategy }) => `${service} ${strategy}`);
      expect(strategies.sort()).toEqual(['data rolling', 'web all_at_once']);
      expect(rollout.kind).toBe('rollout');
    });
  },
  'docker-registry',
);
