/** Why an option is refused, and what to write instead. Whatever a hint says to write is itself accepted. */
export interface Refusal {
  readonly refuse: string;
  readonly hint: string;
}

const REMOVE = 'Remove it; docs/intents.md lists the options that can be used.';

export const UNKNOWN: Refusal = {
  refuse: 'it is not on the list of options that are known to be safe here',
  hint: REMOVE,
};

const RUNS: Refusal = { refuse: 'it runs a program of its own', hint: REMOVE };
const FROM_SOURCE: Refusal = { refuse: 'it would delete from the source', hint: REMOVE };
const AS_LISTED: Refusal = {
  refuse: 'deletions must be the ones that the preview lists',
  hint: 'Write --delete: what the preview lists is deleted, nothing else.',
};
const OTHER_FILE: Refusal = {
  refuse: 'it reads or writes a file that the intent does not name',
  hint: REMOVE,
};
const NOT_EQUAL: Refusal = { refuse: 'the copy would not be equal to the source', hint: REMOVE };
const FOLLOWS: Refusal = { refuse: 'it follows links out of the source', hint: REMOVE };
const HALF: Refusal = {
  refuse: 'an interrupted run would leave files half old and half new',
  hint: 'Remove it: unfinished files are kept apart, and the next run continues them.',
};
const PATTERNS: Refusal = {
  refuse: 'it reads or writes a file that the intent does not name',
  hint: 'Write the patterns as the intent’s field `exclude`, such as exclude: ["*.tmp", "cache/"].',
};
const RULES: Refusal = {
  refuse: 'it can also read other files, and change what is deleted',
  hint: 'Write --include=PATTERN and --exclude=PATTERN, in the order that they should count.',
};
const HISTORY: Refusal = {
  refuse: 'a mirror keeps one state, the newest',
  hint: 'Remove it. For earlier states, write an intent with `backup_type: files` and `link_dest: true`: it keeps a dated folder for each run, with hard links to what did not change.',
};
const REMOTE: Refusal = {
  refuse: 'it may ask anything of the other side',
  hint: 'Write --fake-super to keep owners there as extended attributes; remove anything else.',
};
const NOT_RUN: Refusal = {
  refuse: 'the preview is always made, and then nothing would be copied',
  hint: 'Remove it: `chatops plan` shows what would happen, and copies nothing.',
};

/** The fields that a remote shell's command means; null when it does more than choose a port and a key. */
function shellFields(command: string): readonly string[] | null {
  const words = command
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2')
    .split(/\s+/);
  if (words.shift()?.replace(/^\/usr\/bin\//, '') !== 'ssh') return null;
  const fields: string[] = [];
  while (words.length > 0) {
    const word = words.shift() ?? '';
    const letter = word.slice(0, 2);
    if (letter !== '-p' && letter !== '-i') return null;
    const value = word.length > 2 ? word.slice(2) : (words.shift() ?? '');
    if (letter === '-p' && /^[1-9]\d{0,4}$/.test(value)) fields.push(`ssh_port: ${value}`);
    else if (letter === '-i' && /^\/[\w./@%+=:,-]+$/.test(value)) fields.push(`ssh_key: ${value}`);
    else if (letter === '-i') fields.push('ssh_key: /root/.ssh/id_ed25519');
    else return null;
  }
  return fields;
}

function shell(command: string): Refusal {
  const fields = shellFields(command);
  if (fields === null) {
    return {
      refuse: 'it runs a program of its own',
      hint: 'A port and a key are fields of the intent, `ssh_port: 22` and `ssh_key: /root/.ssh/id_ed25519`; write anything else into ~/.ssh/config of the bot’s user.',
    };
  }
  if (fields.length === 0) return { refuse: 'ssh is used anyway', hint: 'Remove it.' };
  const named = fields.map((field) => `\`${field}\``).join(' and ');
  return { refuse: 'it runs a program of its own', hint: `Write ${named} as fields of the intent.` };
}

function always(refusal: Refusal, ...names: string[]): Record<string, () => Refusal> {
  return Object.fromEntries(names.map((name) => [name, () => refusal]));
}

/** By the option's name; the value, where there is one, is handed in. */
export const REFUSED: Readonly<Record<string, (value: string) => Refusal>> = {
  ...always(NOT_RUN, '-n', '--dry-run', '--list-only'),
  ...always(RUNS, '--rsync-path', '--daemon'),
  ...always(FROM_SOURCE, '--remove-source-files', '--remove-sent-files'),
  ...always(AS_LISTED, '--delete-missing-args', '--force', '--ignore-errors'),
  ...always(OTHER_FILE, '--files-from', '--log-file', '--temp-dir', '-T', '--write-batch', '--read-batch'),
  ...always(PATTERNS, '--exclude-from', '--include-from', '-C', '--cvs-exclude'),
  ...always(RULES, '--filter', '-f', '-F'),
  ...always(HALF, '--inplace', '--append', '--append-verify'),
  ...always(
    NOT_EQUAL,
    '-u',
    '--update',
    '--existing',
    '--ignore-existing',
    '--size-only',
    '--max-size',
    '--min-size',
  ),
  ...always(NOT_EQUAL, '-d', '--dirs', '--no-recursive', '--no-r', '-R', '--relative'),
  ...always(
    FOLLOWS,
    '-L',
    '--copy-links',
    '-k',
    '--copy-dirlinks',
    '-K',
    '--keep-dirlinks',
    '--copy-unsafe-links',
  ),
  ...always(
    HISTORY,
    '--link-dest',
    '--copy-dest',
    '--compare-dest',
    '-b',
    '--backup',
    '--backup-dir',
    '--suffix',
  ),
  ...always(REMOTE, '-M', '--remote-option'),
  '-e': shell,
  '--rsh': shell,
  '--delete-excluded': () => ({
    refuse: 'it would delete what `exclude` protects',
    hint: 'Write --delete; remove by hand, once, what is excluded now and still there.',
  }),
  '--max-delete': (value) => ({
    refuse: 'write it as the intent’s field `max_delete`',
    hint: `Write \`max_delete: ${/^\d{1,6}$/.test(value) ? value : '1000'}\` as a field of the intent.`,
  }),
  '--password-file': () => ({
    refuse: 'the password must not lie in a file that the intent names',
    hint: 'Put it into an environment variable (or its _FILE twin) and write that one’s name as a field of the intent: `password_secret: NAS_PASSWORD`.',
  }),
  '--port': (value) => ({
    refuse: 'the port belongs to the destination',
    hint: `Write it there: rsync://host:${/^\d{1,5}$/.test(value) ? value : '873'}/module/path. For ssh, write \`ssh_port: 22\` as a field of the intent.`,
  }),
  '--no-times': () => ({
    refuse: 'without times every run would copy everything again',
    hint: 'Write --modify-window=2 for a file system with coarse times.',
  }),
  '--no-t': () => REFUSED['--no-times']?.('') ?? UNKNOWN,
};

/** An entry that is no option: often the value of the one before it. */
export function noOption(entry: string): Refusal {
  if (/^\s*["']?(\/usr\/bin\/)?ssh\b/.test(entry)) return shell(entry);
  if (/^[DF]?([0-7]{3,4}|[ugoa]*[-+=][rwxXst]+)$/.test(entry)) {
    return {
      refuse: 'it is no option: a comma ends an entry of a list in brackets',
      hint: 'Put quotes around the whole option, such as "--chmod=D755,F644".',
    };
  }
  return {
    refuse: 'it is no option; an option and its value are one entry',
    hint: 'Write both together, such as --exclude=*.tmp.',
  };
}
