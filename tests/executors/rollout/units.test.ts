import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { PlanPart } from '../../../src/core/model/plan.js';
import type { Executor } from '../../../src/core/ports/executor.js';
import { isRunnable, readPart } from '../../../src/core/ports/plan-data.js';
import type { Replacement, RolloutData } from '../../../src/executors/rollout/data.js';
import { rollout } from '../../../src/executors/rollout/executor.js';
import { openUnit, replacedServices } from '../../../src/executors/rollout/under-way.js';
import { unitsOf } from '../../../src/executors/rollout/units.js';
import { ROOT } from '../../support/root.js';

const deps = { executors: new Map([['rollout' as const, rollout as unknown as Executor]]) };
const stored = JSON.parse(
  readFileSync(join(ROOT, 'tests/fixtures/plans/rollout-v1.json'), 'utf8'),
) as PlanPart;

async function read(): Promise<RolloutData> {
  const part = await readPart(deps, stored);
  if (!part) throw new Error('it was not read');
  return part.data as RolloutData;
}

test('a plan of the first version is read for recovery, and never run as it is', async () => {
  const data = await read();
  expect(data.inputs.files).toEqual(['/opt/stacks/media/docker-compose.yml']);
  expect(data.replacements.map(({ dependsOn, strategy }) => ({ dependsOn, strategy }))).toEqual([
    { dependsOn: [], strategy: 'all_at_once' },
    { dependsOn: [], strategy: 'all_at_once' },
  ]);
  expect(await isRunnable(deps, [stored])).toBe(false);
  const journal = [
    { kind: 'holding', data: null },
    { kind: 'replacing', data: { service: 'vpn', tagId: null } },
    { kind: 'replaced', data: { service: 'vpn' } },
    { kind: 'replacing', data: { service: 'web', tagId: null } },
  ];
  expect(openUnit(data, journal)?.begun.map(({ service }) => service)).toEqual(['web']);
  expect(openUnit(data, journal.slice(0, 3))).toBeNull();
});

test('what shares an image, depends on another or lives in its network is one unit, in the given order', async () => {
  const [plain] = (await read()).replacements;
  const one = (service: string, more: Partial<Replacement> = {}): Replacement => ({
    ...(plain as Replacement),
    service,
    image: service,
    pull: null,
    livesIn: [],
    ...more,
  });
  const all = [
    one('db'),
    one('alone'),
    one('worker', { image: 'app' }),
    one('vpn'),
    one('web', { image: 'app', dependsOn: ['db', 'elsewhere'] }),
    one('torrent', { livesIn: ['vpn'] }),
  ];
  const names = unitsOf(all).map((unit) => unit.map(({ service }) => service));
  expect(names).toEqual([['db', 'worker', 'web'], ['alone'], ['vpn', 'torrent']]);
});

test('a unit is open until all of it is new, or has gone back', async () => {
  const data = await read();
  const keeping = { kind: 'keeping', data: { runId: 'r-1' } };
  const replacing = (service: string) => ({ kind: 'replacing', data: { service, tagId: null } });
  const replaced = (service: string) => ({ kind: 'replaced', data: { service } });
  const half = [keeping, replacing('vpn'), replaced('vpn')];
  expect(openUnit(data, [keeping])).toBeNull();
  expect(openUnit(data, half)?.begun.map(({ service }) => service)).toEqual(['vpn']);
  expect(openUnit(data, [...half, replacing('web'), replaced('web')])).toBeNull();
  const services = { services: ['vpn', 'web'] };
  const back = [...half, { kind: 'rolling_back', data: services }, { kind: 'went_back', data: services }];
  expect(openUnit(data, back)).toBeNull();
  expect(replacedServices(back)).toEqual([]);
});
