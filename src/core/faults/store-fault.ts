import { code, type Phrase, phrase } from '../model/phrase.js';
import { type Notice, notice } from '../model/reasons.js';
import type { StoreError, StoreFault } from '../ports/store.js';

interface Told {
  readonly message: Phrase;
  readonly remedy: Phrase;
}

/** What keeps the store from working, and the way out, as people read it. */
export function storeUnavailable(error: StoreError): Notice {
  const place = error.folder === null ? phrase`` : phrase` (${code(error.folder)})`;
  const { message, remedy } = TOLD[error.fault](place, error);
  return notice('store_unavailable', message, remedy);
}

const TOLD: Readonly<Record<StoreFault, (place: Phrase, error: StoreError) => Told>> = {
  full: (place) => ({
    message: phrase`The disk of the data directory${place} is full.`,
    remedy: phrase`Free some space, then retry.`,
  }),
  locked: (place) => ({
    message: phrase`Another process keeps the database in the data directory${place} locked.`,
    remedy: phrase`Wait until it is done, or end it, then retry.`,
  }),
  denied: (place) => ({
    message: phrase`The data directory${place} can’t be written.`,
    remedy: phrase`Give the user that runs ChatOps the right to write there, then retry.`,
  }),
  damaged: (place) => ({
    message: phrase`The database in the data directory${place} is damaged.`,
    remedy: phrase`Stop ChatOps and put a backup of the data directory in its place.`,
  }),
  gone: (place) => ({
    message: phrase`The data directory${place} or its database is no longer there.`,
    remedy: phrase`Put it back, then restart ChatOps.`,
  }),
  io: (place) => ({
    message: phrase`The disk of the data directory${place} reports errors.`,
    remedy: phrase`Check the disk and the system’s log, then restart ChatOps.`,
  }),
  unanswered: (place) => ({
    message: phrase`The database in the data directory${place} does not answer: another process keeps it locked, or its disk hangs.`,
    remedy: phrase`See whether another process uses it and whether the disk works, then retry.`,
  }),
  unknown: (place, { message }) => ({
    message: phrase`The database in the data directory${place} can’t be used: ${code(message)}.`,
    remedy: phrase`Check the data directory with ${code('chatops doctor')}, then retry.`,
  }),
};
