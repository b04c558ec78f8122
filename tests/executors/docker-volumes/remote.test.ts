import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect } from '@jest/globals';
import type { DockerVolumesFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import { dockerVolumes } from '../../../src/executors/docker-volumes/executor.js';
import { codes, Lab, said } from '../support/lab.js';
import { has, isRoot, testWith } from '../support/needs.js';
import { HOSTILE_NAMES, INVALID_UTF8, plant, put, putBytes, tool } from '../support/trees.js';
import { configureSsh, startDaemon, startSshd } from './servers.js';

let lab: Lab;
let fields: DockerVolumesFields;
let server: ChildProcess | null = null;

beforeEach(() => {
  lab = new Lab();
  mkdirSync(lab.path('dst'));
  plant(lab.path('src'), 300);
  fields = {
    source: lab.path('src'),
    destination: '',
    exclude: [],
    options: [],
    mirror: true,
    max_delete: 1000,
    require_mount: false,
    password_secret: null,
  };
});
afterEach(() => {
  server?.kill('SIGKILL');
  server = null;
  lab.clean();
});

/** Mirrors, changes the source in every way, and mirrors again: the same exactness as on one host. */
async function mirrorTwice(): Promise<void> {
  for (const name of [...HOSTILE_NAMES, ...INVALID_UTF8]) putBytes(lab.path('src', 'gone'), name, 'x');
  for (const name of ['a', 'b', 'sub/c', 'sub/d']) put(lab.path('src', name), name);
  const first = await lab.plan(dockerVolumes, fields);
  expect(codes(first.blockers)).toEqual([]);
  expect(codes(first.warnings)).toEqual(['destination_low']);
  expect(first.touches).toEqual(['stack:media', `remote:${fields.destination}`]);
  expect(await dockerVolumes.run(first, lab.runContext())).toMatchObject({
    state: 'succeeded',
    warnings: [],
  });
  expect(tool('diff', '-r', lab.path('src'), lab.path('dst'))).toBe('');

  rmSync(lab.path('src', 'gone'), { recursive: true });
  unlinkSync(lab.path('src', 'a'));
  unlinkSync(lab.path('src', 'sub', 'c'));
  const second = await lab.plan(dockerVolumes, fields);
  put(lab.path('src', 'a'), 'came back');
  unlinkSync(lab.path('src', 'b'));
  const result = await dockerVolumes.run(second, lab.runContext());
  const shown = HOSTILE_NAMES.length + INVALID_UTF8.length + 3;
  expect(said(result)).toContain(`${shown - 1} of ${shown} shown deletions made.`);
  expect(existsSync(lab.path('dst', 'b'))).toBe(true);
  unlinkSync(lab.path('dst', 'b'));
  expect(tool('diff', '-r', lab.path('src'), lab.path('dst'))).toBe('');
}

describe('over ssh', () => {
  const testSsh = testWith('sshd', isRoot && has('/usr/sbin/sshd', '-V') && has('ssh', '-V'));

  testSsh(
    'a mirror is as exact as on one host',
    async () => {
      const sshd = await startSshd(lab);
      server = sshd.server;
      configureSsh(lab, { ...sshd.client, LogLevel: 'ERROR' });
      fields = { ...fields, destination: `127.0.0.1:${lab.path('dst')}` };
      await mirrorTwice();

      server?.kill('SIGKILL');
      const part = await lab.plan(dockerVolumes, fields);
      expect(codes(part.blockers)).toEqual(['destination_unreachable']);
    },
    120_000,
  );
});

describe('to an rsync daemon', () => {
  testWith('rsync', has('rsync'))(
    'a mirror is as exact, with a password by reference',
    async () => {
      writeFileSync(lab.path('secrets'), 'alice:the password\n', { mode: 0o600 });
      const auth = { 'auth users': 'alice', 'secrets file': lab.path('secrets') };
      const { port, server: daemon } = await startDaemon(lab, { backup: { path: lab.path('dst'), ...auth } });
      server = daemon;
      fields = {
        ...fields,
        destination: `rsync://alice@127.0.0.1:${port}/backup`,
        password_secret: 'NAS_PASSWORD',
      };
      const missing = await lab.plan(dockerVolumes, fields);
      expect(codes(missing.blockers)).toEqual(['secret_missing']);
      lab.secrets.set('NAS_PASSWORD', 'wrong');
      const refused = await lab.plan(dockerVolumes, fields);
      expect(codes(refused.blockers)).toEqual(['login_refused']);
      expect(plain(refused.blockers[0]?.message ?? [])).toContain('auth failed');
      lab.secrets.set('NAS_PASSWORD', 'the password');
      await mirrorTwice();
      expect(JSON.stringify(await lab.plan(dockerVolumes, fields))).not.toContain('the password');
      expect(readdirSync(lab.path('dst'))).toContain('sub');
    },
    120_000,
  );
});
