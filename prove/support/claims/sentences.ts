import { isGood } from './archives.js';
import { changedThough, shownDeletions, takenByRun } from './deeds.js';
import { countMeant, meansBetween } from './figures.js';
import { arrived, copied, equalNow, gone, lacking, packed, show, within } from './measures.js';
import { allTold, type Seen, sentences } from './seen.js';

/** Null: true. Else what is so instead. */
type Judge = (seen: Seen, said: Readonly<Record<string, string | undefined>>) => string | null;

interface Sentence {
  /** Matches from its beginning; named groups are what is judged. */
  readonly like: RegExp;
  /** Without one it says nothing about the data: a reason that a tool gave, an advice. */
  readonly judge?: Judge;
}

const COUNT = String.raw`(?:no|[\d,]+)`;
const BYTES = String.raw`[\d.,]+ (?:B|KiB|MiB|GiB)`;
const TOOK = String.raw`[\d.]+ (?:s|min|h|ms)(?: \d+ (?:s|min))?`;

/** Every sentence that an outcome may hold, and how it is judged. Add to it what is added to the program. */
const SENTENCES: readonly Sentence[] = [
  // A mirror that is done.
  {
    like: re(`(?<bytes>${BYTES}) \\((?<files>${COUNT}) files?\\) copied in ${TOOK}\\.`),
    judge: (seen, said) => {
      const is = copied(seen);
      const files = countMeant(said.files);
      if (!within(files, is.files)) return `${show(is.files)} files were copied`;
      return meansBetween(said.bytes ?? '', is.bytes.least, is.bytes.most)
        ? null
        : `${show(is.bytes)} bytes were copied`;
    },
  },
  {
    like: re(`Nothing had to be copied(?:, seen in ${TOOK})?\\.`),
    judge: (seen) =>
      copied(seen).files.least === 0 ? null : `${show(copied(seen).files)} files were copied`,
  },
  {
    like: re(
      `\\S+ has all (?<files>${COUNT}) files?, (?<how>checked by size and time|every byte compared)\\.`,
    ),
    judge: (seen, said) => {
      const missing = lacking(seen).filter((path) => !isToldLeftOut(seen, path));
      if (missing.length > 0) return `it lacks ${missing.length}, such as ${missing[0]}`;
      return within(countMeant(said.files), arrived(seen)) ? null : `it has ${show(arrived(seen))}`;
    },
  },
  {
    like: re(
      `(?:(?<files>${COUNT}) files?)?(?: and )?(?:(?<folders>${COUNT}) folders?)? deleted, as shown\\.`,
    ),
    judge: (seen, said) => {
      const is = gone(seen);
      const told = countMeant(said.files) + countMeant(said.folders);
      if (told !== shownDeletions(seen).length) return `${shownDeletions(seen).length} were shown`;
      const taken = takenByRun(seen).length;
      return told === taken ||
        (countMeant(said.files) === is.files && countMeant(said.folders) === is.folders)
        ? null
        : `${is.files} files and ${is.folders} folders are gone`;
    },
  },
  {
    like: re(
      `(?<made>${COUNT}) of (?<shown>${COUNT}) shown deletions made\\. (?<rest>${COUNT}) not: in the source again,(?: or)? gone already(?:, or not empty)?\\.`,
    ),
    judge: (seen, said) => {
      const shown = shownDeletions(seen).length;
      if (countMeant(said.shown) !== shown) return `${shown} were shown`;
      const is = takenByRun(seen).length;
      return countMeant(said.made) === is ? null : `${is} are gone by it`;
    },
  },
  {
    like: re(`(?<files>${COUNT}) files? vanished from the source while it was copied\\.`),
    judge: (seen, said) => (countMeant(said.files) <= vanished(seen) ? null : `${vanished(seen)} vanished`),
  },
  {
    like: re(`(?<files>${COUNT}) files? changed while the copy was made; it may hold an older state\\.`),
    judge: (seen, said) =>
      countMeant(said.files) <= changedMeanwhile(seen) ? null : `${changedMeanwhile(seen)} changed`,
  },
  {
    like: re(
      `\\S+ has (?<equal>${COUNT}) of (?<files>${COUNT}) files? as they are now, (?<how>checked by size and time|every byte compared)\\.`,
    ),
    judge: (seen, said) => {
      const is = equalNow(seen);
      if (!within(countMeant(said.files), is.files)) return `the source has ${show(is.files)}`;
      return within(countMeant(said.equal), is.equal) ? null : `${show(is.equal)} are equal`;
    },
  },
  {
    like: re(
      `(?<files>${COUNT}) files? changed while the copy was made; \\S+ may hold an older state(?:, and databases among them may be damaged)?: .+?\\.`,
    ),
    judge: (seen, said) =>
      countMeant(said.files) <= changedMeanwhile(seen) ? null : `${changedMeanwhile(seen)} changed`,
  },
  {
    like: re(
      `(?<files>${COUNT}) files? of the source (?:is|are) not at \\S+: .+?\\. Usually such files came while the copy was made\\.`,
    ),
    judge: (seen, said) => {
      const { files, equal } = equalNow(seen);
      const most = files.most - equal.least;
      return countMeant(said.files) <= most ? null : `at most ${most} are not there`;
    },
  },
  {
    like: re(
      `(?<files>${COUNT}) files? at \\S+ ha(?:s|ve) the size and time of the source, but other contents: .+?\\.`,
    ),
  },
  { like: re(`\\S+ is empty now, and held ${COUNT} files? when the copy began\\.`) },
  // A mirror that ended early.
  { like: re('The mirror is incomplete: what was copied stays, and the next run goes on from there\\.') },
  {
    like: re('\\S+\\.partial may be left on the disk that went away\\. Delete it when the disk is back\\.'),
    judge: ({ fault }) => (fault === 'destination-away' ? null : 'no disk went away'),
  },
  {
    like: re('\\S+ isn’t on the disk that it was on when the run began\\.'),
    judge: ({ fault }) => (fault === 'destination-away' ? null : 'no disk went away'),
  },
  { like: re('Nothing was deleted\\.'), judge: (seen) => nothingGone(seen) },
  {
    like: re('Some of the deletions that were shown may have been made; nothing else was deleted\\.'),
    judge: (seen) => (shownDeletions(seen).length > 0 ? null : 'no deletions were shown'),
  },
  {
    like: re(
      `(?:(?<files>${COUNT}) files?)?(?: and )?(?:(?<folders>${COUNT}) folders?)? had been deleted, all from the list that was shown\\.`,
    ),
    judge: (seen, said) => {
      const is = takenByRun(seen).length;
      return countMeant(said.files) + countMeant(said.folders) === is ? null : `${is} are gone`;
    },
  },
  // An archive.
  {
    like: re(`(?<from>${BYTES}) → (?<to>${BYTES}) \\((?<files>${COUNT}) files?\\) in ${TOOK}\\.`),
    judge: (seen, said) => {
      if (seen.archive === null) return 'there is no archive';
      if (countMeant(said.files) !== seen.archive.members) return `${seen.archive.members} files are in it`;
      const is = packed(seen);
      if (!meansBetween(said.from ?? '', is.least, is.most)) return `${show(is)} bytes are in it`;
      return meansBetween(said.to ?? '', seen.archive.size, seen.archive.size)
        ? null
        : `it has ${seen.archive.size} bytes`;
    },
  },
  {
    like: re('The name \\S+ was taken already\\.'),
    judge: ({ archive }) =>
      archive !== null && /-\d+\.tar/.test(archive.path) ? null : 'the archive has the name that was planned',
  },
  {
    like: re(`\\S+, checked, sha256 (?<head>[0-9a-f]{4})…(?<tail>[0-9a-f]{2})\\.`),
    judge: ({ archive, ...seen }, said) => {
      if (archive === null) return 'there is no archive';
      if (!archive.sha256.startsWith(said.head ?? '') || !archive.sha256.endsWith(said.tail ?? ''))
        return 'its sha256 is another one';
      if (!archive.unpacks) return 'tar can’t unpack it';
      return isGood({ ...seen, archive }) ? null : 'it lacks files, or holds others';
    },
  },
  {
    like: re(
      `(?<databases>${COUNT}) databases?(?: in it)? (?:opened and found whole|passed the integrity check)\\.`,
    ),
    judge: ({ archive }, said) => {
      const is = [...(archive?.contents ?? [])].filter(
        ([path, { type }]) => type === 'file' && path.endsWith('.db'),
      );
      return countMeant(said.databases) === is.length ? null : `${is.length} are in it`;
    },
  },
  {
    like: re(`(?<deleted>${COUNT}) old archives? deleted, (?<kept>${COUNT}) kept\\.`),
    judge: (seen, said) => {
      const is = archivesIn(seen.copy.before).filter((path) => !seen.copy.after.has(path)).length;
      const stay = archivesIn(seen.copy.after).length;
      if (countMeant(said.deleted) !== is) return `${is} are gone`;
      return countMeant(said.kept) === stay ? null : `${stay} are there`;
    },
  },
  {
    like: re(`(?<files>${COUNT}) files? or folders? changed or vanished while they were copied: .+\\.`),
    judge: (seen) => (changedMeanwhile(seen) + vanished(seen) > 0 ? null : 'nothing changed'),
  },
  {
    like: re(`(?<files>${COUNT}) files? and folders? changed or vanished while they were copied: .+\\.`),
    judge: (seen) => (changedMeanwhile(seen) + vanished(seen) > 0 ? null : 'nothing changed'),
  },
  {
    like: re(
      `(?<files>${COUNT}) (?:file or folder|files or folders) changed while being read; the copy may hold a mix of old and new: .+?\\.`,
    ),
    judge: (seen, said) => {
      const most = changedMeanwhile(seen) + foldersOfChanges(seen);
      return countMeant(said.files) <= most ? null : `at most ${most} changed`;
    },
  },
  {
    like: re(`(?<files>${COUNT}) (?:file or folder|files or folders) vanished before being read: .+?\\.`),
    judge: (seen, said) => (countMeant(said.files) <= vanished(seen) ? null : `${vanished(seen)} vanished`),
  },
  {
    like: re('Nothing half-done is left: the partial file is gone, the old archives are untouched\\.'),
    judge: (seen) => noPartial(seen) ?? archivesUntouched(seen),
  },
  { like: re('The old archives are untouched\\.'), judge: (seen) => archivesUntouched(seen) },
  {
    like: re('No old (?:archive|snapshot) was deleted, because the new one isn’t verified\\.'),
    judge: (seen) => archivesUntouched(seen),
  },
  { like: re('Nothing was written or deleted\\.'), judge: changedThough },
  { like: re('Nothing was copied, replaced or deleted\\.'), judge: changedThough },
  // Nothing ran.
  { like: re('Nothing was run\\.'), judge: changedThough },
  { like: re('Something changed since the preview\\.'), judge: () => null },
  // Reasons: what a tool said, which the codes of reasons.ts go with.
  { like: re('`?rsync`? could not copy everything \\(exit code 23\\): .+\\.') },
  { like: re('\\S+ stopped answering: .+\\.') },
  { like: re('\\S+ is mounted read-only: .+\\.') },
  { like: re('Neither \\S+ nor its parent folder exists\\.') },
  { like: re('The databases could not be read: .+\\.') },
  {
    like: re('The copied database (?<path>.+) is empty \\(0 bytes\\)\\.'),
    judge: (seen, said) =>
      seen.source.before.get((said.path ?? '').replace(/^\.\//, ''))?.size === 0 ? null : 'it is not empty',
  },
  { like: re('\\S+ does not answer: .+\\.') },
  { like: re('The rsync of \\S+ does not know an option: .+\\.') },
  { like: re('rsync could not make its dry run: .+\\.') },
  { like: re('`?(?:rsync|tar|pigz|gzip|zstd|sync)`? ended with exit code \\d+\\.') },
  { like: re('`?(?:rsync|tar|pigz|gzip|zstd)`? was ended by SIG[A-Z]+\\.') },
  { like: re('It said .+\\.') },
  { like: re('Slower than usual: it took .+?, about .+? was expected\\.') },
  { like: re('The scratch folder \\S+ could not be (?:made|removed)\\.') },
  { like: re('\\S+ can’t keep .+?, which .+? of the source ha(?:s|ve)\\.') },
  // What a destination can't keep: losses.ts counts it in the copy.
  { like: re('\\S+ has rsync \\d+\\.\\d+\\.\\d+: .+? there\\.') },
  { like: re('.+? (?:can’t|couldn’t) be kept at \\S+(?: at the last run)?: .+?\\.') },
  { like: re(`\\S+ is [^.]+?: ${COUNT} files? (?:is|are) there without .+?\\.`) },
  { like: re('\\S+ is [^.]+?, mounted without permissions: owners and modes can’t be kept\\.') },
  { like: re('Whether \\S+ keeps owners and modes can’t be seen: .+?\\.') },
  { like: re(`${COUNT} entr(?:y|ies) of the source that .+? left out(?: \\(.+?\\))?: .+?\\.`) },
  { like: re('\\S+ can’t hold .+?\\.') },
  { like: re('\\S+ is [^.]+?, where .+? would overwrite each other.*?\\.') },
  { like: re('\\S+ is [^.]+?, which can’t hold .+?\\.') },
  { like: re(`(?:The bot|The user on \\S+) is not root \\(uid \\d+\\), so ${COUNT} .+?\\.`) },
  { like: re('The exclude .+? matches nothing in \\S+\\.') },
  { like: re('rsync can’t write to \\S+: .+?\\.') },
  { like: re('.+? can’t be read to the end: the disk reports an error\\.') },
  { like: re('.+? can’t be read, so the copy would be incomplete: .+?\\.') },
  {
    like: re(
      `(?<files>${COUNT}) (?:file or folder|files or folders|files and folders) at \\S+ (?:is|are) in the way of something of another type in the source, .+?\\.`,
    ),
  },
  { like: re('The new archive did not pass its check: .+\\.') },
  { like: re(`The destination is full: about ${BYTES} needed, ${BYTES} free on \\S+\\.`) },
  { like: re(`The destination is full: \\S+ takes nothing more, although ${BYTES} are free\\..+`) },
  { like: re('The disk of \\S+ is full\\.') },
  { like: re('The bot may not write to \\S+\\.') },
  { like: re('\\S+ could not be written \\([A-Z]+\\)\\.') },
  { like: re('The copied database .+ is damaged: .+\\.') },
  { like: re('The copied database .+ holds no table\\.') },
  { like: re('A folder at \\S+ is in the way of something that is no folder in the source: .+\\.') },
  {
    like: re(
      `${COUNT} (?:file or folder|files or folders) in \\S+ can’t be read, so the copy would be incomplete: .+\\.`,
    ),
  },
  { like: re('Part of \\S+ can’t be read: .+\\.') },
  { like: re('\\S+ can’t be read as a whole: .+\\.') },
  {
    like: re(`\\S+ holds (?<files>${COUNT}) files?, and the last run saw (?<before>${COUNT})\\.`),
    judge: () => null,
  },
  { like: re('\\S+ is empty\\. Usually a disk is not mounted\\.') },
  { like: re('\\S+ is not mounted now(?: and was at the last run)?(?:; \\S+ depends on it)?\\.') },
  {
    like: re(
      'Mount it, then try again\\. If it is no longer meant to be a mount, write source_mounts: .+ must be there\\.',
    ),
  },
  {
    like: re(
      '\\S+ (?:is no longer mounted|was mounted or unmounted): it changed while the source was copied, so .+ trusted\\.',
    ),
    judge: (seen) => (seen.fault.startsWith('mount-below-') ? null : 'no mount changed'),
  },
  {
    like: re(
      `${COUNT} files? at \\S+ differs? from the source, and had not to be copied when the run began: changed here or there meanwhile: .+?\\.`,
    ),
    judge: (seen) =>
      seen.fault === 'copy-damaged' || changedMeanwhile(seen) > 0 ? null : 'nothing changed on either side',
  },
  { like: re('\\S+, not verified, sha256 \\S+\\.') },
  {
    like: re(
      `(?<files>${COUNT}) files? or folders? got shorter while (?:it was|they were) read; .+? isn’t verified: .+?\\.`,
    ),
    judge: (seen, said) =>
      countMeant(said.files) <= changedMeanwhile(seen) ? null : `${changedMeanwhile(seen)} changed`,
  },
  {
    like: re(`${COUNT} files? at \\S+ (?:is|are) not what was copied there: .+?\\.`),
    judge: (seen) => (seen.fault === 'copy-damaged' ? null : 'nobody changed it there'),
  },
  {
    like: re(`${COUNT} files? (?:is|are) gone from \\S+ after being copied there: .+?\\.`),
    judge: (seen) => (seen.fault === 'copy-lost' ? null : 'nobody took it away there'),
  },
  { like: re('The partial file \\S+ could not be removed: .+') },
];

/** What remains of a blocker's sentence is its advice, which claims nothing. */
export function judgeSentences(seen: Seen): readonly string[] {
  return sentences(seen.told).flatMap((text) => judgeText(seen, text));
}

function judgeText(seen: Seen, text: string): readonly string[] {
  const wrong: string[] = [];
  const advice = seen.told.plan?.blockers.flatMap(({ remedy }) => (remedy ? [remedy] : [])) ?? [];
  let rest = text;
  while (rest !== '') {
    const known = advice.find((one) => rest.startsWith(one));
    const sentence = SENTENCES.find(({ like }) => like.test(rest));
    if (known === undefined && sentence === undefined) return [...wrong, `unjudged sentence: ${rest}`];
    const match = known ?? sentence?.like.exec(rest)?.[0] ?? '';
    const problem =
      known === undefined ? sentence?.judge?.(seen, sentence.like.exec(rest)?.groups ?? {}) : null;
    if (problem) wrong.push(`said “${match}”, but ${problem}`);
    rest = rest.slice(match.length).trim();
  }
  return wrong;
}

function re(pattern: string): RegExp {
  return new RegExp(`^${pattern}(?= |$)`, 's');
}

function vanished({ source, isTouched }: Seen): number {
  return [...source.before.keys()].filter((path) => !source.after.has(path) && isTouched(path)).length;
}

function changedMeanwhile({ source, isTouched }: Seen): number {
  return [...new Set([...source.before.keys(), ...source.after.keys()])].filter(isTouched).length;
}

/** tar says of a folder that it changed when something in it came or went. */
function foldersOfChanges({ source, isTouched }: Seen): number {
  const paths = [...new Set([...source.before.keys(), ...source.after.keys()])].filter(isTouched);
  return new Set(paths.map((path) => path.slice(0, Math.max(0, path.lastIndexOf('/'))))).size;
}

/** FIFOs, sockets and devices that a warning names are no files that the copy should have. */
function isToldLeftOut(seen: Seen, path: string): boolean {
  const type = seen.source.before.get(path)?.type;
  return type !== 'file' && type !== 'link' && allTold(seen).includes(path) && /left out/.test(allTold(seen));
}

function nothingGone(seen: Seen): string | null {
  const taken = takenByRun(seen);
  return taken.length === 0 ? null : `${taken.length} are gone or replaced, such as ${taken[0]}`;
}

function archivesIn(tree: ReadonlyMap<string, unknown>): readonly string[] {
  return [...tree.keys()].filter((path) => /_\d{8}_\d{6}(-\d+)?\.tar(\.gz|\.zst)?$/.test(path));
}

function archivesUntouched({ copy, fault }: Seen): string | null {
  // They are on the disk that is away.
  if (fault === 'destination-away') return null;
  const lost = archivesIn(copy.before).find(
    (path) => copy.before.get(path)?.hash !== copy.after.get(path)?.hash,
  );
  return lost === undefined ? null : `${lost} changed or is gone`;
}

function noPartial({ copy }: Seen): string | null {
  // An earlier run may have lost its disk, and said so.
  const left = [...copy.after.keys()].find((path) => path.endsWith('.partial') && !copy.before.has(path));
  return left === undefined ? null : `${left} is there`;
}
