import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect } from '@jest/globals';
import type { DockerVolumesFields } from '../../../src/core/intent/fields.js';
import { plain } from '../../../src/core/phrase.js';
import { dockerVolumes } from '../../../src/executors/docker-volumes/executor.js';
import { codes, Lab, said } from '../support/lab.js';
import { has, isRoot, testWith } from '../support/needs.js';
import { HOSTILE_NAMES, INVALID_UTF8, plant, put, putBytes, tool } from '../support/trees.js';

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

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createServer();
    socket.on('error', reject);
    socket.listen(0, '127.0.0.1', () => {
      const address = socket.address();
      socket.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function serve(program: string, args: readonly string[], isUp: () => boolean): Promise<void> {
  server = spawn(program, args, { stdio: 'ignore' });
  while (!isUp()) {
    if (server.exitCode !== null) throw new Error(`${program} ended with ${server.exitCode}`);
    await sleep(50);
  }
}

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
      const port = await freePort();
      for (const key of ['host', 'user'])
        tool('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', lab.path(key));
      tool('cp', lab.path('user.pub'), lab.path('authorized'));
      chmodSync(lab.path('authorized'), 0o600);
      mkdirSync('/run/sshd', { recursive: true });
      const options = {
        Port: port,
        ListenAddress: '127.0.0.1',
        HostKey: lab.path('host'),
        AuthorizedKeysFile: lab.path('authorized'),
        PidFile: lab.path('sshd.pid'),
        StrictModes: 'no',
        UsePAM: 'no',
        PermitRootLogin: 'yes',
      };
      writeFileSync(lab.path('sshd_config'), lines(options));
      await serve('/usr/sbin/sshd', ['-D', '-f', lab.path('sshd_config')], () =>
        existsSync(lab.path('sshd.pid')),
      );
      writeFileSync(
        lab.path('ssh_config'),
        lines({
          ...{ Port: port, User: userInfo().username, IdentityFile: lab.path('user') },
          ...{ StrictHostKeyChecking: 'no', UserKnownHostsFile: '/dev/null', LogLevel: 'ERROR' },
        }),
      );
      // ssh takes its configuration from the login's home, whatever $HOME says.
      mkdirSync(lab.path('bin'));
      writeFileSync(
        lab.path('bin', 'ssh'),
        `#!/bin/sh\nexec /usr/bin/ssh -F '${lab.path('ssh_config')}' "$@"\n`,
      );
      chmodSync(lab.path('bin', 'ssh'), 0o755);
      lab.environment = { ...process.env, PATH: `${lab.path('bin')}:${process.env.PATH}` };
      fields = { ...fields, destination: `127.0.0.1:${lab.path('dst')}` };
      await mirrorTwice();

      server?.kill('SIGKILL');
      const part = await lab.plan(dockerVolumes, fields);
      expect(codes(part.blockers)).toEqual(['destination_unreachable']);
    },
    120_000,
  );
});

function lines(options: Readonly<Record<string, string | number>>): string {
  return Object.entries(options)
    .map(([name, value]) => `${name} ${value}\n`)
    .join('');
}

describe('to an rsync daemon', () => {
  testWith('rsync', has('rsync'))(
    'a mirror is as exact, with a password by reference',
    async () => {
      const port = await freePort();
      writeFileSync(lab.path('motd'), 'welcome\n*deleting  |0|lie\n');
      writeFileSync(lab.path('secrets'), 'alice:the password\n', { mode: 0o600 });
      const module = { path: lab.path('dst'), 'read only': 'no', 'use chroot': 'no' };
      const auth = { 'auth users': 'alice', 'secrets file': lab.path('secrets') };
      const own = isRoot ? { uid: 0, gid: 0 } : {};
      const settings = (all: object): string =>
        Object.entries(all)
          .map(([name, value]) => `${name} = ${value}\n`)
          .join('');
      const global = { 'pid file': lab.path('rsyncd.pid'), 'motd file': lab.path('motd'), ...own };
      writeFileSync(
        lab.path('rsyncd.conf'),
        `${settings(global)}[backup]\n${settings({ ...module, ...auth })}`,
      );
      await serve(
        'rsync',
        [
          '--daemon',
          '--no-detach',
          '--address=127.0.0.1',
          `--port=${port}`,
          `--config=${lab.path('rsyncd.conf')}`,
        ],
        () => existsSync(lab.path('rsyncd.pid')),
      );
      fields = {
        ...fields,
        destination: `rsync://alice@127.0.0.1:${port}/backup`,
        password_secret: 'NAS_PASSWORD',
      };
      const missing = await lab.plan(dockerVolumes, fields);
      expect(codes(missing.blockers)).toEqual(['secret_missing']);
      lab.secrets.set('NAS_PASSWORD', 'wrong');
      const refused = await lab.plan(dockerVolumes, fields);
      expect(codes(refused.blockers)).toEqual(['destination_unreachable']);
      expect(plain(refused.blockers[0]?.message ?? [])).toContain('auth failed');
      lab.secrets.set('NAS_PASSWORD', 'the password');
      await mirrorTwice();
      expect(JSON.stringify(await lab.plan(dockerVolumes, fields))).not.toContain('the password');
      expect(readdirSync(lab.path('dst'))).toContain('sub');
    },
    120_000,
  );
});
