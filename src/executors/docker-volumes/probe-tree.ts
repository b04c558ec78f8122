/** What is tried at a destination, by where it lies in the scratch folder. */
export const PARTS = {
  upper: 'case/B',
  lower: 'case/b',
  composed: 'form/\u00e9',
  decomposed: 'form/e\u0301',
  one: 'links/one',
  two: 'links/two',
  symlink: 'symlink',
  fifo: 'fifo',
  sign: 'names/a:b?',
  end: 'names/end.',
  long: `names/${'n'.repeat(255)}`,
  attributes: 'attributes',
} as const;

/** Not UTF-8. */
export const FOREIGN = Buffer.from('names/\xff', 'latin1');

const TYPES = { file: '0', link: '1', symlink: '2', folder: '5', fifo: '6' } as const;

interface Member {
  readonly type: keyof typeof TYPES;
  readonly name: Buffer;
  readonly target?: string;
  readonly content?: string;
  readonly mode?: number;
  readonly owner?: number;
  /** Of an extended header. */
  readonly records?: Readonly<Record<string, string>>;
}

/** Nobody's, so that a destination which gives files to its own user shows. */
const OWNER = 54_321;
const ACL = 'user::rw-\nuser:54321:r--\ngroup::r--\nmask::r--\nother::---\n';

/**
 * A tar stream of the scratch folder, which tar makes with one call: no other way has odd names, links and attributes.
 * @param name the scratch folder's
 */
export function probeTree(name: string): Buffer {
  const at = (path: string): Buffer => Buffer.from(`${name}/${path}`);
  const file = (path: string, content: string = path): Member => ({ type: 'file', name: at(path), content });
  const folders = ['', 'case/', 'form/', 'links/', 'names/'].map(
    (path): Member => ({ type: 'folder', name: at(path), mode: 0o755 }),
  );
  const members: readonly Member[] = [
    // Deletes by being compared with it.
    { type: 'folder', name: Buffer.from('empty/'), mode: 0o755 },
    ...folders,
    file(PARTS.upper, 'upper'),
    file(PARTS.lower, 'lower, and longer'),
    file(PARTS.composed, 'one'),
    file(PARTS.decomposed, 'two, and longer'),
    file(PARTS.one),
    { type: 'link', name: at(PARTS.two), target: `${name}/${PARTS.one}` },
    { type: 'symlink', name: at(PARTS.symlink), target: 'nowhere' },
    { type: 'fifo', name: at(PARTS.fifo) },
    file(PARTS.sign),
    file(PARTS.end),
    { ...file(PARTS.long), name: at('names/n'), records: { path: `${name}/${PARTS.long}` } },
    { type: 'file', name: Buffer.concat([at(''), FOREIGN]), content: 'foreign' },
    {
      ...file(PARTS.attributes),
      ...{ mode: 0o640, owner: OWNER },
      records: { 'SCHILY.xattr.user.chatops': 'probe', 'SCHILY.acl.access': ACL },
    },
  ];
  return Buffer.concat([...members.flatMap(blocksOf), Buffer.alloc(1024)]);
}

function blocksOf({ records, ...member }: Member): readonly Buffer[] {
  const content = Buffer.from(member.content ?? '');
  const own = [header(member, content.length), padded(content)];
  if (records === undefined) return own;
  const text = Buffer.from(Object.entries(records).map(recordOf).join(''));
  const extended = { type: 'file', name: Buffer.from('x') } as const;
  return [header(extended, text.length, 'x'), padded(text), ...own];
}

/** `<its own length> <keyword>=<value>\n` */
function recordOf([keyword, value]: readonly [string, string]): string {
  const rest = Buffer.byteLength(` ${keyword}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length > length) length += 1;
  return `${length} ${keyword}=${value}\n`;
}

function header(
  { type, name, target = '', mode = 0o644, owner = 0 }: Omit<Member, 'records'>,
  size: number,
  flag: string = TYPES[type],
): Buffer {
  const block = Buffer.alloc(512);
  name.copy(block, 0);
  const octal = (value: number, offset: number, length: number): void =>
    void block.write(value.toString(8).padStart(length - 1, '0'), offset);
  octal(mode, 100, 8);
  octal(owner, 108, 8);
  octal(owner, 116, 8);
  octal(size, 124, 12);
  // 2001: not the time of any real file that is looked at here.
  octal(1_000_000_000, 136, 12);
  block.write('        ', 148);
  block.write(flag, 156);
  block.write(target, 157);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((all, byte) => all + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
