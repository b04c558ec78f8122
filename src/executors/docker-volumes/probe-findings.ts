import { type FileSystem, FULL, WINDOWS } from './file-system.js';
import { itemIn } from './listing.js';
import { bytesOf } from './names.js';
import { FOREIGN, PARTS } from './probe-tree.js';

/** What a destination was found unable to keep. */
export interface Findings {
  /** As the file system that shows such limits. */
  readonly system: FileSystem;
  readonly hardLinks: boolean;
  readonly acls: boolean;
  readonly xattrs: boolean;
}

/**
 * Reads what rsync would still send after the scratch folder was copied, and what it complained about meanwhile. Null: all
 * arrived. Owners and modes alone are no finding: they are counted after the copy.
 * @param lines of the look after it
 * @param stderr of both
 */
export function findingsIn(lines: readonly string[], name: string, stderr: string): Findings | null {
  const differs = new Set<string>();
  for (const line of lines) {
    const item = itemIn(line);
    if (item === null || item.fate === 'kept') continue;
    differs.add(bytesOf(item.name).toString('latin1'));
  }
  const has = (...paths: readonly string[]): boolean =>
    paths.some((path) => differs.has(Buffer.from(`${name}/${path}`).toString('latin1')));
  const lacks = [...(has(PARTS.symlink) ? ['L'] : []), ...(has(PARTS.fifo) ? ['S'] : [])];
  // Where such a name can’t be asked for, only the complaint has it.
  const isForeign =
    differs.has(`${name}/${FOREIGN.toString('latin1')}`) || stderr.includes(`${name}/names/\\#377`);
  const found = {
    ignoresCase: has(PARTS.upper, PARTS.lower),
    normalizes: has(PARTS.composed, PARTS.decomposed),
    isUnicode: isForeign,
    forbidden: has(PARTS.sign, PARTS.end) ? WINDOWS : null,
    maxName: has(PARTS.long) ? SHORT_NAME : FULL.maxName,
  };
  const system: FileSystem = { ...FULL, name: 'on a file system', lacks, ...found };
  const hardLinks = has(PARTS.one, PARTS.two);
  const acls = /acl/i.test(complaints(stderr));
  const xattrs = /xattr|rsync_xal/i.test(complaints(stderr));
  const isLimited = Object.entries(found).some(([key, value]) => value !== FULL[key as keyof typeof found]);
  return isLimited || lacks.length > 0 || hardLinks || acls || xattrs
    ? { system, hardLinks, acls, xattrs }
    : null;
}

/** The shortest limit that file systems have: eCryptfs keeps so many bytes of a name. */
const SHORT_NAME = 143;

/** Without the names in them. */
function complaints(stderr: string): string {
  return stderr.replace(/"[^"\n]*"/g, '');
}
