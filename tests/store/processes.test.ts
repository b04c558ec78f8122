import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Children, prepareChildren } from './children.js';
import { dataFolder } from './data-folder.js';
import { sampleAudit, sampleRun } from './samples.js';

/** What the racing processes fight for. */
const RACED_RUNS = 200;
/** More than a writer gets done before it is killed. */
const ENDLESS = 1_000_000;

describe('several processes on one database', () => {
  const folder = dataFolder();
  let children: Children;
  beforeAll(() => {
    children = prepareChildren();
  });
  afterAll(() => children.dispose());

  test('two processes try the same transitions: each has exactly one winner', async () => {
    const store = await folder.open();
    for (let index = 0; index < RACED_RUNS; index += 1) {
      await store.runs.insert(sampleRun({ id: `r-${index}` }), sampleAudit({ runId: `r-${index}` }));
    }
    const racers = [1, 2].map(() => children.start('race', folder.path, RACED_RUNS));
    await Promise.all(racers.map((racer) => racer.wrote(1)));
    for (const racer of racers) racer.process.stdin.write('go\n');
    await Promise.all(racers.map(({ ended }) => ended));

    const wins = racers.flatMap(({ process: { pid }, lines }) =>
      lines.slice(1).map((id) => [id, String(pid)] as const),
    );
    expect(wins).toHaveLength(RACED_RUNS);
    const owners = (await store.runs.list({ limit: 1000, states: ['queued'] })).map(({ id, owner }) => [
      id,
      owner,
    ]);
    expect(owners.sort()).toEqual(wins.sort());
    expect(await store.audit.verify()).toEqual({ rows: 2 * RACED_RUNS, problems: [] });
    expect(folder.head()).toMatchObject({ count: 2 * RACED_RUNS });
  }, 120_000);

  test('a writer that is killed in the middle leaves a whole store with all that it was told is safe', async () => {
    const told: string[] = [];
    for (let round = 0; round < 6; round += 1) {
      const writer = children.start('write', folder.path, ENDLESS);
      const beside = await folder.open();
      await writer.wrote(10);
      await sleep(Math.random() * 30);
      writer.process.kill('SIGKILL');
      await writer.ended;
      told.push(...writer.lines);

      expect((await beside.audit.verify()).problems).toEqual([]);
      const store = await folder.open();
      const { rows, problems } = await store.audit.verify();
      expect(problems).toEqual([]);
      expect(folder.head()).toMatchObject({ count: rows });
    }
    const store = await folder.open();
    for (const id of told) {
      expect(await store.runs.get(id)).toMatchObject({ state: 'queued', owner: 'o' });
      expect(await store.runs.journal(id)).toHaveLength(1);
    }
    await store.audit.append(sampleAudit());
    expect((await store.audit.verify()).problems).toEqual([]);
  }, 120_000);
});
