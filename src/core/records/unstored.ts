import { storeUnavailable } from '../faults/store-fault.js';
import { phrase } from '../model/phrase.js';
import { type Notice, notice } from '../model/reasons.js';
import type { Run } from '../model/run.js';
import type { Log } from '../ports/log.js';
import { StoreError, StoreRefusal } from '../ports/store.js';
import { atMost } from '../text/at-most.js';

/** A store that has not answered by then is not waited for, in ms: people are told the outcome. */
const PATIENCE = 2000;
const FIRST_RETRY = 250;
const LAST_RETRY = 5000;
/** How often it is said that an outcome still waits, in ms. */
const SAY_EVERY = 600_000;

interface Waiting {
  readonly run: Run;
  /** Never rejects. */
  readonly stored: Promise<void>;
  /** Why the store does not have it; null: it may be taking it at this moment. */
  why: Notice | null;
}

/** Outcomes that the store does not have yet: kept in memory, and tried again until it does. */
export class Unstored {
  readonly #waiting = new Map<string, Waiting>();
  #isOver = false;

  constructor(private readonly log: Log) {}

  /** The run with its outcome; null when the store has it, or never had to wait. */
  get(runId: string): Run | null {
    return this.#waiting.get(runId)?.run ?? null;
  }

  /** {@link get} as people should read it: with a word that the outcome is not stored yet, and why. */
  told(runId: string): Run | null {
    const waiting = this.#waiting.get(runId);
    if (!waiting) return null;
    const { run, why } = waiting;
    if (why === null || run.outcome === null) return run;
    return { ...run, outcome: { ...run.outcome, warnings: [...run.outcome.warnings, why] } };
  }

  /**
   * Stores an outcome by `write`, which is repeated while the store fails. Comes back when it is stored, or after a
   * moment; then it is kept. Never rejects.
   */
  async store(run: Run, write: () => Promise<void>): Promise<void> {
    const stored = this.#persist(run.id, write).finally(() => this.#waiting.delete(run.id));
    const waiting: Waiting = { run, stored, why: null };
    this.#waiting.set(run.id, waiting);
    await atMost(stored, PATIENCE);
    waiting.why ??= NO_ANSWER;
  }

  /** Waits until everything is stored, for `ms` at most. True when it is. */
  async settle(ms: number): Promise<boolean> {
    await atMost(Promise.all([...this.#waiting.values()].map(({ stored }) => stored)), ms);
    return this.#waiting.size === 0;
  }

  /** Tries no more. What waits still is told in the log; its run is recovered by the next process. */
  end(): void {
    this.#isOver = true;
    for (const runId of this.#waiting.keys()) {
      this.log.error({ runId }, 'the outcome could not be stored: the next start puts the run right');
    }
  }

  async #persist(runId: string, write: () => Promise<void>): Promise<void> {
    let said: number | null = null;
    for (let wait = FIRST_RETRY; !this.#isOver; wait = Math.min(wait * 2, LAST_RETRY)) {
      try {
        await write();
        if (said !== null) this.log.info({ runId }, 'the outcome is stored now');
        return;
      } catch (error) {
        if (!(error instanceof StoreError) || error instanceof StoreRefusal) {
          this.log.error({ err: error, runId }, 'the outcome was refused by the store');
          return;
        }
        const waiting = this.#waiting.get(runId);
        if (waiting) waiting.why = notStored(error);
        if (said === null || Date.now() - said > SAY_EVERY) {
          said = Date.now();
          this.log.error(
            { err: error, runId },
            'the outcome can’t be stored yet: it is kept and tried again',
          );
        }
      }
      await new Promise((resolve) => setTimeout(resolve, wait).unref());
    }
  }
}

const NO_ANSWER = notice(
  'store_unavailable',
  phrase`This outcome is not stored yet: the database does not answer.`,
  phrase`Check the disk of the data directory. The outcome is stored as soon as that works.`,
);

function notStored(error: StoreError): Notice {
  const { message, remedy } = storeUnavailable(error);
  return notice(
    'store_unavailable',
    phrase`This outcome is not stored yet. ${message}`,
    phrase`${remedy} The outcome is stored as soon as that works.`,
  );
}
