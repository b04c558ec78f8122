import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createSecurityReports, type SecurityReports } from '../../src/core/incidents/security-reports.js';
import { Installation, type Process } from './harness.js';

let home: Installation;
let bot: Process;
let security: SecurityReports;

beforeEach(async () => {
  home = await Installation.create();
  bot = await home.start();
  security = createSecurityReports(bot.deps);
});
afterEach(() => home.end());

/** Everything reported, then what the audit trail and the one security incident hold. */
async function after(reports: readonly (readonly [reason: string, from: string])[]) {
  for (const [reason, from] of reports) security.report({ reason, from });
  await security.end();
  const rows = await bot.deps.store.audit.list(500);
  const incident = await bot.deps.store.incidents.get('i-1');
  expect((await bot.deps.store.audit.verify()).problems).toEqual([]);
  return {
    rows: rows.map(({ actor, detail }) => [actor.kind, actor.id, detail]),
    alarmed: incident?.count ?? 0,
  };
}

test('a thousand wrong keys from one address are one row, and one incident with their number', async () => {
  expect(await after(Array.from({ length: 1000 }, () => ['invalid_key', '10.0.0.7']))).toEqual({
    rows: [['stranger', '10.0.0.7', { reason: 'invalid_key', count: 1000 }]],
    alarmed: 1000,
  });
});

test('a call without a key is kept, and alarms nobody', async () => {
  expect(await after([['missing_key', '10.0.0.7']])).toEqual({
    rows: [['stranger', '10.0.0.7', { reason: 'missing_key', count: 1 }]],
    alarmed: 0,
  });
});

test('ten thousand addresses can’t fill the disk: the further ones share a row', async () => {
  const flood = Array.from(
    { length: 10_000 },
    (_, index) => ['invalid_key', `10.1.${index >> 8}.${index & 255}`] as const,
  );
  const { rows, alarmed } = await after(flood);
  expect(rows).toHaveLength(51);
  expect(rows).toContainEqual(['stranger', 'other addresses', { reason: 'invalid_key', count: 9950 }]);
  expect(alarmed).toBe(10_000);
});
