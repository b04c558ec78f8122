import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { DockerVolumesFields, FilesFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import type { PlanPart } from '../../../src/core/model/plan.js';
import { dockerVolumes } from '../../../src/executors/docker-volumes/executor.js';
import { files } from '../../../src/executors/files/executor.js';
import { snapshots } from '../../../src/executors/snapshots/executor.js';
import { describeWithDocker } from '../../support/docker.js';
import { codes, Lab } from '../support/lab.js';
import { put } from '../support/trees.js';

jest.setTimeout(60_000);

const KINDS = ['files', 'snapshots', 'docker_volumes'] as const;
type Kind = (typeof KINDS)[number];

describeWithDocker(
  'a live SQLite database in a source, which no container has open',
  () => {
    let lab: Lab;
    let opened: ChildProcess[] = [];

    beforeEach(() => {
      lab = new Lab();
      mkdirSync(lab.path('dst'));
      put(lab.path('src', 'note'), 'x');
    });
    afterEach(async () => {
      for (const one of opened) await close(one);
      opened = [];
      lab.clean();
    });

    /** A program that has a database open and has written to its log. */
    async function open(...path: string[]): Promise<ChildProcess> {
      const database = lab.path('src', ...path);
      put(database, '');
      const sqlite = spawn('sqlite3', [database], { stdio: ['pipe', 'pipe', 'inherit'] });
      opened.push(sqlite);
      sqlite.stdin.write(
        'PRAGMA journal_mode=wal; CREATE TABLE t(x); INSERT INTO t VALUES (1);\n.print ready\n',
      );
      for await (const chunk of sqlite.stdout.iterator({ destroyOnReturn: false })) {
        if (String(chunk).includes('ready')) break;
      }
      expect(statSync(`${database}-wal`).size).toBeGreaterThan(0);
      return sqlite;
    }

    async function close(sqlite: ChildProcess, signal?: 'SIGKILL'): Promise<void> {
      if (sqlite.exitCode !== null || sqlite.signalCode !== null) return;
      const ended = once(sqlite, 'exit');
      if (signal) sqlite.kill(signal);
      else sqlite.stdin?.end();
      await ended;
    }

    function plan(kind: Kind, more: { exclude?: string[]; consistency?: 'stop' } = {}): Promise<PlanPart> {
      const both = { source: lab.path('src'), destination: lab.path('dst', 'to'), exclude: [], ...more };
      if (kind === 'docker_volumes') {
        const fields: DockerVolumesFields = {
          ...{ ...both, require_mount: false, options: [], mirror: false, max_delete: 10 },
          password_secret: null,
        };
        return lab.plan(dockerVolumes, fields);
      }
      const fields: FilesFields = {
        ...{ ...both, require_mount: false, compress: 'none', retention_days: null, min_keep: 3 },
      };
      return kind === 'files' ? lab.plan(files, fields) : lab.plan(snapshots, { ...fields, link_dest: true });
    }

    const named = ({ warnings }: PlanPart): string[] =>
      warnings.filter(({ code }) => code === 'live_data').map(({ message }) => plain(message));

    test.each(KINDS)('%s: is named while it is open, and after its program was killed', async (kind) => {
      const app = await open('app', 'data.db');
      const other = await open('it’s.sqlite');
      const two = named(await plan(kind));
      expect(two).toHaveLength(1);
      const [list = ''] = two[0]?.split(' in ') ?? [];
      expect(list.split(', ').sort()).toEqual(['app/data.db', 'it’s.sqlite']);
      expect(two[0]).toContain(
        'have an open write-ahead log (-wal): a program works on it, or was killed, and their copies may be damaged',
      );
      await close(other);
      await close(app, 'SIGKILL');
      expect(named(await plan(kind))).toEqual([
        expect.stringMatching(/^app\/data\.db in \S+ has an open write-ahead log .* its copy may be damaged/),
      ]);
    });

    test.each(KINDS)('%s: is not named once it was closed, or is excluded', async (kind) => {
      const app = await open('app', 'data.db');
      const part = await plan(kind, { exclude: ['/app/'] });
      expect(codes(part.blockers)).toEqual([]);
      expect(named(part)).toEqual([]);
      await close(app);
      expect(existsSync(lab.path('src', 'app', 'data.db-wal'))).toBe(false);
      expect(named(await plan(kind))).toEqual([]);
    });

    test.each(KINDS)('%s: a log of nothing, an empty one and a folder are none', async (kind) => {
      put(lab.path('src', 'lost-wal'), 'x');
      put(lab.path('src', 'empty.db'), 'x');
      put(lab.path('src', 'empty.db-wal'), '');
      put(lab.path('src', 'folder-wal', 'x'), 'x');
      put(lab.path('src', 'folder', 'x'), 'x');
      expect(named(await plan(kind))).toEqual([]);
    });
  },
  'sqlite3',
);
