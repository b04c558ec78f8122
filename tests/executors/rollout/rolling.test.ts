import { spawn } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
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
      docker('rename', `${shop.stack.name}-mark`, `${shop.stack.name}-marked`);
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
      while (isWell().length < 3) docker('version');
    }

    test('never fewer than two of three are healthy, and the old ones end by themselves', async () => {
      shop.publish({ version: '1', health: 'true' });
      start();
      const next = shop.publish({ version: '2', health: 'true' });
      let state = '';
      const seen = await watched(async () => {
        const { result } = await shop.go({ strategy: 'rolling', services: ['web'] });
        state = `${result.state}: ${said(result)}`;
      });
      expect(state).toMatch(/^succeeded: web runs .* and is healthy\.$/);
      expect(seen.fewest).toBeGreaterThanOrEqual(2);
      expect(seen.exits).toEqual(['0', '0', '0']);
      expect(shop.stack.images('web')).toEqual([next]);
      expect(shop.stack.ids('web')).toHaveLength(3);
      const ids = shop.stack.ids('web');
      shop.stack.up('--no-deps', 'web');
      expect(shop.stack.ids('web')).toEqual(ids);
      expect(shop.twins()).toEqual([]);
    });

    test('a new one that fails: the three of before run, and two of them were never away', async () => {
      const old = shop.publish({ version: '1', health: 'true' });
      start();
      const before = shop.stack.ids('web');
      shop.publish({ version: '2', script: 'exit 3', health: 'true' });
      let state = '';
      const seen = await watched(async () => {
        const { result } = await shop.go({ strategy: 'rolling', services: ['web'] });
        state = result.state;
      });
      expect(state).toBe('rolled_back');
      expect(seen.fewest).toBeGreaterThanOrEqual(2);
      expect(shop.stack.images('web')).toEqual([old]);
      expect(shop.stack.ids('web')).toEqual(before);
      expect(shop.stack.running()).toEqual(['marked', 'web-1', 'web-2', 'web-3']);
    });

    test('one container alone is replaced at once, with words; volumes without a name are refused', async () => {
      shop.publish({ version: '1' });
      shop.start({
        web: { image: shop.image() },
        data: { image: shop.image(), scale: 2, volumes: ['/data'] },
      });
      shop.publish({ version: '2' });
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
