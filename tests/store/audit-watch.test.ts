import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { plain } from '../../src/core/model/phrase.js';
import type { Store } from '../../src/core/ports/store.js';
import { openDatabase } from '../../src/store/sqlite-database.js';
import { dataFolder } from './data-folder.js';
import { alice, sampleAudit, sampleRun } from './samples.js';

const ACCEPT = sampleAudit({ event: 'audit_accepted', actor: alice, runId: null, intent: '' });

describe('the end of the audit trail', () => {
  const folder = dataFolder();

  /** A trail of three rows that was closed. */
  async function closed(): Promise<void> {
    const store = await folder.open();
    for (let row = 0; row < 3; row += 1) await store.audit.append(sampleAudit());
    expect(await store.audit.look()).toBeNull();
    await store.close();
  }
  const seen = async (store: Store): Promise<string> => {
    const notice = await store.audit.look();
    return notice ? `${plain(notice.message)} ${plain(notice.remedy)}` : '';
  };
  const lose = (): void => {
    for (const suffix of ['', '-wal', '-shm']) rmSync(folder.file(`chatops.db${suffix}`), { force: true });
  };

  test.each<[string, () => void, RegExp]>([
    [
      'an empty database in its place',
      () => {
        lose();
        writeFileSync(folder.file('chatops.db'), '');
      },
      /it has (none|\d), and audit\.head counts 3/,
    ],
    ['no database', lose, /it has (none|\d), and audit\.head counts 3/],
    [
      'no audit.head',
      () => rmSync(folder.file('audit.head')),
      /audit\.head can’t be read: it does not exist/,
    ],
    ['garbage in audit.head', () => writeFileSync(folder.file('audit.head'), 'hi'), /audit\.head was edited/],
    [
      'an audit.head of other rows',
      () => writeFileSync(folder.file('audit.head'), JSON.stringify({ count: 3, hash: 'a'.repeat(64) })),
      /Row 3 .+ is not the one/,
    ],
  ])('%s: told at each start, whatever is added, until somebody accepts it', async (_, change, text) => {
    await closed();
    change();
    for (let start = 0; start < 2; start += 1) {
      const store = await folder.open();
      expect(await seen(store)).toMatch(text);
      await store.audit.append(sampleAudit());
      expect(await seen(store)).toMatch(/chatops audit accept/);
      await store.close();
    }
    const store = await folder.open();
    expect(await store.audit.accept(ACCEPT)).toBe(true);
    expect(await seen(store)).toBe('');
    expect((await store.audit.verify()).problems).toEqual([]);
    const [row] = await store.audit.list(1);
    expect(row).toMatchObject({ event: 'audit_accepted', actor: alice });
    expect(JSON.stringify(row?.detail)).toMatch(text);
    expect(await store.audit.accept(ACCEPT)).toBe(false);
  });

  test('a database of before is told, with the copy of the one that was deleted', async () => {
    await closed();
    copyFileSync(folder.file('chatops.db'), folder.file('backup'));
    const later = await folder.open();
    await later.audit.append(sampleAudit());
    await later.close();
    lose();
    copyFileSync(folder.file('backup'), folder.file('chatops.db'));
    mkdirSync(folder.file('rescued-2026-11-30T101500'));
    expect(await seen(await folder.open())).toMatch(
      /it has 3, and audit\.head counts 4.+rescued-2026-11-30T101500/,
    );
  });

  test('audit.head is written again when it is removed while it is known, and that is told until accepted', async () => {
    await closed();
    const store = await folder.open();
    expect(await store.audit.look()).toBeNull();
    const before = readFileSync(folder.file('audit.head'), 'utf8');
    rmSync(folder.file('audit.head'));
    expect(await seen(store)).toMatch(
      /^audit\.head was removed or edited while ChatOps runs\. It was written again/,
    );
    expect(readFileSync(folder.file('audit.head'), 'utf8')).toBe(before);
    await store.audit.append(sampleAudit());
    await folder.sealed(4);
    expect(await seen(store)).toMatch(/written again/);
    expect(await store.audit.accept(ACCEPT)).toBe(true);
    expect(await seen(store)).toBe('');
    expect((await store.audit.verify()).problems).toEqual([]);
  });

  test('a new installation has nothing to tell', async () => {
    expect(await seen(await folder.open())).toBe('');
  });
});

describe('audit verify compares the history', () => {
  const folder = dataFolder();

  async function edited(sql: string): Promise<readonly string[]> {
    const store = await folder.open();
    const outcome = { reason: 'done', summary: [], warnings: [], tail: [] } as const;
    for (const [id, state] of [
      ['r-good', 'succeeded'],
      ['r-bad', 'failed'],
    ] as const) {
      await store.runs.insert(
        sampleRun({ id, state: 'awaiting' }),
        sampleAudit({ event: 'planned', runId: id }),
      );
      const detail = { state, reason: outcome.reason };
      const patch = { finishedAt: '2026-11-22T14:00:00.000Z', outcome: { ...outcome, state } };
      const row = sampleAudit({ event: 'finished', runId: id, detail });
      expect(await store.runs.transition(id, 'awaiting', state, patch, row)).toBe(true);
    }
    await store.runs.insert(
      sampleRun({ id: 'r-open', state: 'awaiting' }),
      sampleAudit({ event: 'awaiting', runId: 'r-open' }),
    );
    const dry = sampleRun({ id: 'r-dry', state: 'planned', dryRun: true });
    const shown = { fingerprint: dry.plan.fingerprint, dryRun: true };
    await store.runs.insert(dry, sampleAudit({ event: 'planned', runId: 'r-dry', detail: shown }));
    expect((await store.audit.verify()).problems).toEqual([]);
    await store.close();
    const database = await openDatabase(folder.file('chatops.db'), 1000);
    await database.write((script) => script.script(sql));
    await database.close();
    const { problems } = await (await folder.open()).audit.verify();
    return problems.map(({ seq, problem }) => `${seq}: ${problem}`);
  }

  test.each([
    [
      "UPDATE runs SET state = 'failed' WHERE id = 'r-good'",
      '2: Run r-good ended as succeeded (done) by the trail, and is failed (done) in the history.',
    ],
    [
      "UPDATE runs SET state = 'rolled_back' WHERE id = 'r-bad'",
      '4: Run r-bad ended as failed (done) by the trail, and is rolled back (done) in the history.',
    ],
    [
      "UPDATE runs SET state = 'awaiting' WHERE id = 'r-good'",
      '2: Run r-good ended as succeeded (done) by the trail, and is awaiting (done) in the history.',
    ],
    [
      `UPDATE runs SET outcome = json_set(outcome, '$.reason', 'stopped') WHERE id = 'r-bad'`,
      '4: Run r-bad ended as failed (done) by the trail, and is failed (stopped) in the history.',
    ],
    [
      "UPDATE runs SET state = 'succeeded', finished_at = '2026-11-22T14:00:00.000Z' WHERE id = 'r-open'",
      '5: Run r-open is succeeded in the history, and the trail has no end of it.',
    ],
    [
      "UPDATE runs SET state = 'succeeded' WHERE id = 'r-dry'",
      '6: Run r-dry is succeeded in the history, and the trail has no end of it.',
    ],
    [
      "UPDATE runs SET dry_run = 0 WHERE id = 'r-dry'",
      '6: Run r-dry is a dry run by the trail, and no dry run in the history.',
    ],
    [
      `UPDATE plans SET plan = json_set(plan, '$.fingerprint', 'x') WHERE run = (SELECT seq FROM runs WHERE id = 'r-dry')`,
      '6: The plan of the dry run r-dry in the history is not the one of the trail.',
    ],
  ])('%s', async (sql, problem) => {
    expect(await edited(sql)).toEqual([problem]);
  });

  test('a run that was removed is nothing', async () => {
    const sql =
      "DELETE FROM plans WHERE run IN (SELECT seq FROM runs WHERE id = 'r-good'); DELETE FROM runs WHERE id = 'r-good'";
    expect(await edited(sql)).toEqual([]);
  });
});
