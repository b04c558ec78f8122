import { type Store, StoreError, type StoreFault } from '../../src/core/ports/store.js';

/** What a write is called: `journal part_ended`, `transition running`, `artifact`, `beat`, … */
type Write = string;

/** A real store whose writes fail, or hang, while the test says so: as on a full disk, or one that doesn't answer. */
export class FragileStore {
  /** The writes that fail now. */
  fails: (write: Write) => boolean = () => false;
  /** The writes that get no answer before this. */
  hangs: { readonly writes: (write: Write) => boolean; readonly until: Promise<unknown> } | null = null;
  /** Why. */
  fault: StoreFault = 'full';
  /** Every write that was asked for, in order. */
  readonly asked: Write[] = [];

  readonly wrap = (store: Store): Store => {
    const { runs, artifacts, history, owners, leases, audit } = store;
    return {
      ...store,
      runs: {
        ...runs,
        appendJournal: (id, part, kind, data) =>
          this.#try(`journal ${kind}`, () => runs.appendJournal(id, part, kind, data)),
        transition: (id, from, to, ...more) =>
          this.#try(`transition ${to}`, () => runs.transition(id, from, to, ...more)),
        patch: (...args) => this.#try('patch', () => runs.patch(...args)),
        writeLog: (...args) => this.#try('log', () => runs.writeLog(...args)),
        remember: (...args) => this.#try('remember', () => runs.remember(...args)),
        claim: (...args) => this.#try('claim', () => runs.claim(...args)),
        insert: (...args) => this.#try('insert', () => runs.insert(...args)),
      },
      artifacts: {
        ...artifacts,
        add: (...args) => this.#try('artifact', () => artifacts.add(...args)),
        markDeleted: (...args) => this.#try('artifact deleted', () => artifacts.markDeleted(...args)),
      },
      history: { ...history, add: (...args) => this.#try('history', () => history.add(...args)) },
      owners: {
        ...owners,
        beat: (...args) => this.#try('beat', () => owners.beat(...args)),
        remove: (...args) => this.#try('sign off', () => owners.remove(...args)),
      },
      leases: {
        ...leases,
        acquire: (...args) => this.#try('acquire', () => leases.acquire(...args)),
        release: (...args) => this.#try('release', () => leases.release(...args)),
      },
      audit: { ...audit, append: (...args) => this.#try('audit', () => audit.append(...args)) },
    };
  };

  /** The next write of this name fails, and no other. */
  failOnce(write: Write): void {
    let failed = false;
    this.fails = (asked) => {
      if (failed || asked !== write) return false;
      failed = true;
      return true;
    };
  }

  async #try<T>(write: Write, work: () => Promise<T>): Promise<T> {
    this.asked.push(write);
    if (this.hangs?.writes(write)) await this.hangs.until;
    if (this.fails(write)) throw new StoreError('the store fails', { fault: this.fault, folder: '/data' });
    return work();
  }
}
