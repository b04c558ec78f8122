import type { CoreDeps } from '../ports/deps.js';
import type { Acceptance, Fault } from '../ports/fault.js';
import { StoreError } from '../ports/store.js';
import { storeUnavailable } from './store-fault.js';

/** Faults of the store, by what is in trouble. */
const DATA_DIRECTORY = 'data-directory';
const DATABASE = 'database';
const AUDIT_TRAIL = 'audit-trail';

type WatchDeps = Pick<CoreDeps, 'store' | 'faults' | 'log'>;

/** Compares what the store has open with what is in its folder. False: nothing may be written. Never rejects. */
export async function lookAtStore({ store, faults }: WatchDeps): Promise<boolean> {
  const damage = store.files.damage();
  if (damage) faults.open(DATABASE, damage, { blocksRuns: true });
  const wrong = await store.files.look();
  if (wrong === null) return true;
  faults.open(DATA_DIRECTORY, wrong, { blocksRuns: true });
  return false;
}

/** What keeps runs from beginning, with the store as it is at this moment. Never rejects. */
export async function faultNow(deps: WatchDeps): Promise<Fault | null> {
  await lookAtStore(deps);
  return deps.faults.blocking();
}

/** A write that went through, or didn't, is the last word on whether the store can be written. */
export async function tryToWrite({ faults }: WatchDeps, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return faults.open(DATA_DIRECTORY, storeUnavailable(error), { blocksRuns: true });
  }
  faults.clear(DATA_DIRECTORY);
}

/** How often the end of the audit trail is looked at, in ms. */
const AUDIT_EVERY = 5000;

/**
 * Compares the end of the audit trail with what audit.head says, now and again and again. What doesn't agree is a fault
 * until somebody accepts it. Returns the function that ends this.
 */
export function watchAudit(deps: WatchDeps & Pick<CoreDeps, 'now'>): () => void {
  const { store, faults, log, now } = deps;
  const accept = async ({ actor, source }: Acceptance): Promise<void> => {
    const at = now().toISOString();
    await store.audit.accept({
      at,
      event: 'audit_accepted',
      actor,
      source,
      runId: null,
      intent: '',
      detail: null,
    });
    faults.clear(AUDIT_TRAIL);
  };
  const look = async (): Promise<void> => {
    try {
      const wrong = await store.audit.look();
      if (wrong === null) faults.clear(AUDIT_TRAIL);
      else faults.open(AUDIT_TRAIL, wrong, { onAccepted: accept });
    } catch (error) {
      // A store that can't be read says so itself.
      if (!(error instanceof StoreError)) log.error({ err: error }, 'the audit trail could not be looked at');
    }
  };
  void look();
  const timer = setInterval(() => void look(), AUDIT_EVERY);
  return () => clearInterval(timer);
}

/** Reads all of the database behind everything else; damage is a fault. Never rejects. */
export async function checkDatabase({ store, faults, log }: WatchDeps, signal: AbortSignal): Promise<void> {
  try {
    const damage = await store.files.check(signal);
    if (damage !== null) faults.open(DATABASE, damage, { blocksRuns: true });
    else if (store.files.damage() === null) faults.clear(DATABASE);
  } catch (error) {
    if (!signal.aborted) log.warn({ err: error }, 'the database could not be checked for damage');
  }
}
