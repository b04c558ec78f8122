import * as z from 'zod';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { Json } from '../../core/model/plan.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import { formatCount } from '../../core/text/format.js';
import { seenIn } from './entry.js';

/** How many files and folders each have another owner, mode … at the destination than in the source. */
export type Lost = Readonly<Record<string, { readonly files: number; readonly folders: number }>>;

/** rsync's flags (rsync(1), --itemize-changes), and what people call them. */
const NAMES: Readonly<Record<string, string>> = {
  o: 'owners',
  g: 'groups',
  p: 'modes',
  a: 'ACLs',
  x: 'extended attributes',
};

/**
 * Counts, in a dry run after the copy, what is at the destination and has other attributes there: a destination that
 * can't keep them says nothing while it is written to.
 */
export function attributeReader(): { readonly onLine: (line: string) => void; readonly lost: () => Lost } {
  const lost: Record<string, { files: number; folders: number }> = {};
  const onLine = (line: string): void => {
    const seen = seenIn(line);
    if (seen === null || seen.flags.includes('+')) return;
    for (const flag of seen.flags) {
      if (!Object.hasOwn(NAMES, flag)) continue;
      lost[flag] ??= { files: 0, folders: 0 };
      lost[flag][seen.type === 'd' ? 'folders' : 'files'] += 1;
    }
  };
  return { onLine, lost: () => lost };
}

/** What a run's result says of attributes that the destination did not keep. */
export function lostNotice(destination: string, lost: Lost): Notice | null {
  const said = sentences(lost).map(
    ({ names, counts }) => phrase`${names} can’t be kept at ${code(destination)}: ${counts}.`,
  );
  return said.length === 0 ? null : notice('attributes_lost', joined(said), wayOut(destination, lost));
}

/** What the next preview says: it can't be seen before the copy which of today's differences will stay. */
export function lostBeforeNotice(destination: string, lost: Lost): Notice | null {
  const said = sentences(lost).map(
    ({ names, counts }) =>
      phrase`${names} couldn’t be kept at ${code(destination)} at the last run: ${counts}.`,
  );
  return said.length === 0 ? null : notice('attributes_lost', joined(said), wayOut(destination, lost));
}

function joined(sentences: readonly Phrase[]): Phrase {
  return sentences.flatMap((sentence, index) => (index === 0 ? sentence : [' ', ...sentence]));
}

/** What is lost of equally many files and folders is one sentence: `Owners and groups`, `12 files, 2 folders`. */
function sentences(lost: Lost): readonly { readonly names: string; readonly counts: string }[] {
  const byCounts = new Map<string, string[]>();
  for (const [flag, name] of Object.entries(NAMES)) {
    const { files = 0, folders = 0 } = lost[flag] ?? {};
    const parts = [
      ...(files > 0 ? [formatCount(files, 'file')] : []),
      ...(folders > 0 ? [formatCount(folders, 'folder')] : []),
    ];
    if (parts.length === 0) continue;
    const counts = parts.join(', ');
    byCounts.set(counts, [...(byCounts.get(counts) ?? []), name]);
  }
  return [...byCounts].map(([counts, names]) => {
    const all = names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
    return { names: `${all.charAt(0).toUpperCase()}${all.slice(1)}`, counts };
  });
}

function wayOut(destination: string, lost: Lost): Notice['remedy'] {
  const isOwner = lost.o !== undefined || lost.g !== undefined;
  if (isOwner && destination.startsWith('rsync://')) {
    return phrase`Set ${code('uid = root')} and ${code('gid = root')}, or ${code('fake super = yes')} for the module in rsyncd.conf there. To accept it, add ${code('--no-owner')} and ${code('--no-group')}.`;
  }
  return phrase`Choose a destination that keeps them, or add ${code('--fake-super')} to the intent’s options where it has extended attributes.`;
}

const REMEMBERED = z.object({
  lost: z.record(z.string(), z.object({ files: z.number(), folders: z.number() })),
});

/** What a run noted for the next plan. */
export function lostIn(remembered: Json): Lost {
  const read = REMEMBERED.safeParse(remembered);
  return read.success ? read.data.lost : {};
}
