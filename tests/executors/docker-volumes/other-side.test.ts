import type { ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { DockerVolumesFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import { dockerVolumes } from '../../../src/executors/docker-volumes/executor.js';
import { codes, Lab, said } from '../support/lab.js';
import { has, isRoot, testWith } from '../support/needs.js';
import { plant, put, tool } from '../support/trees.js';
import { configureSsh, freePort, oldRsyncBehindSsh, putProgram, startDaemon, startSshd } from './servers.js';

let lab: Lab;
let fields: DockerVolumesFields;
let server: ChildProcess | null = null;

beforeEach(() => {
  lab = new Lab();
  mkdirSync(lab.path('dst'));
  plant(lab.path('src'), 30);
  fields = {
    ...{ source: lab.path('src'), destination: `nas:${lab.path('dst')}`, exclude: [], options: [] },
    ...{ mirror: true, max_delete: 1000, require_mount: false, password_secret: null },
  };
});
afterEach(() => {
  server?.kill('SIGKILL');
  server = null;
  lab.clean();
});

// Each call of ssh takes a second on a machine that has other work.
jest.setTimeout(120_000);

const testRsync = testWith('rsync', has('rsync'));

/** The only blocker: its code, and all that it says. */
async function blocker(): Promise<readonly [string, string]> {
  const { blockers } = await lab.plan(dockerVolumes, fields);
  expect(blockers).toHaveLength(1);
  const [first] = blockers;
  return [first?.code ?? '', `${plain(first?.message ?? [])} ${plain(first?.remedy ?? [])}`];
}

describe('an older rsync behind ssh', () => {
  testRsync.each(['3.0.9', '3.2.3'])(
    '%s gets a whole mirror; what is lost is said before',
    async (version) => {
      oldRsyncBehindSsh(lab, version);
      put(lab.path('dst', 'gone'), 'x');
      put(lab.path('dst', 'd0', 'f3', 'in the way'), 'x');
      const part = await lab.plan(dockerVolumes, fields);
      expect(codes(part.blockers)).toEqual([]);
      const limits = part.warnings.filter(({ code }) => code === 'destination_limits');
      expect(limits.map(({ message }) => plain(message))).toEqual([
        `nas has rsync ${version}: files can’t be flushed to disk there.`,
      ]);
      const result = await dockerVolumes.run(part, lab.runContext());
      expect(result.state).toBe('succeeded');
      expect(tool('diff', '-r', lab.path('src'), lab.path('dst'))).toBe('');
      unlinkSync(lab.path('src', 'd0', 'f4'));
      const again = await lab.plan(dockerVolumes, fields);
      expect(said(await dockerVolumes.run(again, lab.runContext()))).toContain('1 file deleted, as shown.');
      expect(existsSync(lab.path('dst', 'd0', 'f4'))).toBe(false);
    },
  );

  testRsync(
    'that knows no --info is looked at all the same: what is newer there, and idle patterns',
    async () => {
      oldRsyncBehindSsh(lab, '3.0.9');
      put(lab.path('dst', 'd0', 'f4'), 'newer');
      tool('touch', '-d', '2099-01-01', lab.path('dst', 'd0', 'f4'));
      put(lab.path('src', 'sub', 'inner'), 'x');
      put(lab.path('dst', 'sub'), 'a file where a folder comes');
      fields = { ...fields, exclude: ['/d0/f3', '/never/there'] };
      const { warnings, steps } = await lab.plan(dockerVolumes, fields);
      const told = [...warnings.map(({ message }) => message), ...steps.map(({ title }) => title)].map(plain);
      expect(told.join('\n')).toMatch(/1 file .*newer/);
      expect(told.join('\n')).toContain('/never/there');
      expect(told.join('\n')).not.toMatch(/f3 matches nothing/);
      expect(told.join('\n')).toMatch(/replaced.*sub|sub.*replace|Delete .*sub/s);
    },
  );

  testRsync('that was built without ACLs and xattrs is not asked for them', async () => {
    oldRsyncBehindSsh(lab, '3.1.3', 'no ACLs, no xattrs');
    put(lab.path('dst', 'gone'), 'x');
    const part = await lab.plan(dockerVolumes, fields);
    expect(plain(part.warnings[0]?.message ?? [])).toBe(
      'nas has rsync 3.1.3: ACLs and extended attributes can’t be kept and files can’t be flushed to disk there.',
    );
    expect((part.data.copy ?? []).join(' ')).toContain('--no-acls --no-xattrs');
    expect((await dockerVolumes.run(part, lab.runContext())).state).toBe('succeeded');
    expect(tool('diff', '-r', lab.path('src'), lab.path('dst'))).toBe('');
  });

  testRsync('that is too old, or for an option of the intent, blocks', async () => {
    oldRsyncBehindSsh(lab, '2.6.9');
    expect(await blocker()).toEqual([
      'tool_unsuitable',
      expect.stringContaining('nas has rsync 2.6.9, which is too old'),
    ]);
    oldRsyncBehindSsh(lab, '3.0.9');
    fields = { ...fields, options: ['--chown=1:1'] };
    expect(await blocker()).toEqual([
      'tool_unsuitable',
      expect.stringContaining('--chown needs rsync 3.1.0, and nas has'),
    ]);
  });

  testRsync('that may only be started as a server is taken for an old one', async () => {
    oldRsyncBehindSsh(lab, '3.1.3');
    const script = readFileSync(lab.path('old', 'rsync'), 'utf8');
    writeFileSync(lab.path('old', 'rsync'), script.replace('--version ]; then', '--version ]; then exit 1'));
    const part = await lab.plan(dockerVolumes, fields);
    expect(codes(part.blockers)).toEqual([]);
    expect(plain(part.warnings[0]?.message ?? [])).toContain('an rsync of unknown version');
    expect((await dockerVolumes.run(part, lab.runContext())).state).toBe('succeeded');
  });
});

describe('what keeps us out is told in the preview as what it is, over ssh:', () => {
  const testSsh = testWith('sshd', isRoot && has('/usr/sbin/sshd', '-V') && has('ssh', '-V'));

  testSsh('keys, host keys, names, ports, and an rsync that is not there', async () => {
    const known = lab.path('known_hosts');
    writeFileSync(lab.path('banner'), 'Authorized use only: all access is logged.\n');
    const sshd = await startSshd(lab, { Banner: lab.path('banner') });
    server = sshd.server;
    const strict = { ...sshd.client, StrictHostKeyChecking: 'yes', UserKnownHostsFile: known };
    tool('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', lab.path('other'));
    fields = { ...fields, destination: `127.0.0.1:${lab.path('dst')}` };
    const key = (name: string): string => readFileSync(lab.path(`${name}.pub`), 'utf8');

    configureSsh(lab, strict);
    writeFileSync(known, '');
    expect(await blocker()).toEqual(['host_key_unknown', expect.stringContaining('is not known here')]);
    writeFileSync(known, `[127.0.0.1]:${sshd.port} ${key('other')}`);
    expect(await blocker()).toEqual(['host_key_unknown', expect.stringContaining('ssh-keygen -R 127.0.0.1')]);
    writeFileSync(known, `[127.0.0.1]:${sshd.port} ${key('host')}`);
    expect((await lab.plan(dockerVolumes, fields)).blockers).toEqual([]);

    configureSsh(lab, { ...strict, IdentityFile: lab.path('other'), IdentitiesOnly: 'yes' });
    expect(await blocker()).toEqual(['login_refused', expect.stringContaining('refuses the bot’s ssh key')]);
    configureSsh(lab, strict);
    chmodSync(lab.path('user'), 0o644);
    expect(await blocker()).toEqual([
      'login_refused',
      expect.stringContaining(`chmod 600 ${lab.path('user')}`),
    ]);
    chmodSync(lab.path('user'), 0o600);
    const keyless = { ...strict, IdentityFile: 'none', IdentityAgent: 'none' };
    configureSsh(lab, keyless);
    fields = { ...fields, ssh_key: lab.path('missing') };
    expect(await blocker()).toEqual([
      'login_refused',
      expect.stringContaining(`The ssh key ${lab.path('missing')}`),
    ]);
    fields = { ...fields, ssh_key: lab.path('user'), ssh_port: sshd.port };
    configureSsh(lab, { ...keyless, Port: 1 });
    expect((await lab.plan(dockerVolumes, fields)).blockers).toEqual([]);

    fields = { ...fields, ssh_port: await freePort() };
    expect(await blocker()).toEqual([
      'destination_unreachable',
      expect.stringContaining('connection refused'),
    ]);
    fields = { ...fields, destination: `nothing.invalid:${lab.path('dst')}`, ssh_port: sshd.port };
    expect(await blocker()).toEqual([
      'destination_unreachable',
      expect.stringContaining('can’t be resolved'),
    ]);
  });

  testRsync('an rsync that is not there, a shell that talks, a parent that is missing', async () => {
    oldRsyncBehindSsh(lab, '3.2.3');
    const good = fields;
    fields = { ...good, destination: `nas:${lab.path('dst', 'a', 'b')}` };
    expect(await blocker()).toEqual([
      'destination_missing',
      expect.stringContaining(`Create ${lab.path('dst', 'a')} on nas`),
    ]);
    fields = { ...good, destination: `nas:${lab.path('dst', 'a')}` };
    expect((await lab.plan(dockerVolumes, fields)).blockers).toEqual([]);
    put(lab.path('dst', 'file'), 'x');
    fields = { ...good, destination: `nas:${lab.path('dst', 'file', 'a')}` };
    expect((await blocker())[0]).toBe('destination_not_writable');
    fields = good;
    rmSync(lab.path('old', 'rsync'));
    const shell = (first: string): string => `#!/bin/bash\n[ "$1" = -V ] && exec /usr/bin/ssh -V\n${first}\n`;
    putProgram(lab, 'ssh', shell('echo "bash: rsync: command not found" >&2; exit 127'));
    expect(await blocker()).toEqual(['tool_missing', expect.stringContaining('not installed on nas')]);
    putProgram(lab, 'ssh', shell('echo "Welcome back"; shift 5; [ "$1" = nas ] && shift; exec bash -c "$*"'));
    expect(await blocker()).toEqual(['tool_unsuitable', expect.stringContaining('prints text of its own')]);
  });
});

describe('what keeps us out is told in the preview as what it is, by a daemon:', () => {
  testRsync('modules, passwords, addresses, rights, folders, options', async () => {
    writeFileSync(lab.path('secrets'), 'alice:the password\n', { mode: 0o600 });
    const path = lab.path('dst');
    const daemon = await startDaemon(lab, {
      open: { path },
      fixed: { path, 'read only': 'yes' },
      gone: { path: lab.path('gone') },
      closed: { path, 'hosts deny': '*' },
      picky: { path, 'refuse options': 'delete' },
      locked: { path, 'auth users': 'alice', 'secrets file': lab.path('secrets') },
    });
    server = daemon.server;
    const to = async (place: string, more: Partial<DockerVolumesFields> = {}) => {
      fields = { ...fields, destination: `rsync://127.0.0.1:${daemon.port}/${place}`, ...more };
      return blocker();
    };
    expect(await to('nothing/x')).toEqual([
      'destination_missing',
      expect.stringContaining('has no module nothing'),
    ]);
    expect(await to('fixed/x')).toEqual([
      'destination_not_writable',
      expect.stringContaining('read only = no'),
    ]);
    expect(await to('gone/x')).toEqual([
      'destination_missing',
      expect.stringContaining('folder of module gone'),
    ]);
    expect(await to('closed/x')).toEqual(['login_refused', expect.stringContaining('hosts allow')]);
    expect(await to('picky')).toEqual([
      'tool_unsuitable',
      expect.stringContaining('refuses the option --delete'),
    ]);
    expect(await to('locked')).toEqual([
      'login_refused',
      expect.stringContaining('name the password’s variable'),
    ]);
    expect(await to('open/a/b')).toEqual([
      'destination_missing',
      expect.stringContaining('Create a on 127.0.0.1'),
    ]);
    expect((await lab.plan(dockerVolumes, { ...fields, options: ['--mkpath'] })).blockers).toEqual([]);
    lab.secrets.set('NAS', 'wrong');
    const wrong = await to('locked', { password_secret: 'NAS' });
    expect(wrong).toEqual(['login_refused', expect.stringContaining('the password in password_secret')]);
    server.kill('SIGKILL');
    expect(await to('open')).toEqual([
      'destination_unreachable',
      expect.stringContaining('connection refused'),
    ]);
    fields = { ...fields, destination: 'rsync://nothing.invalid/open' };
    expect(await blocker()).toEqual([
      'destination_unreachable',
      expect.stringContaining('can’t be resolved'),
    ]);
  });
});

test('an rsync of this host that is too old blocks', async () => {
  putProgram(lab, 'rsync', '#!/bin/sh\necho "rsync  version 3.0.9  protocol version 30"\n');
  fields = { ...fields, destination: lab.path('dst') };
  expect((await blocker())[0]).toBe('tool_unsuitable');
});
