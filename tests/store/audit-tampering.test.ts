import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { AuditVerdict } from '../../src/core/model/audit.js';
import { sha256 } from '../../src/core/text/canonical.js';
import { EMPTY_HEAD, nextRow } from '../../src/store/audit-chain.js';
import { addRow, rowsAfter } from '../../src/store/audit-rows.js';
import type { Sql } from '../../src/store/sql.js';
import { openDatabase } from '../../src/store/sqlite-database.js';
import { type DataFolder, dataFolder } from './data-folder.js';
import { sampleAudit } from './samples.js';

const ROWS = 10;

/** A trail of ten rows that was closed, and then `tamper` came. */
async function tampered(folder: DataFolder, tamper: (sql: Sql) => void): Promise<void> {
  const store = await folder.open();
  for (let row = 1; row <= ROWS; row += 1) await store.audit.append(sampleAudit({ detail: row }));
  await store.close();
  const database = await openDatabase(folder.file('chatops.db'), 1000);
  await database.write(tamper);
  await database.close();
}

function swap(sql: Sql, a: number, b: number): void {
  sql.run('UPDATE audit SET seq = -1 WHERE seq = ?', a);
  sql.run('UPDATE audit SET seq = ? WHERE seq = ?', a, b);
  sql.run('UPDATE audit SET seq = ? WHERE seq = -1', b);
}

function rechain(sql: Sql): void {
  const old = rowsAfter(sql, 0);
  sql.run('DELETE FROM audit');
  let head = EMPTY_HEAD;
  for (const { entry } of old) {
    const row = nextRow(head, { ...JSON.parse(entry), event: 'nothing happened' });
    addRow(sql, row);
    head = { count: row.seq, hash: row.hash };
  }
}

const EDITED: [kind: string, tamper: (sql: Sql) => void, seqs: number[], text: RegExp][] = [
  [
    'an edited row',
    (sql) => sql.run(`UPDATE audit SET entry = replace(entry, 'planned', 'refused') WHERE seq = 4`),
    [4],
    /^Row 4 was edited/,
  ],
  [
    'an edited row with a hash to match',
    (sql) => {
      const [row] = rowsAfter(sql, 3);
      const entry = String(row?.entry).replace('planned', 'refused');
      const hash = sha256(String(row?.previousHash) + entry);
      sql.run('UPDATE audit SET entry = ?, hash = ? WHERE seq = 4', entry, hash);
    },
    [5],
    /^Row 5 does not follow row 4/,
  ],
  [
    'missing rows in the middle',
    (sql) => sql.run('DELETE FROM audit WHERE seq IN (4, 5)'),
    [4],
    /^Rows 4 to 5 are missing\.$/,
  ],
  ['a missing first row', (sql) => sql.run('DELETE FROM audit WHERE seq = 1'), [1], /^Row 1 is missing\.$/],
  ['rows in another order', (sql) => swap(sql, 4, 7), [4, 5, 7, 8], /^Row 4 does not follow row 3/],
  [
    'a removed row, with those after it moved up',
    (sql) => {
      sql.run('DELETE FROM audit WHERE seq = 4');
      for (let seq = 5; seq <= ROWS; seq += 1)
        sql.run('UPDATE audit SET seq = ? WHERE seq = ?', seq - 1, seq);
    },
    [4, 10],
    /^Row 4 does not follow row 3/,
  ],
  [
    'a row before the first',
    (sql) => addRow(sql, { ...nextRow(EMPTY_HEAD, sampleAudit()), seq: 0 }),
    [0],
    /^Row 0 does not belong here/,
  ],
  [
    'rows cut off at the end',
    (sql) => sql.run('DELETE FROM audit WHERE seq > 7'),
    [8],
    /^Rows 8 to 10 are missing at the end/,
  ],
  [
    'the last row cut off',
    (sql) => sql.run('DELETE FROM audit WHERE seq = 10'),
    [10],
    /^Row 10 is missing at the end/,
  ],
  ['all rows removed', (sql) => sql.run('DELETE FROM audit'), [1], /^Rows 1 to 10 are missing at the end/],
  ['a trail that was written anew', rechain, [10], /^Row 10 is not the row that audit.head was written for/],
];

const NO_CHANGE = (): void => {};
const wrongHead = (change: object) => (folder: DataFolder) =>
  writeFileSync(folder.file('audit.head'), JSON.stringify(Object.assign(folder.head() as object, change)));

const HEADS: [kind: string, change: (folder: DataFolder) => void, seq: number, text: RegExp][] = [
  [
    'a deleted head file',
    (folder) => rmSync(folder.file('audit.head')),
    10,
    /audit\.head can’t be read: it does not exist/,
  ],
  ['an empty head file', (folder) => writeFileSync(folder.file('audit.head'), ''), 10, /was edited/],
  ['a head file with other content', wrongHead({ count: 'ten' }), 10, /was edited/],
  ['a head file with another hash', wrongHead({ hash: 'a'.repeat(64) }), 10, /^Row 10 is not the row/],
  ['a head file with a higher count', wrongHead({ count: 12 }), 11, /^Rows 11 to 12 are missing at the end/],
  ['a head file with a lower count', wrongHead({ count: 9 }), 9, /^Row 9 is not the row/],
  ['a head file with no count', wrongHead({ count: 0 }), 0, /^audit\.head was edited/],
];

describe('audit verify finds', () => {
  const folder = dataFolder();

  /** What it finds, which more rows must not cover up. */
  async function found(): Promise<AuditVerdict> {
    const store = await folder.open();
    const verdict = await store.audit.verify();
    for (let row = 0; row < 5; row += 1) await store.audit.append(sampleAudit());
    expect((await store.audit.verify()).problems).not.toEqual([]);
    expect((await (await folder.open()).audit.verify()).problems).not.toEqual([]);
    return verdict;
  }

  test.each(EDITED)('%s', async (_kind, tamper, seqs, text) => {
    await tampered(folder, tamper);
    const { problems } = await found();
    expect(problems.map(({ seq }) => seq)).toEqual(seqs);
    expect(problems[0]?.problem).toMatch(text);
  });

  test.each(HEADS)('%s', async (_kind, change, seq, text) => {
    await tampered(folder, NO_CHANGE);
    change(folder);
    const { rows, problems } = await found();
    expect(rows).toBe(ROWS);
    expect(problems).toEqual([{ seq, problem: expect.stringMatching(text) }]);
  });

  test('a database that was replaced by an empty one', async () => {
    await tampered(folder, NO_CHANGE);
    for (const name of ['chatops.db', 'chatops.db-wal', 'chatops.db-shm'])
      rmSync(folder.file(name), { force: true });
    const { rows, problems } = await found();
    expect(rows).toBe(0);
    expect(problems).toEqual([{ seq: 1, problem: expect.stringMatching(/^Rows 1 to 10 are missing/) }]);
  });

  test('a row with a number that no count reaches, and comes to an end', async () => {
    await tampered(folder, (sql) => {
      sql.script(
        `INSERT INTO audit SELECT 9007199254740993, previous_hash, hash, entry FROM audit WHERE seq = 1`,
      );
    });
    const { problems } = await (await folder.open()).audit.verify();
    expect(problems[0]?.problem).toMatch(/^Rows 11 to \d+ are missing\.$/);
  });

  test('a trail in which every row is wrong, and lists the first thousand', async () => {
    await tampered(folder, (sql) => {
      const insert = `
        WITH RECURSIVE numbers (n) AS (SELECT 11 UNION ALL SELECT n + 1 FROM numbers WHERE n < 3000)
        INSERT INTO audit SELECT n, 'x', 'y', '{}' FROM numbers`;
      sql.script(insert);
    });
    const { rows, problems } = await (await folder.open()).audit.verify();
    expect(rows).toBe(3000);
    expect(problems).toHaveLength(1001);
    expect(problems.at(-1)?.problem).toMatch(/^\d+ more problems from here on\.$/);
  });
});
