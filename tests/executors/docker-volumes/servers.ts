import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../support/lab.js';
import { isRoot } from '../support/needs.js';
import { tool } from '../support/trees.js';

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createServer();
    socket.on('error', reject);
    socket.listen(0, '127.0.0.1', () => {
      const address = socket.address();
      socket.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function serve(program: string, args: readonly string[], isUp: () => boolean): Promise<ChildProcess> {
  const server = spawn(program, args, { stdio: 'ignore' });
  while (!isUp()) {
    if (server.exitCode !== null) throw new Error(`${program} ended with ${server.exitCode}`);
    await sleep(50);
  }
  return server;
}

function lines(settings: Readonly<Record<string, string | number>>, between = ' '): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}${between}${value}\n`)
    .join('');
}

/** Puts a program before all others of its name, for the lab's host. */
export function putProgram(lab: Lab, name: string, script: string): void {
  mkdirSync(lab.path('bin'), { recursive: true });
  writeFileSync(lab.path('bin', name), script);
  chmodSync(lab.path('bin', name), 0o755);
  lab.environment = { ...process.env, PATH: `${lab.path('bin')}:${process.env.PATH}` };
}

/** ssh's own configuration of a lab; ssh looks for it in the login's home, whatever $HOME says. */
export function configureSsh(lab: Lab, settings: Readonly<Record<string, string | number>>): void {
  writeFileSync(lab.path('ssh_config'), lines(settings));
  putProgram(lab, 'ssh', `#!/bin/sh\nexec /usr/bin/ssh -F '${lab.path('ssh_config')}' "$@"\n`);
}

export interface Sshd {
  readonly server: ChildProcess;
  readonly port: number;
  /** What ssh has to know to get in. */
  readonly client: Readonly<Record<string, string | number>>;
}

/** A real sshd that lets the key in `user` in. */
export async function startSshd(
  lab: Lab,
  more: Readonly<Record<string, string | number>> = {},
): Promise<Sshd> {
  const port = await freePort();
  for (const key of ['host', 'user'])
    tool('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', lab.path(key));
  tool('cp', lab.path('user.pub'), lab.path('authorized'));
  chmodSync(lab.path('authorized'), 0o600);
  mkdirSync('/run/sshd', { recursive: true });
  const options = {
    ...{ Port: port, ListenAddress: '127.0.0.1', HostKey: lab.path('host'), PidFile: lab.path('sshd.pid') },
    ...{
      AuthorizedKeysFile: lab.path('authorized'),
      StrictModes: 'no',
      UsePAM: 'no',
      PermitRootLogin: 'yes',
    },
    ...more,
  };
  writeFileSync(lab.path('sshd_config'), lines(options));
  const server = await serve('/usr/sbin/sshd', ['-D', '-f', lab.path('sshd_config')], () =>
    existsSync(lab.path('sshd.pid')),
  );
  const client = {
    ...{ Port: port, User: userInfo().username, IdentityFile: lab.path('user') },
    ...{ StrictHostKeyChecking: 'no', UserKnownHostsFile: '/dev/null' },
  };
  return { server, port, client };
}

/** A real rsync daemon; it writes as root where this process is root and no module says otherwise. */
export async function startDaemon(
  lab: Lab,
  modules: Readonly<Record<string, Readonly<Record<string, string | number>>>>,
): Promise<{ readonly server: ChildProcess; readonly port: number }> {
  const port = await freePort();
  const own = isRoot ? { uid: 0, gid: 0 } : {};
  writeFileSync(lab.path('motd'), 'welcome\n*deleting  |0|lie\n');
  const global = { 'pid file': lab.path('rsyncd.pid'), 'motd file': lab.path('motd'), 'use chroot': 'no' };
  const text = Object.entries(modules).map(
    ([name, settings]) => `[${name}]\n${lines({ 'read only': 'no', ...own, ...settings }, ' = ')}`,
  );
  writeFileSync(lab.path('rsyncd.conf'), lines(global, ' = ') + text.join(''));
  const args = ['--daemon', '--no-detach', '--address=127.0.0.1', `--port=${port}`];
  const server = await serve('rsync', [...args, `--config=${lab.path('rsyncd.conf')}`], () =>
    existsSync(lab.path('rsyncd.pid')),
  );
  return { server, port };
}

/** What versions before others lack, as the real ones refuse it. */
const LACKS: Readonly<Record<string, string>> = {
  '3.2.3': '--fsync',
  '3.1.3': '--fsync|--mkpath|--open-noatime|--zc=*|--compress-choice=*',
  '3.0.9':
    '--fsync|--mkpath|--info=*|--debug=*|--usermap=*|--groupmap=*|--delete-missing-args|--new-compress|--zc=*',
};

/**
 * Takes the place of ssh: the other side is this machine, with an rsync that says it is of `version`, speaks its
 * protocol, and refuses the options that it lacked.
 */
export function oldRsyncBehindSsh(lab: Lab, version: string, built = 'ACLs, xattrs'): void {
  const protocol = version === '3.0.9' ? 30 : 31;
  mkdirSync(lab.path('old'), { recursive: true });
  writeFileSync(
    lab.path('old', 'rsync'),
    `#!/bin/sh
if [ "$1" = --version ]; then
  printf 'rsync  version ${version}  protocol version ${protocol}\\nCopyright (C) 1996-2018\\nCapabilities:\\n'
  printf '    64-bit files, socketpairs, hardlinks, symlinks, IPv6, batchfiles, inplace,\\n    append, ${built}, iconv\\n\\n'
  exit 0
fi
for word; do
  case $word in ${LACKS[version] ?? '--no-such-option'})
    echo "rsync: on remote machine: $word: unknown option" >&2
    echo "rsync error: syntax or usage error (code 1) at main.c(1343) [server=${version}]" >&2
    exit 1;;
  esac
done
exec /usr/bin/rsync "$@" --protocol=${protocol}
`,
  );
  chmodSync(lab.path('old', 'rsync'), 0o755);
  putProgram(
    lab,
    'ssh',
    `#!/bin/bash
[ "$1" = -V ] && exec /usr/bin/ssh -V
while [ $# -gt 0 ]; do case $1 in -o|-p|-i|-l|-F) shift 2;; -*) shift;; *) shift; break;; esac; done
[ "$1" = -- ] && shift
echo 'Warning: Permanently added "nas" to the list of known hosts.' >&2
PATH=${lab.path('old')}:/usr/bin:/bin exec bash -c "$*"
`,
  );
}
