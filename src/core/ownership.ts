import { randomUUID } from 'node:crypto';
import type { CoreDeps } from './deps.js';
import { recoverDeadOwners } from './recovery.js';
import type { ActorRef } from './request.js';
import { lookAtStore, tryToWrite } from './store-watch.js';

const BEAT_EVERY = 5000;
/** How soon a stop that was asked for in another process is noticed, in ms. */
const LOOK_FOR_STOPS_EVERY = 1000;
const RECOVER_EVERY = 10_000;

/** Why a run of this process is ended early; the reason of its AbortSignal. */
export type StopCause = { readonly kind: 'stop'; readonly by: ActorRef } | { readonly kind: 'shutdown' };

interface Active {
  readonly controller: AbortController;
  readonly done: Promise<unknown>;
}

/** This process as an owner of runs: its heartbeat, the runs it executes, and the care for dead owners' runs. */
export class Ownership {
  readonly id = `o-${randomUUID()}`;
  readonly #active = new Map<string, Active>();
  readonly #timers: NodeJS.Timeout[] = [];
  #recovering: Promise<void> | null = null;

  constructor(private readonly deps: CoreDeps) {}

  /** Must be called before the first run is recorded. */
  async start(): Promise<void> {
    await this.#beat();
    this.#every(BEAT_EVERY, () => this.#beatOn());
    this.#every(LOOK_FOR_STOPS_EVERY, () => this.#lookForStops());
    this.#every(RECOVER_EVERY, () => this.recoverDead());
  }

  async end(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#recovering;
    await this.deps.store.owners.remove(this.id).catch((error: unknown) => {
      // Whoever starts next finds its process gone.
      this.deps.log.warn({ err: error }, 'the store could not be told that this process ends');
    });
  }

  /** Recovers what dead owners left; one pass at a time. Never rejects. */
  recoverDead(): Promise<void> {
    this.#recovering ??= recoverDeadOwners(this.deps, this.id)
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
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([all(), grace]);
    clearTimeout(timer);
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
    if (await lookAtStore(this.deps)) await tryToWrite(this.deps, () => this.#beat());
  }

  async #lookForStops(): Promise<void> {
    if (this.#active.size === 0) return;
    const runs = await this.deps.store.runs.list({
      owner: this.id,
      states: ['queued', 'running'],
      limit: 1000,
    });
    for (const { id, stopRequestedBy } of runs) {
      if (stopRequestedBy) this.abort(id, { kind: 'stop', by: stopRequestedBy });
    }
  }
}
