/** What GNU tar said about one file while it packed. */
export interface Said {
  /**
   * `changed`: written to while it was read. `gone`: removed before. `padded`: it ended too soon, and zeros stand for the
   * rest; whether somebody cut it off or the disk can't be read is not told. `attributes`: packed without some of them.
   */
  readonly what: 'changed' | 'gone' | 'padded' | 'attributes' | 'unreadable' | 'itself';
  /** As tar quotes it. */
  readonly name: string;
  readonly line: string;
}

/** The end of a line tells what it is: a name before it may hold anything. */
const MEANINGS: readonly (readonly [Said['what'], RegExp])[] = [
  ['unreadable', /^\S*tar: (.*): (?:Warning: )?[^:]*: Input\/output error$/],
  ['changed', /^\S*tar: (.*): file changed as we read it$/],
  ['gone', /^\S*tar: (.*): File removed before we read it$/],
  ['gone', /^\S*tar: (.*): Cannot (?:stat|open): No(?:t a directory| such file or directory)$/],
  ['padded', /^\S*tar: (.*): File shrank by \d+ bytes?; padding with zeros$/],
  ['attributes', /^\S*tar: (.*): Warning: Cannot (?:\w*xattr\w*|acl_\w+|\w*filecon\w*): [^:]*$/],
  ['itself', /^\S*tar: (.*): file is the archive; not dumped$/],
  [
    'unreadable',
    /^\S*tar: (.*): (?:Warning: )?(?:Cannot (?!write|close)\w+|Read error at byte [^:]*): [^:]*$/,
  ],
];

/** Lines after which everything is as it should be. */
const HARMLESS = [
  /^\S*tar: wrote: \d+/,
  /^Total bytes written: /,
  /: (?:socket|door) ignored$/,
  // A file system that has no such attributes lost none.
  /: Warning: Cannot \w+: Operation not supported$/,
  /^\S*tar: Exiting with failure status due to previous errors$/,
  /^\s*$/,
];

/** Everything that tar said, sorted; other lines are those that nobody knows, or that end everything. */
export interface Heard {
  readonly said: readonly Said[];
  readonly other: readonly string[];
}

/** Takes tar's lines one by one: there may be more of them than anybody keeps. */
export function tarListener(): Heard & { readonly onLine: (line: string) => void } {
  const said: Said[] = [];
  const other: string[] = [];
  const onLine = (line: string): void => {
    if (HARMLESS.some((pattern) => pattern.test(line))) return;
    for (const [what, pattern] of MEANINGS) {
      const [, name] = pattern.exec(line) ?? [];
      if (name === undefined) continue;
      said.push({ what, name, line });
      return;
    }
    other.push(line);
  };
  return { said, other, onLine };
}
