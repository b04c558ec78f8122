import { describe, expect, test } from '@jest/globals';
import { withPatterns } from '../../../src/core/documents/pattern.js';
import { readIntent } from '../../../src/core/intent/read-intent.js';
import { checkRsyncOptions } from '../../../src/core/intent/rsync-options.js';

describe('rsync options', () => {
  test('that are harmless are kept in one form, and what the bot does anyway is left out', () => {
    expect(checkRsyncOptions(['-avzP', '-z', '--stats', '--bwlimit=10m', '-cS', '--exclude=*.tmp'])).toEqual({
      ok: true,
      options: ['--compress', '--bwlimit=10m', '--checksum', '--sparse', '--exclude=*.tmp'],
      mirror: false,
    });
  });

  test.each([
    ['--info=progress2', []],
    ['-i', []],
    ['-h', []],
    ['--no-motd', []],
    ['--out-format=%n', []],
    ['--partial-dir=.p', ['--partial-dir=.p']],
    ['--no-o', ['--no-owner']],
    ['--no-g', ['--no-group']],
    ['--no-p', ['--no-perms']],
    ['--no-D', ['--no-devices', '--no-specials']],
    ['--no-l', ['--no-links']],
    ['--contimeout=10', ['--contimeout=10']],
    ['-O', ['--omit-dir-times']],
    ['--omit-dir-times', ['--omit-dir-times']],
    ['--no-links', ['--no-links']],
    ['--safe-links', ['--safe-links']],
    ['--chown=1000:1000', ['--chown=1000:1000']],
    ['--chown=:users', ['--chown=:users']],
    ['--chmod=D755,F644', ['--chmod=D755,F644']],
    ['--chmod=ug=rwX,o-rwx', ['--chmod=ug=rwX,o-rwx']],
    ['--fake-super', ['--remote-option=--fake-super']],
    ['-M--fake-super', ['--remote-option=--fake-super']],
    ['--include=*.jpg', ['--include=*.jpg']],
    ['--exclude=--delete', ['--exclude=--delete']],
    ['--mkpath', ['--mkpath']],
  ])('%s is taken', (option, options) => {
    expect(checkRsyncOptions([option])).toEqual({ ok: true, options, mirror: false });
  });

  test.each(['--delete', '--del', '--delete-after', '--delete-before', '--delete-during', '--delete-delay'])(
    '%s means: mirror',
    (option) => {
      expect(checkRsyncOptions(['-a', option])).toEqual({ ok: true, options: [], mirror: true });
    },
  );
});

/** What must not be taken, whatever it looks like: it runs programs, reads or writes other files, or deletes more. */
const REFUSED = [
  ...['-e', '-e sh', '-esh', '-ze', '--rsh=sh', '--rsh', '--rsync-path=/x', '--rsync-path', '-M--daemon'],
  ...[
    '--remote-option=--x',
    '--remote-option=--fake-super --x',
    '-M',
    '-M--fake-super=1',
    '--rsh=ssh -i key',
  ],
  ...[
    '--files-from=/etc/shadow',
    '--log-file=/x',
    '--daemon',
    '--config=/x',
    '-e ssh -p 2222',
    '-avze ssh -p 22',
  ],
  ...[
    '--rsh=ssh -i /root/.ssh/nas -p 2222',
    '--rsh=ssh -o ProxyCommand=sh',
    '--rsh="ssh -p 22"',
    'ssh -p 22',
  ],
  ...['--remove-source-files', '--delete-excluded', '--delete-missing-args', '--max-delete=5', '--force'],
  ...[
    '--password-file=/x',
    '--exclude-from=/x',
    '--filter=. /x',
    '-f. /x',
    '-T/tmp',
    '--temp-dir=/tmp',
    '-F',
  ],
  ...['--link-dest=/x', '--link-dest=../old', '--copy-dest=/x', '--backup-dir=/x', '--backup-dir=old', '-b'],
  ...['--inplace', '--append', '-u', '-n', '--dry-run', '-L', '-k', '-K', '--size-only', '-R', '--relative'],
  ...[
    '--write-batch=/x',
    '--chmod=u+s;x',
    '--chmod=',
    '--chown=a b',
    '--chown=',
    '--chown=-x',
    '--partial-dir=/x',
  ],
  ...['--partial-dir=..', '--partial-dir=a/b', '--bwlimit', '--bwlimit=', '--bwlimit=-1', '--bwlimit=1;x'],
  ...[
    '--timeout=0',
    '--contimeout=x',
    '--compress=x',
    '--delete=1',
    '--exclude=',
    '--exclude=a\nb',
    '',
    '-',
    '--',
  ],
  ...['/etc', 'src/', 'host:/x', '--constructor', '--__proto__', '-a -e sh', '-a\n-e', '-a -v', '--old-args'],
  ...['--exclude *.tmp', '--info', '--no-times', '--no-t', '--port=8730', '--suffix=.old', '--ignore-errors'],
  ...['F644', 'Du=rwx', 'ug+rw'],
];

describe('a refused option', () => {
  test.each(REFUSED)('%j is refused', (option) => {
    expect(checkRsyncOptions(['-a', option])).toEqual({
      ok: false,
      option,
      why: expect.any(String),
      hint: expect.any(String),
    });
  });

  test.each([
    ['--rsh=ssh -i /root/.ssh/nas -p 2222', '`ssh_key: /root/.ssh/nas` and `ssh_port: 2222`'],
    ['-e ssh -p2222', '`ssh_port: 2222`'],
    ['--link-dest=../old', '`link_dest: true`'],
    ['--backup-dir=old', '`link_dest: true`'],
    ['--max-delete=5', '`max_delete: 5`'],
    ['--exclude *.tmp', '--exclude=*.tmp'],
    ['-a -v', 'options: [-a, -v]'],
  ])('%s is answered with what to write', (option, hint) => {
    expect(checkRsyncOptions([option])).toMatchObject({ ok: false, hint: expect.stringContaining(hint) });
  });

  test.each(REFUSED)('%j: what its hint says to write is itself accepted', async (option) => {
    const check = checkRsyncOptions([option]);
    if (check.ok) throw new Error('accepted');
    const { hint } = check;
    const fields = [...hint.matchAll(/`(\w+: [^`]+)`/g)].map(([, field = '']) => field);
    const list = [...hint.matchAll(/exclude: \[[^\]]*\]/g)].map(([field]) => field);
    const entries = /options: \[(.*?)\]/.exec(hint)?.[1]?.split(', ') ?? [];
    const options = [...hint.matchAll(/(?<![\w[`])--?[a-z][\w-]*(?:=[^\s"]*[^\s.,:;"])?/g)].map(
      ([found]) => found,
    );
    const destination = /rsync:\/\/\S+\b/.exec(hint)?.[0] ?? 'nas:/srv/x';
    const isOther = fields.some((field) => field.startsWith('backup_type'));
    const kind = isOther ? [] : ['backup_type: docker_volumes'];
    const { problems } = await withPatterns(() =>
      readIntent(
        ['action: backup', ...kind, 'source: /srv/a']
          .concat(
            `destination: ${isOther ? '/srv/x' : fields.some((field) => field.startsWith('ssh_')) ? 'nas:/srv/x' : destination}`,
          )
          .concat(fields, list, isOther ? '' : `options: ${JSON.stringify([...options, ...entries])}`, '')
          .join('\n'),
        '/intents/example.yaml',
      ),
    );
    expect(problems).toEqual([]);
    // Advice without anything to write can only be to remove it.
    if (fields.length + list.length + options.length + entries.length === 0) {
      expect(hint).toMatch(/^Remove it/);
    }
  });
});

/** An intent with these options, as they stand in its file. */
async function read(options: string, destination = '/srv/x') {
  const text = `action: backup\nbackup_type: docker_volumes\nsource: /srv/a\ndestination: ${destination}\noptions: ${options}\n`;
  const { problems, intent } = await withPatterns(() => readIntent(text, '/intents/example.yaml'));
  const [step] = intent?.steps ?? [];
  return { problems, options: step?.kind === 'docker_volumes' ? step.fields.options : [], step };
}

describe('options as people paste them', () => {
  test.each([
    ['[--info=progress2]', []],
    ['[--info=progress2,name0]', []],
    ['[-i]', []],
    ['[-O]', ['--omit-dir-times']],
    ['[--no-links]', ['--no-links']],
    ['[--safe-links]', ['--safe-links']],
    ['[--chown=a:b]', ['--chown=a:b']],
    ['[--chmod=D755,F644]', ['--chmod=D755,F644']],
    [
      '[-z, --chmod=Du=rwx,Dgo=rx,Fu=rw,Fgo=r, --chown=1000:1000]',
      ['--compress', '--chmod=Du=rwx,Dgo=rx,Fu=rw,Fgo=r', '--chown=1000:1000'],
    ],
    ['["--chmod=D755,F644"]', ['--chmod=D755,F644']],
    ['[--fake-super]', ['--remote-option=--fake-super']],
    ['[--partial-dir=.p]', ['--partial-dir=.p']],
    ['[--include=*.jpg, "--exclude=*"]', ['--include=*.jpg', '--exclude=*']],
    ['--chmod=D755,F644', ['--chmod=D755,F644']],
    ['-avh --delete --chmod=D755,F644 --chown=a:b', ['--chmod=D755,F644', '--chown=a:b']],
    ["--exclude '*.tmp' --exclude=cache/ -z", ['--exclude=*.tmp', '--exclude=cache/', '--compress']],
    ['--exclude=my folder', ['--exclude=my folder']],
    ['|\n  -z\n  --delete', ['--compress']],
  ])('%s', async (text, options) => {
    expect(await read(text)).toMatchObject({ problems: [], options });
  });

  test('a deadline for connecting counts at a daemon', async () => {
    expect((await read('[--contimeout=10]', 'rsync://nas/x/y')).options).toEqual(['--contimeout=10']);
    expect(await read('[--contimeout=10]')).toMatchObject({ problems: [], options: [] });
  });

  test.each([
    ['[--link-dest=../old]', '`link_dest: true`'],
    ['[--backup-dir=/srv/x/old]', '`link_dest: true`'],
    ['-a --backup --backup-dir=old', '`link_dest: true`'],
    ['-a -e "ssh -p 2222" --delete', '`ssh_port: 2222`'],
    ['[-z, --chmod=D755,oops]', '--chmod=D755,F644'],
    ['[F644]', '--chmod=D755,F644'],
    ['-a; rm -rf /', 'docs/intents.md'],
    ['-a $(id)', 'Write'],
  ])('%s is answered with what to write', async (text, hint) => {
    const { problems, step } = await read(text);
    expect(step).toBeUndefined();
    expect(problems.map((problem) => problem.hint).join()).toContain(hint);
  });

  test('a problem is told where it stands, also behind what was cut off', async () => {
    const { problems } = await read('[--chmod=D755,F644, --oops]');
    expect(problems).toMatchObject([{ field: 'options[2]', line: 5 }]);
  });
});
