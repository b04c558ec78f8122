import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from '@jest/globals';
import { has, isRoot, testWith } from '../executors/support/needs.js';
import { builtCommand } from './stage.js';

const able = isRoot && has('setcap', '-h') && has('setfacl') && has('setfattr') && has('rsync');
const testRestore = testWith('root, setcap, setfacl, setfattr and rsync', able);

let dir: string;
let command: string;

beforeEach(async () => {
  // A name that a shell would take apart.
  dir = mkdtempSync(join(tmpdir(), 'chatops-e2e-it’s a $HOME '));
  for (const folder of ['intents', 'src', 'dst', 'elsewhere']) mkdirSync(join(dir, folder));
  command = await builtCommand();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function sh(script: string, folder: string): string {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

function chatops(...args: string[]): string {
  const env = {
    ...{ PATH: process.env.PATH, HOME: dir, CHATOPS_DATA_DIR: join(dir, 'data') },
    CHATOPS_INTENTS_DIR: join(dir, 'intents'),
  };
  return execFileSync(process.execPath, [command, ...args], { env, encoding: 'utf8', stdio: 'pipe' });
}

/** All that a file system of Linux holds beside contents. */
const TREE = `
cp /bin/true cap && setcap cap_net_raw,cap_chown+ep cap
printf x > acl && chown 4321:4322 acl && setfacl -m u:1234:rw,g:77:r acl && ln acl linked
mkdir folder && chown 1234:1235 folder && chmod 3775 folder && setfacl -d -m u:1234:rwx folder
printf x > "folder/it's" && setfattr -n user.k -v value "folder/it's" && setfattr -n trusted.k -v value "folder/it's"
printf head > holes && truncate -s 48M holes && printf tail >> holes
ln -s nowhere link && chown -h 4321:4322 link
chmod 4750 cap && setcap cap_net_raw,cap_chown+ep cap
touch -d '2001-02-03 04:05:06' acl folder link -h
`;

/** What a folder is, told by tools that have no part in backups. */
function look(folder: string): string[] {
  return [
    'getcap -r . | sort',
    'getfacl -R -n . | sort',
    'getfattr -R -h -d -m - . | grep -v system.posix_acl | sort',
    "find . -printf '%p %y %m %U:%G %l %T@\\n' | sed 's/\\.[0-9]*$//' | sort",
    "find . ! -type d -printf '%p %n %s\\n' | sort",
    'find . -type f -exec md5sum {} + | sort',
  ].map((script) => sh(script, folder));
}

const KINDS: readonly (readonly [what: string, fields: string, isArchive: boolean])[] = [
  ['an archive', 'backup_type: files\ncompress: gzip\n', true],
  ['an archive by zstd', 'backup_type: files\ncompress: zstd\n', true],
  ['a snapshot', 'backup_type: files\nlink_dest: true\n', false],
  ['an archive of Plex', 'backup_type: plex\nconsistency: none\n', true],
];

testRestore.each(KINDS)(
  '%s comes back with all that the source had, by the line of its manifest and by that of chatops show',
  async (_what, fields, isArchive) => {
    const [source, destination] = [join(dir, 'src'), join(dir, 'dst')];
    sh(TREE, source);
    const before = look(source);
    expect(before.join('\n')).toMatch(/cap_chown,cap_net_raw.*user:1234:rw.*trusted\.k=.*4321:4322/s);
    const place = `source: ${JSON.stringify(source)}\ndestination: ${JSON.stringify(destination)}\n`;
    writeFileSync(join(dir, 'intents', 'all.yaml'), `action: backup\nstack: all\n${fields}${place}`);
    const run = JSON.parse(chatops('run', 'all', '--yes', '--json'));
    expect(run.state).toBe('succeeded');

    const [manifest = ''] = readdirSync(destination).filter((name) => name.endsWith('.manifest.json'));
    const shown = chatops('show', run.id).split('\n');
    const lines: readonly (readonly [line: string, folder: string])[] = [
      [JSON.parse(readFileSync(join(destination, manifest), 'utf8')).restore, destination],
      [shown[shown.indexOf('Restore, as root:') + 1]?.trim() ?? '', join(dir, 'elsewhere')],
    ];
    for (const [line, folder] of lines) {
      expect(line).toContain(isArchive ? 'tar -xp' : 'rsync -aHAXS');
      sh(line, folder);
      const restored = join(folder, 'restore');
      // An archive of Plex has its folder in it.
      const at = readdirSync(restored).length === 1 ? join(restored, 'src') : restored;
      expect(look(at)).toEqual(before);
      expect(Number(sh('du -k holes | cut -f1', at))).toBeLessThan(1024);
    }
    expect(JSON.parse(chatops('artifacts', '--json'))).toMatchObject([{ restore: lines[1]?.[0] }]);
  },
  120_000,
);
