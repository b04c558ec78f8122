import type { Log } from '../core/ports/log.js';
import type { CircuitStore } from '../core/ports/store.js';
import type { OwnCircuits } from './circuits.js';

/** How often is looked for what other processes found out, in ms. */
const LOOK_MS = 2000;

/** Keeps circuits across restarts and between processes, as well as the store lets it: trouble there breaks nothing. */
export interface KeptCircuits {
  /** The circuit changed. */
  changed(target: string): void;
  /** Takes over what is kept. Never rejects. */
  load(): Promise<void>;
  /** Looks again and again, until {@link KeptCircuits.end}. */
  watch(): void;
  /** Resolves when what is being written is written. */
  end(): Promise<void>;
}

export function keepCircuits(circuits: () => OwnCircuits, store: CircuitStore, log: Log): KeptCircuits {
  /** What this process knows and the store doesn't. */
  const unsaved = new Set<string>();
  let saving: Promise<void> = Promise.resolve();
  let changes = 0;
  let complained = false;
  let timer: NodeJS.Timeout | undefined;

  const save = async (target: string): Promise<void> => {
    const kept = circuits().kept(target);
    try {
      await (kept === null ? store.remove(target) : store.put(kept));
      unsaved.delete(target);
      complained = false;
    } catch (error) {
      if (!complained) log.warn({ err: error, target }, 'what is not asked now could not be kept');
      complained = true;
    }
  };
  const queue = (target: string): void => {
    changes += 1;
    unsaved.add(target);
    saving = saving.then(() => save(target));
  };
  const load = async (): Promise<void> => {
    for (const target of unsaved) queue(target);
    await saving;
    const before = changes;
    try {
      const kept = await store.list();
      // What was read before a change of our own is old.
      if (unsaved.size === 0 && changes === before) circuits().adopt(kept);
    } catch {
      // Whatever watches the store says so.
    }
  };
  return {
    changed: queue,
    load,
    watch: () => {
      timer = setInterval(() => void load(), LOOK_MS).unref();
    },
    end: async () => {
      clearInterval(timer);
      await saving;
    },
  };
}
