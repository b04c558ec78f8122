import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** What an older rsync on the other side says about itself, and what it refuses when it is asked to serve. */
interface OldRsync {
  readonly version: string;
  readonly protocol: number;
  /** Parts of an option's name. */
  readonly lacks: readonly string[];
  /** Short options that this build was made without. */
  readonly without: string;
}

const SINCE_324 = ['--fsync', '--secluded-args', '--trust-sender', '--old-args'];
const SINCE_323 = [
  '--mkpath',
  '--open-noatime',
  '--crtimes',
  '--write-devices',
  '--atimes',
  '--copy-as',
  '--stop-',
];
const SINCE_310 = [
  '--info',
  '--debug',
  '--msgs2stderr',
  '--usermap',
  '--groupmap',
  '--preallocate',
  '--outbuf',
];

const OLD: Readonly<Record<string, OldRsync>> = {
  'ssh-3.0.9': {
    version: '3.0.9',
    protocol: 30,
    lacks: [...SINCE_324, ...SINCE_323, ...SINCE_310, '--delete-missing-args', '--ignore-missing-args'],
    without: 'AX',
  },
  'ssh-3.1.3': { version: '3.1.3', protocol: 31, lacks: [...SINCE_324, ...SINCE_323], without: '' },
  'ssh-3.2.3': { version: '3.2.3', protocol: 31, lacks: SINCE_324, without: '' },
  ssh: { version: '', protocol: 0, lacks: [], without: '' },
};

/** The places on the other side of a connection. */
export const FAR_NAMES: readonly string[] = [...Object.keys(OLD), 'daemon-nobody'];

interface Served {
  destination(folder: string): string;
  /** A folder with an `ssh` that knows the way, for PATH. */
  readonly bins: readonly string[];
  /** Who it writes as. */
  readonly user: number;
}

/** An ssh server and rsync daemons of this proof's own, on free ports of this machine. */
export class Far {
  readonly #root: string;
  readonly #children: ChildProcess[] = [];
  #sshPort: number | null = null;

  private constructor(root: string) {
    this.#root = root;
  }

  static async open(root: string): Promise<Far> {
    mkdirSync(join(root, 'bin'), { recursive: true, mode: 0o700 });
    return new Far(root);
  }

  close(): void {
    for (const child of this.#children) child.kill();
  }

  serve(name: string, folder: string): Promise<Served> {
    return name === 'daemon-nobody' ? this.#daemon(folder) : this.#ssh(name, folder);
  }

  async #daemon(folder: string): Promise<Served> {
    const port = await freePort();
    const pid = join(this.#root, 'rsyncd.pid');
    const lines = [
      `port=${port}`,
      'address=127.0.0.1',
      'use chroot=no',
      `pid file=${pid}`,
      '[m]',
      `path=${folder}`,
    ];
    writeFileSync(
      join(this.#root, 'rsyncd.conf'),
      [...lines, 'read only=no', 'uid=nobody', 'gid=nogroup', ''].join('\n'),
    );
    await this.#start(pid, 'rsync', '--daemon', '--no-detach', `--config=${join(this.#root, 'rsyncd.conf')}`);
    return { destination: (below) => `rsync://127.0.0.1:${port}/m/${below}`, bins: [], user: 65534 };
  }

  async #ssh(name: string, folder: string): Promise<Served> {
    const { path } = this;
    if (this.#sshPort === null) this.#sshPort = await this.#startSsh();
    this.#key(name);
    const far = path(`rsync-${name}`);
    mkdirSync(far, { recursive: true });
    writeFileSync(join(far, 'rsync'), oldRsync(OLD[name]), { mode: 0o755 });
    const forced = `command="PATH=${far}:/usr/bin:/bin exec sh -c \\"$SSH_ORIGINAL_COMMAND\\""`;
    const key = spawnSync('cat', [path(`${name}.pub`)], { encoding: 'utf8' }).stdout;
    writeFileSync(path('authorized'), `${forced} ${key}`, { flag: 'a', mode: 0o600 });
    const host = `Host ${name}\nHostName 127.0.0.1\nPort ${this.#sshPort}\nIdentityFile ${path(name)}\nIdentitiesOnly yes\n`;
    writeFileSync(
      path('ssh_config'),
      `${host}UserKnownHostsFile /dev/null\nStrictHostKeyChecking no\nLogLevel ERROR\n`,
      { flag: 'a' },
    );
    return { destination: (below) => `${name}:${join(folder, below)}`, bins: [path('bin')], user: 0 };
  }

  readonly path = (name: string): string => join(this.#root, name);

  #key(name: string): void {
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', this.path(name)], { stdio: 'ignore' });
  }

  async #startSsh(): Promise<number> {
    const { path } = this;
    const port = await freePort();
    mkdirSync('/run/sshd', { recursive: true });
    this.#key('host');
    const options = {
      Port: port,
      ListenAddress: '127.0.0.1',
      HostKey: path('host'),
      PidFile: path('sshd.pid'),
      AuthorizedKeysFile: path('authorized'),
      StrictModes: 'no',
      UsePAM: 'no',
      PermitRootLogin: 'yes',
      MaxStartups: 100,
    };
    const lines = Object.entries(options).map(([key, value]) => `${key} ${value}\n`);
    writeFileSync(path('sshd_config'), lines.join(''));
    writeFileSync(path('bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${path('ssh_config')} "$@"\n`);
    chmodSync(path('bin/ssh'), 0o755);
    await this.#start(path('sshd.pid'), '/usr/sbin/sshd', '-D', '-e', '-f', path('sshd_config'));
    return port;
  }

  async #start(pidFile: string, program: string, ...args: readonly string[]): Promise<void> {
    this.#children.push(spawn(program, args, { stdio: 'ignore' }));
    for (let turns = 0; !existsSync(pidFile); turns += 1) {
      if (turns > 200) throw new Error(`${program} does not start`);
      await wait(50);
    }
  }
}

/** A stand-in for an older rsync: this machine's own, behind the refusals of that version. */
function oldRsync(old: OldRsync | undefined): string {
  if (old === undefined || old.version === '') return '#!/bin/sh\nexec /usr/bin/rsync "$@"\n';
  const { version, protocol, lacks, without } = old;
  const no = (letter: string): string => (without.includes(letter) ? 'no ' : '');
  const refusals = lacks.map((option) => `${option}*) refuse "$option: unknown option";;`).join(' ');
  const bundle = [...without].map(
    (letter) =>
      `*${letter}*) refuse "${letter === 'A' ? 'ACLs' : 'extended attributes'} are not supported on this server";;`,
  );
  return `#!/bin/sh
refuse() { echo "rsync: $1" >&2; echo "rsync error: syntax or usage error (code 1) at main.c(1434) [server=${version}]" >&2; exit 1; }
case "$*" in *--version*) echo "rsync  version ${version}  protocol version ${protocol}"
echo "Capabilities:"; echo "    64-bit files, 64-bit inums, 32-bit timestamps, 64-bit long ints,"
echo "    socketpairs, hardlinks, symlinks, IPv6, batchfiles, inplace,"
echo "    append, ${no('A')}ACLs, ${no('X')}xattrs, iconv, symtimes"; exit 0;; esac
for option in "$@"; do
  case $option in ${refusals} --*) ;; -*) case "\${option%%.*}" in ${bundle.join(' ')} esac;; esac
done
exec /usr/bin/rsync "$@"
`;
}

/** A port that nobody listens on now. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
