import { leftOutIn } from './left-out.js';
import { readable } from './names.js';

/** What rsync says of one entry, by `--out-format` (see commands.ts). */
export interface Item {
  /** As rsync printed it; folders with a slash at the end. */
  readonly name: string;
  /** rsync's letter: file, directory, symlink, device, special. */
  readonly type: string;
  /** `new`: the destination has nothing of that kind there. `overwritten`: its content is another one. */
  readonly fate: 'new' | 'overwritten' | 'kept' | 'deleted';
  /** A hard link to another file of the transfer: none of its bytes is sent. */
  readonly isLink: boolean;
  /** The flags that follow update and type: `.st.......`. */
  readonly flags: string;
  readonly size: number;
  /** `2026/11/22-14:17:00`, so that the later one is the greater text; in UTC. */
  readonly time: string;
}

/** A line of rsync's output as an item; null for any other line. */
export function itemIn(line: string): Item | null {
  const [, change, size, time, name] = LINE.exec(line) ?? [];
  if (change === undefined || name === undefined) return null;
  const [update = '', type = ''] = change;
  const flags = change.slice(2);
  const isLink = update === 'h';
  return { name, type, fate: fateOf(update, change), isLink, flags, size: Number(size), time: time ?? '' };
}

const LINE = /^([<>ch.*][^|]{8,10}) *\|(\d+)\|([^|]*)\|(.*)$/;

function fateOf(update: string, change: string): Item['fate'] {
  if (change.startsWith('*deleting')) return 'deleted';
  if (change.includes('+++')) return 'new';
  return update === '.' || change[1] === 'd' ? 'kept' : 'overwritten';
}

/** An entry of the source that is there, or would be, at the destination. */
export type Entry = Pick<Item, 'name' | 'type' | 'time'>;

/** What rsync did, or would do. Sizes are bytes. */
export interface Listing {
  /** What the source holds, folders not counted. */
  files: number;
  /** Of all files of the source. */
  totalBytes: number;
  /** What the destination lacks, folders not counted. */
  created: number;
  /** What is new and what is overwritten, folders not counted. */
  transfers: number;
  /** Of the files that are sent whole or in part. */
  transferBytes: number;
  /** Space that is needed: all new files, and the largest changed one, which is written beside the old one. */
  neededBytes: number;
  /** The destination's own folder is not there yet. */
  isNew: boolean;
  readonly overwritten: Entry[];
  /** What is new in a folder that isn't: something of another type may be there. */
  readonly tops: Entry[];
  /** As rsync printed them; folders with a slash at the end. */
  readonly deletions: string[];
  /** Names of files to be sent that are in the given set. */
  readonly found: string[];
  /** Files of which bytes are sent, where they are wanted. */
  readonly sent: { readonly name: string; readonly size: number; readonly isNew: boolean }[];
}

/** Collects a {@link Listing} line by line, from `--out-format` and `--stats`. */
export function listingReader(
  wanted: ReadonlySet<string> = new Set(),
  keepsSent = false,
): {
  readonly listing: Listing;
  readonly onLine: (line: string) => Item | null;
} {
  const listing: Listing = {
    ...{ files: 0, totalBytes: 0, created: 0, transfers: 0, transferBytes: 0, neededBytes: 0, isNew: false },
    ...{ overwritten: [], tops: [], deletions: [], found: [], sent: [] },
  };
  const newFolders = new Set<string>();
  let leftOut = 0;
  let newBytes = 0;
  let largestChange = 0;
  const onTransfer = ({ name, type, fate, isLink, size, time }: Item): void => {
    listing.transfers += 1;
    if (fate === 'new') listing.created += 1;
    else listing.overwritten.push({ name, type, time });
    if (type !== 'f' || isLink) return;
    listing.transferBytes += size;
    if (keepsSent) listing.sent.push({ name, size, isNew: fate === 'new' });
    if (fate === 'new') newBytes += size;
    else largestChange = Math.max(largestChange, size);
    listing.neededBytes = newBytes + largestChange;
    if (wanted.size > 0 && wanted.has(readable(name))) listing.found.push(readable(name));
  };
  const onItem = (item: Item): void => {
    const { name, type, fate, time } = item;
    if (fate === 'deleted') listing.deletions.push(name);
    if (fate === 'new') {
      if (name === './') listing.isNew = true;
      else if (!newFolders.has(folderOf(name))) listing.tops.push({ name, type, time });
      if (type === 'd') newFolders.add(name);
    }
    if ((fate === 'new' || fate === 'overwritten') && type !== 'd') onTransfer(item);
  };
  const onLine = (line: string): Item | null => {
    const item = itemIn(line);
    if (item) onItem(item);
    else if (leftOutIn(line) !== null) leftOut += 1;
    else readStatistic(listing, line, leftOut);
    return item;
  };
  return { listing, onLine };
}

/** The folder that an entry is in, as rsync prints it. */
function folderOf(name: string): string {
  const at = name.lastIndexOf('/', name.length - 2);
  return at < 0 ? './' : name.slice(0, at + 1);
}

/** rsync counts what its options leave out, such as symlinks, among the files. */
function readStatistic(listing: Listing, line: string, leftOut: number): void {
  const [, label, value, details = ''] = /^(Number of files|Total file size): ([\d,]+)(.*)$/.exec(line) ?? [];
  if (label === undefined || value === undefined) return;
  const number = Number(value.replaceAll(',', ''));
  const [, folders = '0'] = /dir: ([\d,]+)/.exec(details) ?? [];
  if (label === 'Total file size') listing.totalBytes = number;
  else listing.files = number - Number(folders.replaceAll(',', '')) - leftOut;
}
