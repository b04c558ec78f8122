import type { Run } from '../model/run.js';
import type { CoreDeps } from '../ports/deps.js';

/** How often a waiting run looks whether its turn has come, in ms: another process may have released. */
const LOOK_EVERY = 500;
/** Every so many looks, runs of dead owners are recovered, which may be what is in the way. */
const LOOKS_PER_RECOVERY = 10;

/** Waits for leases in the order of confirmation, and wakes at once when a run of this process ends. */
export class LeaseQueue {
  #wakers = new Set<() => void>();

  constructor(
    private readonly deps: Pick<CoreDeps, 'store' | 'events' | 'now'>,
    private readonly ownerId: string,
    private readonly recoverDead: () => Promise<void>,
  ) {}

  /** True when all leases are held, false when `signal` came first. */
  async wait(run: Run, signal: AbortSignal): Promise<boolean> {
    let shown: string | null = null;
    for (let look = 1; !signal.aborted; look += 1) {
      const inTheWay = await this.deps.store.leases.acquire(
        run.id,
        this.ownerId,
        run.plan.touches,
        this.deps.now().toISOString(),
      );
      if (inTheWay.length === 0) return true;
      if (shown !== inTheWay.join()) {
        shown = inTheWay.join();
        this.deps.events.emit({ type: 'queued', run, waitsFor: inTheWay });
      }
      if (look % LOOKS_PER_RECOVERY === 1) await this.recoverDead();
      await this.#pause(signal);
    }
    return false;
  }

  async release(runId: string): Promise<void> {
    await this.deps.store.leases.release(runId);
    for (const wake of [...this.#wakers]) wake();
  }

  #pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.#wakers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, LOOK_EVERY);
      signal.addEventListener('abort', wake);
      this.#wakers.add(wake);
    });
  }
}
