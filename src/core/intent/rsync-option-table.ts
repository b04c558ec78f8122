import type { Refusal } from './rsync-refusals.js';

/** What is done with an option: passed on, left out because the bot does it anyway, or taken as `mirror`. */
export type Verdict = { readonly keep: readonly string[] } | 'implied' | 'mirror' | Refusal;

const SAME: Readonly<Record<string, string>> = {
  ...{ '-z': '--compress', '-c': '--checksum', '-S': '--sparse', '-x': '--one-file-system' },
  ...{ '-W': '--whole-file', '-I': '--ignore-times', '-O': '--omit-dir-times', '-J': '--omit-link-times' },
  ...{ '--no-p': '--no-perms', '--no-o': '--no-owner', '--no-g': '--no-group', '--no-A': '--no-acls' },
  ...{
    '--no-X': '--no-xattrs',
    '--no-H': '--no-hard-links',
    '--no-l': '--no-links',
    '--no-W': '--no-whole-file',
  },
};

const PASSED_ON = [
  ...['--compress', '--checksum', '--sparse', '--one-file-system', '--whole-file', '--no-whole-file'],
  ...['--ignore-times', '--omit-dir-times', '--omit-link-times', '--safe-links', '--mkpath'],
  // For file systems that can't hold them (CIFS, FAT, NFS with root_squash): there each would end as exit 23.
  ...['--no-perms', '--no-owner', '--no-group', '--no-acls', '--no-xattrs', '--no-hard-links', '--no-links'],
  ...['--no-devices', '--no-specials'],
];

const DONE_ANYWAY = [
  ...[...'arlptgoDHAXEvhqPsi8'].map((letter) => `-${letter}`),
  ...['--archive', '--recursive', '--links', '--perms', '--times', '--group', '--owner', '--devices'],
  ...['--specials', '--hard-links', '--acls', '--xattrs', '--numeric-ids', '--executability', '--verbose'],
  ...['--quiet', '--human-readable', '--progress', '--stats', '--partial', '--fsync', '--secluded-args'],
  ...['--protect-args', '--itemize-changes', '--no-motd', '--8-bit-output', '--no-inc-recursive', '--no-i-r'],
  ...['--no-human-readable', '--no-h'],
];

const DELETIONS = [
  '--delete',
  '--del',
  '--delete-after',
  '--delete-before',
  '--delete-during',
  '--delete-delay',
];

/** Options without a value. */
export const TABLE: Readonly<Record<string, Verdict>> = {
  ...Object.fromEntries(PASSED_ON.map((name) => [name, { keep: [name] }])),
  ...Object.fromEntries(Object.entries(SAME).map(([name, long]) => [name, { keep: [long] }])),
  ...Object.fromEntries(DONE_ANYWAY.map((name) => [name, 'implied' as const])),
  ...Object.fromEntries(DELETIONS.map((name) => [name, 'mirror' as const])),
  '--no-D': { keep: ['--no-devices', '--no-specials'] },
  // Owners as extended attributes are meant for the copy: alone, the option would be about this side.
  ...Object.fromEntries(
    ['--fake-super', '-M--fake-super', '--remote-option=--fake-super'].map((name) => [
      name,
      { keep: ['--remote-option=--fake-super'] },
    ]),
  ),
};

/** How an option's value looks. */
export interface Form {
  readonly form: RegExp;
  readonly example: string;
  /** Only about what rsync prints. */
  readonly isImplied?: boolean;
}

const OUTPUT = { form: /^[^\0\n]{1,1000}$/, isImplied: true };
const OWNER = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}';

/** Options with a value, written `--name=value`. */
export const FORMS: Readonly<Record<string, Form>> = {
  '--bwlimit': { form: /^\d{1,9}(\.\d{1,3})?[KMGkmg]?$/, example: '--bwlimit=20M' },
  '--compress-level': { form: /^\d{1,2}$/, example: '--compress-level=3' },
  '--modify-window': { form: /^\d{1,4}$/, example: '--modify-window=2' },
  '--timeout': { form: /^[1-9]\d{0,4}$/, example: '--timeout=300' },
  '--contimeout': { form: /^[1-9]\d{0,4}$/, example: '--contimeout=10' },
  '--exclude': { form: /^[^\0\n]+$/s, example: '--exclude=*.tmp' },
  '--include': { form: /^[^\0\n]+$/s, example: '--include=*.jpg' },
  '--chown': {
    form: new RegExp(`^(?:${OWNER}(?::(?:${OWNER})?)?|:${OWNER})$`),
    example: '--chown=1000:1000',
  },
  '--chmod': {
    form: /^[DF]?(?:[0-7]{3,4}|[ugoa]*[-+=][rwxXstugo]*)(?:,[DF]?(?:[0-7]{3,4}|[ugoa]*[-+=][rwxXstugo]*)){0,20}$/,
    example: '--chmod=D755,F644',
  },
  // A folder of that name in each folder; the name is protected from deletion by rsync itself.
  '--partial-dir': { form: /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/, example: '--partial-dir=.rsync-partial' },
  '--info': { ...OUTPUT, example: '--info=progress2' },
  '--outbuf': { ...OUTPUT, example: '--outbuf=L' },
  '--out-format': { ...OUTPUT, example: '--out-format=%n' },
  '--log-format': { ...OUTPUT, example: '--log-format=%n' },
};
