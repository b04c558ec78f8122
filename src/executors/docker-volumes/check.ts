import { code, type Phrase, type PhrasePart, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { RunContext } from '../../core/ports/executor.js';
import { formatCount } from '../../core/text/format.js';
import { type Failure, failure, STOPPED } from '../shared/failure.js';
import { someOf } from '../shared/wording.js';
import { callRsync, failureOf } from './call.js';
import type { MirrorData } from './data.js';
import { type Item, listingReader } from './listing.js';
import { lookBackCommand } from './look-back.js';
import { readable } from './names.js';
import { stateOf, type Tally, wasNotSent } from './tally.js';
import type { StepEnd } from './work.js';

/**
 * Compares source and destination once more: what the destination has just like the source is counted, and what rsync
 * would still send was changed, or came, while the copy was made.
 */
export async function check(data: MirrorData, ctx: RunContext, tally: Tally): Promise<StepEnd> {
  const { listing, onLine } = listingReader();
  const differing: Readonly<Record<Difference, string[]>> = {
    missing: [],
    lost: [],
    changed: [],
    unsent: [],
    spoilt: [],
    damaged: [],
  };
  let equalBytes = 0;
  const result = await callRsync(data, data.check, ctx, {
    onStdout: (line) => {
      tally.kept.onLine(line);
      const item = onLine(line);
      if (item === null || item.type === 'd' || (item.fate !== 'new' && item.fate !== 'overwritten')) return;
      if (item.type === 'f') equalBytes -= item.size;
      differing[differenceOf(item, tally)].push(item.name);
    },
  });
  const failed = await failureOf(result, data, ctx);
  if (failed) return { ok: false, failure: failed };
  const stopped = await lookBack(data, ctx, tally);
  if (stopped) return { ok: false, failure: stopped };
  const { files } = listing;
  const equal = files - listing.transfers;
  tally.found = { files, equal, equalBytes: Math.max(0, listing.totalBytes + equalBytes) };
  const at = code(data.destination);
  const { missing, lost, changed, unsent, spoilt, damaged } = differing;
  if (damaged.length > 0) {
    const what = formatCount(damaged.length, 'file');
    return {
      ok: false,
      failure: failure(
        'check_failed',
        phrase`${what} at ${at} ${have(damaged)} the size and time of the source, but other contents: ${some(damaged)}.`,
        copiesAgain(data, at, damaged),
      ),
    };
  }
  if (spoilt.length > 0 || lost.length > 0) return { ok: false, failure: notAsSent(at, spoilt, lost) };
  if (files === 0) {
    const then = formatCount(data.files, 'file');
    return {
      ok: false,
      failure: failure(
        'source_empty',
        phrase`${code(data.source)} is empty now, and held ${then} when the copy began.`,
      ),
    };
  }
  const warnings: Notice[] = [];
  const warn = (message: Notice['message']): void => void warnings.push(notice('files_changed', message));
  if (changed.length > 0)
    warn(
      phrase`${formatCount(changed.length, 'file')} changed while the copy was made; ${at} may hold an older state, and databases among them may be damaged: ${some(changed)}.`,
    );
  if (unsent.length > 0)
    warn(
      phrase`${formatCount(unsent.length, 'file')} at ${at} ${unsent.length === 1 ? 'differs' : 'differ'} from the source, and had not to be copied when the run began: changed here or there meanwhile: ${some(unsent)}.`,
    );
  if (missing.length > 0)
    warn(
      phrase`${formatCount(missing.length, 'file')} of the source ${missing.length === 1 ? 'is' : 'are'} not at ${at}: ${some(missing)}. Usually such files came while the copy was made.`,
    );
  return { ok: true, value: warnings };
}

/** Owners and modes at a daemon, where the comparison above does not see them. */
async function lookBack(data: MirrorData, ctx: RunContext, { kept }: Tally): Promise<Failure | null> {
  const command = lookBackCommand(data.check, data.destination);
  if (command === null) return null;
  const { ok, exitCode } = await callRsync(data, command, ctx, { onStdout: kept.onLineBack });
  if (ctx.signal.aborted) return STOPPED;
  kept.blind = !ok && exitCode !== 24;
  return null;
}

/** How a file of the source and the destination's differ after the copy. */
type Difference = 'missing' | 'lost' | 'changed' | 'unsent' | 'spoilt' | 'damaged';

function differenceOf(item: Item, tally: Tally): Difference {
  // The source still has the very file that was sent: then it is the destination that is another.
  const wasSent = tally.sent.get(item.name) === stateOf(item);
  if (item.fate === 'new') return wasSent ? 'lost' : 'missing';
  if (isDamage(item)) return 'damaged';
  if (wasSent && hasOtherSize(item)) return 'spoilt';
  // Equal when the run began: nobody can say on which side it is another one now.
  return item.type === 'f' && wasNotSent(tally, item) ? 'unsent' : 'changed';
}

/** Not what this run wrote: somebody else did, or the disk lost it. */
function notAsSent(at: PhrasePart, spoilt: readonly string[], lost: readonly string[]): Failure {
  const are = ({ length }: readonly string[]): string => (length === 1 ? 'is' : 'are');
  const what = [
    ...(spoilt.length > 0
      ? [
          phrase`${formatCount(spoilt.length, 'file')} at ${at} ${are(spoilt)} not what was copied there: ${some(spoilt)}.`,
        ]
      : []),
    ...(lost.length > 0
      ? [
          phrase`${formatCount(lost.length, 'file')} ${are(lost)} gone from ${at} after being copied there: ${some(lost)}.`,
        ]
      : []),
  ];
  return failure(
    'check_failed',
    what.length > 1 ? phrase`${what[0] ?? []} ${what[1] ?? []}` : (what[0] ?? []),
    phrase`Look who else writes to ${at}, and check its disk; then run it again.`,
  );
}

/** The copy by size and time takes such files for equal. */
function copiesAgain({ copy }: MirrorData, at: PhrasePart, { length }: readonly string[]): Phrase {
  const again = phrase`the next run copies ${length === 1 ? 'it' : 'them'} again.`;
  if (copy.includes('--checksum')) return phrase`Check the disk at ${at}; ${again}`;
  return phrase`Check the disk at ${at}. Add ${code('--checksum')} to the intent’s options once, then ${again}`;
}

/** rsync's flags are `cst…`: the size is another one. */
function hasOtherSize({ flags }: Item): boolean {
  return flags[1] === 's';
}

/** Same size, same time and other contents: nobody wrote that. Only a comparison of contents finds it. */
function isDamage({ type, flags }: Item): boolean {
  return type === 'f' && flags.startsWith('c..');
}

function some(names: readonly string[]) {
  return someOf(names.map(readable));
}

function have({ length }: readonly string[]): string {
  return length === 1 ? 'has' : 'have';
}
