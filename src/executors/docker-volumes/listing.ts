import { readable } from './names.js';

/** What a dry run says. Sizes are bytes. */
export interface Listing {
  /** What the source holds, folders not counted. */
  files: number;
  /** Of these, what the destination lacks; folders are counted too by an rsync that does not tell them apart. */
  created: number;
  /** Of all files of the source. */
  totalBytes: number;
  transfers: number;
  /** Of the files that would be sent: an upper bound of what is. */
  transferBytes: number;
  /** Space that is needed: all new files, and the largest changed one, which is written beside the old one. */
  neededBytes: number;
  /** As rsync printed them; folders with a slash at the end. */
  readonly deletions: string[];
  /** Names of files to be sent that are in the given set. */
  readonly found: string[];
}

/** Collects {@link Listing} line by line, from `--out-format=%i|%l|%n` and `--stats`. */
export function listingReader(wanted: ReadonlySet<string>): {
  readonly listing: Listing;
  readonly onLine: (line: string) => void;
} {
  const listing: Listing = {
    files: 0,
    created: 0,
    totalBytes: 0,
    transfers: 0,
    transferBytes: 0,
    neededBytes: 0,
    deletions: [],
    found: [],
  };
  let newBytes = 0;
  let largestChange = 0;
  const onItem = (change: string, size: number, name: string): void => {
    if (change.startsWith('*deleting')) listing.deletions.push(name);
    if (!/^[<>]f/.test(change)) return;
    if (change.includes('+++')) newBytes += size;
    else largestChange = Math.max(largestChange, size);
    listing.neededBytes = newBytes + largestChange;
    if (wanted.size > 0 && wanted.has(readable(name))) listing.found.push(readable(name));
  };
  const onLine = (line: string): void => {
    const [, change, size, name] = /^([<>ch.*][^|]{8,10}) *\|(\d+)\|(.*)$/.exec(line) ?? [];
    if (change !== undefined && name !== undefined) onItem(change, Number(size), name);
    else readStatistic(listing, line);
  };
  return { listing, onLine };
}

function readStatistic(listing: Listing, line: string): void {
  const [, label, value, details = ''] = /^([A-Z][a-z ]+): ([\d,]+)(.*)$/.exec(line) ?? [];
  if (label === undefined || value === undefined) return;
  const number = Number(value.replaceAll(',', ''));
  const [, folders = '0'] = /dir: ([\d,]+)/.exec(details) ?? [];
  const withoutFolders = number - Number(folders.replaceAll(',', ''));
  if (label === 'Number of files') listing.files = withoutFolders;
  if (label === 'Number of created files') listing.created = withoutFolders;
  if (label === 'Total file size') listing.totalBytes = number;
  if (label === 'Number of regular files transferred') listing.transfers = number;
  if (label === 'Total transferred file size') listing.transferBytes = number;
}
