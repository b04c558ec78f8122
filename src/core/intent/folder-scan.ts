import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FileFacts, plainReads, type Reads } from '../documents/reads.js';
import { NoAnswerError } from '../ports/host.js';
import { type Folder, type IntentFile, isIntentFile, readFiles, unreadableFolder } from './folder.js';
import { inTurns } from './in-turns.js';

/** A folder that has not answered by then is on a mount that hangs, in ms. */
const ANSWER_MS = 15_000;
/** All files are looked at again at the earliest after so many times as long as the last look took. */
const REST = 100;
/** Files changed within this of being read may change again without showing it: clocks of file systems are coarse, in ms. */
const SETTLED_MS = 3000;

/** A file as it was when it was read. */
interface Known {
  readonly signature: string;
  readonly file: IntentFile | null;
}

/** Looks at one folder again and again, and reads only what changed. */
export interface FolderScan {
  /**
   * The folder as it is now; the same object when nothing changed. Never rejects, and never waits long.
   * @param idle nothing says that a file changed: a look at the folder itself may do
   */
  scan(idle: boolean): Promise<Folder>;
}

export function scanFolder(dir: string, reads: Reads = plainReads, answerMs = ANSWER_MS): FolderScan {
  let known: ReadonlyMap<string, Known> = new Map();
  let last: Folder | null = null;
  let device: number | null = null;
  let lastFolder = '';
  let lastLook = { endedAt: Number.NEGATIVE_INFINITY, tookMs: 0 };
  let underWay: Promise<Folder> | null = null;

  const read = async (idle: boolean): Promise<Folder> => {
    const began = performance.now();
    const facts = await reads.facts(dir);
    const own = signatureOf(facts);
    const isRested = began - lastLook.endedAt >= lastLook.tookMs * REST;
    if (idle && last?.ok && own === lastFolder && !isRested) return last;
    const entries = (await reads.names(dir)).filter(isIntentFile).sort();
    if (entries.length === 0 && known.size > 0 && facts.dev !== device)
      return unreadableFolder(dir, 'unmounted');
    const signatures = new Map(
      await inTurns(entries, async (name) => [name, await signed(join(dir, name), reads)] as const),
    );
    const isSame = (name: string): boolean => {
      const signature = signatures.get(name);
      return signature !== null && signature !== undefined && known.get(name)?.signature === signature;
    };
    device = facts.dev;
    lastFolder = own;
    if (last?.ok && entries.length === known.size && entries.every(isSame)) {
      lastLook = { endedAt: performance.now(), tookMs: performance.now() - began };
      return last;
    }
    const folder = await readFiles(dir, entries, reads, (name) =>
      isSame(name) ? (known.get(name)?.file ?? null) : undefined,
    );
    const files = new Map(folder.files.map((file) => [file.file, file]));
    const knownOf = (name: string): Known => ({
      signature: signatures.get(name) ?? '',
      file: files.get(join(dir, name)) ?? null,
    });
    known = new Map(entries.map((name) => [name, knownOf(name)]));
    lastLook = { endedAt: performance.now(), tookMs: performance.now() - began };
    return last && sameFolder(folder, last) ? last : folder;
  };

  return {
    async scan(idle) {
      // A folder that hangs keeps a thread, so there is never a second question.
      underWay ??= read(idle)
        .catch((error: unknown) => unreadableFolder(dir, error))
        .finally(() => {
          underWay = null;
        });
      const late = new AbortController();
      const silence = sleep(answerMs, null, { signal: late.signal, ref: false }).catch(() => null);
      const answer = (await Promise.race([underWay, silence])) ?? unreadableFolder(dir, 'unanswered');
      late.abort();
      if (answer.ok) last = answer;
      return answer;
    },
  };
}

/** Null: what is there may be another thing at the next look, so it is read each time. */
async function signed(path: string, reads: Reads): Promise<string | null> {
  const facts = await reads.linkFacts(path).catch((error: unknown) => {
    if (error instanceof NoAnswerError) throw error;
    return null;
  });
  // What a symlink leads to changes without it.
  if (facts === null || facts.isLink) return null;
  return Date.now() - Math.max(facts.mtimeMs, facts.ctimeMs) < SETTLED_MS ? null : signatureOf(facts);
}

function signatureOf({ dev, ino, size, mtimeMs, ctimeMs }: FileFacts): string {
  return `${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
}

/** By what it says; most files are the very same objects. */
function sameFolder(a: Folder, b: Folder): boolean {
  if (!a.ok || !b.ok || a.files.length !== b.files.length) return false;
  const same = (one: IntentFile, other: IntentFile | undefined): boolean =>
    one === other ||
    (other !== undefined && one.file === other.file && one.text === other.text && one.text !== null);
  return (
    a.files.every((file, index) => same(file, b.files[index])) &&
    JSON.stringify(a.problems) === JSON.stringify(b.problems)
  );
}
