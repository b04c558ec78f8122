import { newOwnerId } from '../faults/owner-id.js';
import { answeredInTime } from '../faults/store-deadline.js';
import { lookAtStore, tryToWrite } from '../faults/store-watch.js';
import type { StopCause } from '../model/stop-cause.js';
import type { CoreDeps } from '../ports/deps.js';
import { atMost } from '../text/at-most.js';
import { type Looker, Suspects, UNFINISHED } from './dead-runs.js';
import { Unstored } from './unstored.js';

const BEAT_EVERY = 5000;
/** How soon a stop that was asked for in another process is noticed, in ms. */
const LOOK_FOR_STOPS_EVERY = 1000;
const RECOVER_EVERY = 10_000;
/** A store that has not taken a heartbeat by then is in trouble, in ms: longer than it waits for its lock itself. */
const LONGEST_BEAT = 35_000;
/** How long the store is waited for when a process that stays begins, in ms. */
const FIRST_BEAT = 5000;
/** How long the store is waited for when the process ends, in ms. */
const LAST_MOMENT = 2000;

interface Active {
  readonly controller: AbortController;
  readonly done: Promise<unknown>;
}

/** This process as an owner of runs: its heartbeat, the runs it executes, and the care for dead owners' runs. */
export class Ownership {
  readonly id: string;
  /** Outcomes of this process's runs that the store does not have yet. */
  readonly unstored: Unstored;
  readonly #active = new Map<string, Active>();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #suspects = new Suspects();
  #recovering: Promise<void> | null = null;
  #stays = false;

  /** @param recover one pass over the runs of dead owners; see recovery.ts */
  constructor(
    private readonly deps: CoreDeps,
    private readonly recover: (looker: Looker) => Promise<void>,
  ) {
    this.id = newOwnerId(deps.hosts.self());
    this.unstored = new Unstored(deps.log);
  }

  /**
   * Must be called before the first run is recorded.
   * @param stays true: a store that can't be written now is a fault, and tried again until it can
   * @throws StoreError when it can't be written, for a process that doesn't stay
   */
  async start({ stays = false }: { readonly stays?: boolean } = {}): Promise<void> {
    this.#stays = stays;
    await (stays ? atMost(this.#beatOn(), FIRST_BEAT) : this.#beat());
    this.#every(BEAT_EVERY, () => this.#beatOn());
    this.#every(LOOK_FOR_STOPS_EVERY, () => this.#lookForStops());
    this.#every(RECOVER_EVERY, () => this.recoverDead());
  }

  /** Waits a moment for outcomes that the store does not have yet. Never rejects. */
  async end(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    const all = await this.unstored.settle(LAST_MOMENT);
    this.unstored.end();
    await atMost(this.#leave(all), LAST_MOMENT);
  }

  /** An owner that leaves runs behind stays on record, for whoever recovers them. */
  async #leave(all: boolean): Promise<void> {
    try {
      await this.#recovering;
      const { owners, runs } = this.deps.store;
      if (all && (await runs.list({ owner: this.id, states: UNFINISHED, limit: 1 })).length === 0)
        await owners.remove(this.id);
    } catch (error) {
      this.deps.log.error({ err: error }, 'this process could not be signed off');
    }
  }

  /**
   * Recovers every run without a living owner, whatever rows are left of that owner, and runs of this process that it
   * has lost; one pass at a time. Never rejects.
   */
  recoverDead(): Promise<void> {
    this.#recovering ??= this.recover({
      id: this.id,
      isAtWork: (runId) => this.#active.has(runId) || this.unstored.get(runId) !== null,
      suspects: this.#suspects,
      keep: (run, write) => this.unstored.store(run, write),
      goesAhead: this.#stays,
    })
      .catch((error: unknown) => this.deps.log.error({ err: error }, 'dead owners could not be looked up'))
      .finally(() => {
        this.#recovering = null;
      });
    return this.#recovering;
  }

  /** Executes `work` under an abort signal that {@link abort} and {@link shutdown} reach. */
  async carry<T>(runId: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const done = work(controller.signal);
    this.#active.set(runId, { controller, done });
    try {
      return await done;
    } finally {
      this.#active.delete(runId);
    }
  }

  /** True when the run is this process's. */
  abort(runId: string, cause: StopCause): boolean {
    const active = this.#active.get(runId);
    active?.controller.abort(cause);
    return active !== undefined;
  }

  /** Lets running runs end for `graceMs`, then stops them and waits until they have tidied up. */
  async shutdown(graceMs: number): Promise<void> {
    const all = () => Promise.allSettled([...this.#active.values()].map(({ done }) => done));
    await atMost(all(), graceMs);
    for (const id of this.#active.keys()) this.abort(id, { kind: 'shutdown' });
    await all();
  }

  #every(ms: number, work: () => Promise<void>): void {
    const timer = setInterval(() => {
      work().catch((error: unknown) => this.deps.log.error({ err: error }, 'the store does not answer'));
    }, ms);
    timer.unref();
    this.#timers.push(timer);
  }

  #beat(): Promise<void> {
    const heartbeatAt = this.deps.now().toISOString();
    return this.deps.store.owners.beat({ ...this.deps.hosts.self(), id: this.id, heartbeatAt });
  }

  /** The heartbeat, where the store is still the one that was opened. */
  async #beatOn(): Promise<void> {
    if (await lookAtStore(this.deps))
      await tryToWrite(this.deps, () => answeredInTime(this.#beat(), { ms: LONGEST_BEAT }));
  }

  async #lookForStops(): Promise<void> {
    if (this.#active.size === 0) return;
    const runs = await this.deps.store.runs.list({
      owner: this.id,
      states: UNFINISHED,
      limit: 1000,
    });
    for (const { id, stopRequestedBy } of runs) {
      if (stopRequestedBy) this.abort(id, { kind: 'stop', by: stopRequestedBy });
    }
  }
}
