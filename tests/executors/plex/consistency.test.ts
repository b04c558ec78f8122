import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Host } from '../../../src/core/ports/host.js';
import { createPlex } from '../../../src/executors/plex/executor.js';
import { describeWithDocker, docker } from '../../support/docker.js';
import { Lab, said } from '../support/lab.js';
import { tool } from '../support/trees.js';
import { fieldsFor, makeBoxImage, QUICK, removeAll, startBox, statusOf, until } from './box.js';

// Real containers start and stop.
jest.setTimeout(120_000);

/** How often each is tried; each one of the writer's copies has its own chance to be damaged. */
const BACKUPS = Number(process.env.CHATOPS_TEST_BACKUPS ?? 2);
/** A live copy is damaged nearly every time: this often it is tried until it was. */
const LIVE_BACKUPS = 8;
const HOURS = { stop: 1, pause: 2, none: 3 } as const;

describeWithDocker(
  'a SQLite database under constant writes',
  () => {
    const executor = createPlex(QUICK);
    let image = '';
    let name = '';
    let lab: Lab;

    beforeAll(async () => {
      lab = new Lab();
      mkdirSync(lab.path('backups'));
      image = makeBoxImage();
      name = startBox(image);
      await until(() => docker('logs', name).includes('ready'));
    });
    afterAll(() => {
      removeAll([name], image);
      lab.clean();
    });

    /** One backup; what it says of the copied database. */
    async function backup(
      index: number,
      consistency: 'stop' | 'pause' | 'none',
    ): Promise<'whole' | 'damaged' | 'unreadable'> {
      // Each one has a name of its own, because none is ever overwritten.
      lab.plannedAt = new Date(Date.UTC(2026, 0, 1 + index, HOURS[consistency]));
      lab.journal.length = 0;
      const fields = fieldsFor(name, lab.path('backups'), { consistency, compress: 'none' });
      const result = await executor.run(await lab.plan(executor, fields), lab.runContext());
      expect(statusOf(name)).toBe('running');
      if (consistency !== 'none' && result.state !== 'succeeded') process.stderr.write(`${said(result)}\n`);
      if (result.reason === 'check_failed') return 'damaged';
      // A database that grows while it is read breaks Docker's own archive.
      if (result.reason === 'command_failed') return 'unreadable';
      if (result.state !== 'succeeded') throw new Error(said(result));
      expect(said(result)).toContain('1 database passed the integrity check.');
      return 'whole';
    }

    type Counts = Record<Awaited<ReturnType<typeof backup>>, number>;

    /** Counts so many backups, or until it is enough. */
    async function count(
      consistency: 'stop' | 'pause' | 'none',
      backups: number,
      isEnough: (counts: Counts) => boolean = () => false,
    ): Promise<Counts> {
      const counts = { whole: 0, damaged: 0, unreadable: 0 };
      for (let index = 0; index < backups && !isEnough(counts); index += 1) {
        counts[await backup(index, consistency)] += 1;
      }
      process.stderr.write(`Backups with consistency ${consistency}: ${JSON.stringify(counts)}\n`);
      return counts;
    }

    test.each(['stop', 'pause'] as const)(
      `consistency %s: ${BACKUPS} backups, none damaged`,
      async (consistency) => {
        expect(await count(consistency, BACKUPS)).toEqual({ whole: BACKUPS, damaged: 0, unreadable: 0 });
      },
      300_000,
    );

    test('a plain docker cp of the running container fails the same check, and is not kept', async () => {
      const counts = await count('none', LIVE_BACKUPS, ({ damaged }) => damaged > 0);
      expect(counts.damaged).toBeGreaterThan(0);
    });

    test('a database that only Plex’s SQLite can read is neither whole nor damaged', async () => {
      mkdirSync(lab.path('plex'));
      // A collation that stock SQLite doesn't know, put into the schema by hand.
      const script = `CREATE TABLE t (v TEXT); CREATE INDEX i ON t (v); INSERT INTO t VALUES ('a'), ('b');
        PRAGMA writable_schema=ON;
        UPDATE sqlite_schema SET sql = 'CREATE INDEX i ON t (v COLLATE icu_root)' WHERE name = 'i';`;
      tool('sqlite3', lab.path('plex', 'library.db'), script);
      writeFileSync(lab.path('plex', 'other.txt'), 'x');
      const fields = fieldsFor('none', lab.path('backups'), {
        ...{ source: lab.path('plex'), source_path: null, consistency: 'none' },
      });
      const result = await executor.run(await lab.plan(executor, fields), lab.runContext());
      expect(result.state).toBe('succeeded');
      expect(said(result)).not.toContain('damaged');
    });

    test('what a check could not remove at once is gone in the end', async () => {
      for (const folder of ['small', 'kept']) mkdirSync(lab.path(folder));
      tool('sqlite3', lab.path('small', 'library.db'), 'CREATE TABLE t (v TEXT);');
      writeFileSync(lab.path('small', 'other.txt'), 'x');
      const fields = fieldsFor('none', lab.path('kept'), {
        ...{ source: lab.path('small'), source_path: null, consistency: 'none' },
      });
      const ctx = lab.runContext();
      let failures = 2;
      const exec: Host['exec'] = async (argv, options) =>
        argv[0] === 'rm' && failures-- > 0 ? ctx.host.exec(['false'], options) : ctx.host.exec(argv, options);
      const part = await lab.plan(executor, fields);
      const result = await executor.run(part, { ...ctx, host: { ...ctx.host, exec } });
      expect(result.state).toBe('failed');
      expect(readdirSync(lab.path('kept'))).toEqual([]);
    });
  },
  'sqlite3',
);
