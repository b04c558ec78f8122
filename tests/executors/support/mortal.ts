import type { JournalEntry, RunContext } from '../../../src/core/ports/executor.js';
import type { ChildRecord, Host } from '../../../src/core/ports/host.js';
import { createLocalHosts } from '../../../src/hosts/local.js';
import type { Lab } from './lab.js';

/**
 * A run whose process dies at an instant: its children get SIGKILL, and from then on nothing that it does
 * has an effect any more. What it had journaled stays.
 */
export class MortalRun {
  readonly journal: JournalEntry[] = [];
  readonly #children: ChildRecord[] = [];
  #dead = false;

  constructor(private readonly lab: Lab) {}

  /** Does the work, and dies after `ms`. True when it died before it ended. */
  async workAndDie(work: (ctx: RunContext) => Promise<unknown>, ms: number): Promise<boolean> {
    const timer = setTimeout(() => this.#die(), ms);
    try {
      await work(this.#context());
    } catch (error) {
      if (!(error instanceof Died)) throw error;
    } finally {
      clearTimeout(timer);
    }
    return this.#dead;
  }

  #die(): void {
    this.#dead = true;
    for (const { processGroup } of this.#children) {
      try {
        process.kill(-processGroup, 'SIGKILL');
      } catch {
        // It had ended already.
      }
    }
  }

  #context(): RunContext {
    const ctx = this.lab.runContext();
    const journal: RunContext['journal'] = async (kind, data) => {
      this.#live();
      this.journal.push({ kind, data: JSON.parse(JSON.stringify(data)) });
    };
    return { ...ctx, host: this.#host(), journal, note: journal };
  }

  #host(): Host {
    const host = createLocalHosts(this.lab.environment).open({
      runId: 'r-test',
      signal: new AbortController().signal,
      resolveSecret: () => '',
      onChild: async (child) => void this.#children.push(child),
      onOutput: () => {},
    });
    return {
      ...host,
      exec: async (argv, options) => {
        this.#live();
        const result = await host.exec(argv, options);
        this.#live();
        return result;
      },
    };
  }

  #live(): void {
    if (this.#dead) throw new Died();
  }
}

class Died extends Error {}
