import { answeredInTime } from '../faults/store-deadline.js';
import type { NewArtifact } from '../model/artifact.js';
import { type Origin, originKey } from '../model/origin.js';
import type { Json, PlanPart } from '../model/plan.js';
import type { Run } from '../model/run.js';
import type { CoreDeps } from '../ports/deps.js';
import { type JournalRow, StoreError, StoreRefusal } from '../ports/store.js';
import { atMost } from '../text/at-most.js';

/** How long a run waits for a write that it can do without, in ms: a store that hangs must not hold up a way back. */
const PATIENCE = 1000;

/** How long something waits to be known before it is done, in ms; and how long once somebody has stopped the run. */
const DEADLINE = 15_000;
const DEADLINE_STOPPED = 2000;

type Write = () => Promise<void>;

/**
 * What a run writes down while it works, beside its state. Rows of the journal are kept in memory too, also those
 * that the store would not take, so that a way back knows all of them. What the store can't take now is written as
 * soon as it can be, in its order.
 */
export class RunWrites {
  readonly #rows: JournalRow[];
  /** Not taken by the store yet, the oldest first. */
  readonly #kept: Write[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #catchingUp: Promise<void> | null = null;

  /** @param before what the store has of the run's journal already */
  constructor(
    private readonly deps: Pick<CoreDeps, 'store' | 'log' | 'now'>,
    private readonly run: Pick<Run, 'id'>,
    before: readonly JournalRow[] = [],
  ) {
    this.#rows = [...before];
  }

  /** The run's journal, whether the store has it or not. */
  get journal(): readonly JournalRow[] {
    return this.#rows;
  }

  /**
   * For what must be known before it is done: durable when it returns. Of a store that doesn't answer it takes 15 s at
   * most, and 2 s once `signal` is aborted.
   * @throws StoreError and it must not be done
   */
  async append(part: number, kind: string, data: Json, signal?: AbortSignal): Promise<void> {
    let isLate = false;
    const work = async (): Promise<void> => {
      await this.flush();
      if (!isLate) await this.deps.store.runs.appendJournal(this.run.id, part, kind, data);
    };
    try {
      await answeredInTime(work(), {
        ms: DEADLINE,
        msAfter: DEADLINE_STOPPED,
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      isLate = true;
      throw error;
    }
    this.#rows.push({ part, kind, data });
  }

  /** For what goes on whether it is written down or not. Never rejects. */
  async note(part: number, kind: string, data: Json): Promise<void> {
    this.#rows.push({ part, kind, data });
    await this.#keep(() => this.deps.store.runs.appendJournal(this.run.id, part, kind, data));
  }

  /** Adds to the catalogue what is there already. Never rejects. */
  addArtifact({ intent, origin }: Pick<PlanPart, 'intent' | 'origin'>, artifact: NewArtifact): Promise<void> {
    const key = origin ? originKey(origin) : null;
    const row = { ...artifact, runId: this.run.id, intent, deletedAt: null, origin: key };
    return this.#keep(() => this.deps.store.artifacts.add(row));
  }

  /** Notes in the catalogue what is gone already. Never rejects. */
  artifactDeleted(intent: string, path: string): Promise<void> {
    const at = this.deps.now().toISOString();
    return this.#keep(() => this.deps.store.artifacts.markDeleted(intent, path, at));
  }

  /** Keeps facts for the next plan of what they are about. Never rejects. */
  remember(origin: Origin, facts: Json): Promise<void> {
    return this.#keep(() => this.deps.store.runs.remember(originKey(origin), facts));
  }

  /** Writes what was kept. @throws StoreError while the store still won't take it */
  async flush(): Promise<void> {
    if (this.#underWay.size > 0) await Promise.all(this.#underWay);
    if (this.#kept.length > 0) await this.#catchUp();
  }

  async #keep(write: Write): Promise<void> {
    const attempt = this.#attempt(write).finally(() => this.#underWay.delete(attempt));
    this.#underWay.add(attempt);
    await atMost(attempt, PATIENCE);
  }

  async #attempt(write: Write): Promise<void> {
    const isFirst = this.#kept.length === 0;
    if (isFirst && (await this.#isDone(write))) return;
    this.#kept.push(write);
    if (!isFirst) await this.#catchUp().catch(() => undefined);
  }

  /** One pass at a time: what is kept is written once, and in its order. */
  #catchUp(): Promise<void> {
    this.#catchingUp ??= this.#writeKept().finally(() => {
      this.#catchingUp = null;
    });
    return this.#catchingUp;
  }

  async #writeKept(): Promise<void> {
    for (let next = this.#kept[0]; next; next = this.#kept[0]) {
      await this.#write(next);
      this.#kept.shift();
    }
  }

  async #isDone(write: Write): Promise<boolean> {
    try {
      await this.#write(write);
      return true;
    } catch (error) {
      const fields = { err: error, runId: this.run.id };
      this.deps.log.warn(fields, 'the store can’t be written: what the run notes is kept in memory');
      return false;
    }
  }

  /** What the store will never take is a defect, which must not hold up the rest for ever. */
  async #write(write: Write): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (error instanceof StoreError && !(error instanceof StoreRefusal)) throw error;
      this.deps.log.error({ err: error, runId: this.run.id }, 'a note of a run was refused by the store');
    }
  }
}
