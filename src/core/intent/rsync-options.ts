/** What {@link checkRsyncOptions} found. `options` are in a normal form, without deletions and repetitions. */
export type RsyncOptionsCheck =
  | { readonly ok: true; readonly options: readonly string[]; readonly mirror: boolean }
  | { readonly ok: false; readonly option: string; readonly why: string };

/** What is done with an option: passed on, left out because the bot does it anyway, or taken as `mirror`. */
type Verdict = { readonly keep: string } | 'implied' | 'mirror' | { readonly refuse: string };

/** Letters that may be combined, as in `-avz`. */
const SHORT: Readonly<Record<string, Verdict>> = {
  ...all([...'arlptgoDHAXvhqPs'], 'implied'),
  z: { keep: '--compress' },
  c: { keep: '--checksum' },
  S: { keep: '--sparse' },
  x: { keep: '--one-file-system' },
  W: { keep: '--whole-file' },
  I: { keep: '--ignore-times' },
};

const LONG: Readonly<Record<string, Verdict>> = {
  ...keep(
    ...['--compress', '--checksum', '--sparse', '--one-file-system', '--whole-file', '--no-whole-file'],
    ...['--ignore-times'],
    // For file systems that can't hold them (CIFS, FAT, NFS with root_squash): there each would end as exit 23.
    ...['--no-perms', '--no-owner', '--no-group', '--no-acls', '--no-xattrs', '--no-hard-links'],
    ...['--no-devices', '--no-specials'],
  ),
  ...all(
    [
      ...['--archive', '--recursive', '--links', '--perms', '--times', '--group', '--owner', '--devices'],
      ...['--specials', '--hard-links', '--acls', '--xattrs', '--numeric-ids', '--verbose', '--quiet'],
      ...['--human-readable', '--progress', '--stats', '--partial', '--fsync', '--secluded-args'],
      ...['--protect-args', '--itemize-changes'],
    ],
    'implied',
  ),
  ...all(
    ['--delete', '--del', '--delete-after', '--delete-before', '--delete-during', '--delete-delay'],
    'mirror',
  ),
  ...refuse('the preview is always made, and then nothing would be copied', '--dry-run'),
  ...refuse(
    'it runs a program of its own',
    '-e',
    '--rsh',
    '--rsync-path',
    '--daemon',
    '-M',
    '--remote-option',
  ),
  ...refuse('it would delete from the source', '--remove-source-files', '--remove-sent-files'),
  ...refuse('it would delete what `exclude` protects', '--delete-excluded'),
  ...refuse('deletions must be the ones that the preview lists', '--delete-missing-args', '--force'),
  ...refuse('write it as the intent’s field `max_delete`', '--max-delete'),
  ...refuse('it reads or writes a file that the intent does not name', '--files-from', '--log-file'),
  ...refuse('it reads or writes a file that the intent does not name', '--exclude-from', '--include-from'),
  ...refuse('name the secret in the intent’s field `password_secret`', '--password-file'),
  ...refuse('an interrupted run would leave files half old and half new', '--inplace', '--append'),
  ...refuse('the copy would not be equal to the source', '--update', '--existing', '--ignore-existing'),
  ...refuse('the copy would not be equal to the source', '--size-only', '--max-size', '--min-size'),
  ...refuse('it follows links out of the source', '--copy-links', '--copy-unsafe-links', '--copy-dirlinks'),
};

/** Options with a value, written `--name=value`. */
const VALUED: Readonly<Record<string, RegExp>> = {
  '--bwlimit': /^\d{1,9}(\.\d{1,3})?[KMGkmg]?$/,
  '--compress-level': /^\d{1,2}$/,
  '--modify-window': /^\d{1,4}$/,
  '--timeout': /^[1-9]\d{0,4}$/,
  '--exclude': /^[^\0\n]+$/s,
};

/**
 * Checks an intent's rsync options against an allowlist. Some options of rsync run programs (`-e`,
 * `--rsync-path`) or read and write other files (`--files-from`, `--log-file`), so everything that is not
 * known to be harmless is refused. `--delete` and its kin mean: mirror deletions, done as the preview lists
 * them. Options that the bot uses anyway (`-a`, `-H`, `-v`, …) are accepted and left out.
 */
export function checkRsyncOptions(options: readonly string[]): RsyncOptionsCheck {
  const kept = new Set<string>();
  let mirror = false;
  for (const option of options) {
    for (const verdict of verdictsOn(option)) {
      if (verdict === 'implied') continue;
      if (verdict === 'mirror') mirror = true;
      else if ('keep' in verdict) kept.add(verdict.keep);
      else return { ok: false, option, why: verdict.refuse };
    }
  }
  return { ok: true, options: [...kept], mirror };
}

function verdictsOn(option: string): readonly Verdict[] {
  const known = own(LONG, option);
  if (known) return [known];
  const [name, value] = split(option);
  const form = own(VALUED, name);
  if (form) {
    if (value === null) return [{ refuse: `its value is missing; write it as \`${name}=…\`` }];
    return [form.test(value) ? { keep: option } : { refuse: 'its value is not one that rsync understands' }];
  }
  if (/^-[A-Za-z]+$/.test(option)) {
    return [...option.slice(1)].map((letter) => own(SHORT, letter) ?? own(LONG, `-${letter}`) ?? UNKNOWN);
  }
  const bare = own(LONG, name) ?? UNKNOWN;
  return [typeof bare === 'object' && 'refuse' in bare ? bare : { refuse: 'it takes no value' }];
}

const UNKNOWN: Verdict = { refuse: 'it is not on the list of options that are known to be safe here' };

function split(option: string): readonly [name: string, value: string | null] {
  const at = option.indexOf('=');
  return at < 0 ? [option, null] : [option.slice(0, at), option.slice(at + 1)];
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function all(names: readonly string[], verdict: Verdict): Record<string, Verdict> {
  return Object.fromEntries(names.map((name) => [name, verdict]));
}

function keep(...names: string[]): Record<string, Verdict> {
  return Object.fromEntries(names.map((name) => [name, { keep: name }]));
}

function refuse(why: string, ...names: string[]): Record<string, Verdict> {
  return all(names, { refuse: why });
}
