import { phrase } from '../../core/model/phrase.js';
import { notice } from '../../core/model/reasons.js';
import type { RunContext } from '../../core/ports/executor.js';
import { formatCount } from '../../core/text/format.js';
import { amountProgress } from '../shared/progress.js';
import { withoutSlash } from './at-destination.js';
import { callRsync, failureOf } from './call.js';
import type { MirrorData } from './data.js';
import { listingReader } from './listing.js';
import { makeRoom } from './room.js';
import { noteSent, type Tally } from './tally.js';
import type { StepEnd } from './work.js';

/** progress2 counts the bytes that are done; its percentage is of something else. */
const PROGRESS = /^ *([\d,]+) +\d+%/;
/** What follows it on the same line when a file in between has vanished. */
const AFTER_PROGRESS = /^ *[\d,]+ +\d+%.*?-chk=\d+\/\d+\)/;
/** Below so many bytes for each file it is the files that take the time. */
const SMALL = 256 * 1024;

/** Makes room and copies; what is sent and deleted on the way is counted as rsync tells it. */
export async function copy(data: MirrorData, ctx: RunContext, tally: Tally): Promise<StepEnd> {
  const room = await makeRoom(data, ctx, tally);
  if (!room.ok) return room;
  const countsFiles = data.transferBytes < data.transfers * SMALL;
  const report = countsFiles
    ? amountProgress(ctx, data.transfers, 'files')
    : amountProgress(ctx, data.transferBytes, 'bytes');
  report(0);
  const { listing, onLine } = listingReader();
  const replaced = new Map(data.replaced.map((path) => [withoutSlash(path), path]));
  const result = await callRsync(data, room.copy, ctx, {
    ...(room.stdin ? { stdin: room.stdin } : {}),
    omit: (line) => PROGRESS.test(line),
    onStdout: (line) => {
      const [, bytes] = PROGRESS.exec(line) ?? [];
      if (bytes !== undefined && !countsFiles) report(Number(bytes.replaceAll(',', '')));
      const item = onLine(line.replace(AFTER_PROGRESS, ''));
      if (item === null) return;
      if (countsFiles) report(listing.transfers);
      const gone = item.fate === 'new' ? replaced.get(withoutSlash(item.name)) : undefined;
      if (item.fate === 'deleted') tally.deleted.push(item.name);
      else noteSent(tally, item);
      if (gone !== undefined) tally.deleted.push(gone);
    },
    onStderr: (line) => {
      if (line.startsWith('file has vanished')) tally.vanished += 1;
    },
  });
  tally.copied = listing.transfers;
  tally.copiedBytes = listing.transferBytes;
  const failed = await failureOf(result, data, ctx);
  if (failed) return { ok: false, failure: failed };
  if (result.exitCode !== 24) return { ok: true, value: [] };
  const what = formatCount(Math.max(1, tally.vanished), 'file');
  return {
    ok: true,
    value: [notice('files_changed', phrase`${what} vanished from the source while it was copied.`)],
  };
}
