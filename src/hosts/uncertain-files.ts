import { setTimeout as sleep } from 'node:timers/promises';
import { code, phrase } from '../core/model/phrase.js';
import { NoAnswerError } from '../core/ports/host.js';
import type { FileArgument, FileOperation } from './file-protocol.js';
import { type HelperProcess, startHelper } from './helper-process.js';
import type { Mount } from './mounts.js';

/** How long an operation may take, in ms. */
const DEADLINES: Readonly<Record<FileOperation, number>> = {
  stat: 10_000,
  realpath: 10_000,
  access: 10_000,
  free: 10_000,
  list: 30_000,
  mkdir: 30_000,
  readText: 30_000,
  create: 30_000,
  remove: 60_000,
  rename: 60_000,
  writeText: 60_000,
  sync: 600_000,
  facts: 5000,
  linkFacts: 5000,
  names: 5000,
  truePath: 5000,
  text: 5000,
  look: 5000,
  writeFault: 5000,
};
/** What is left of it once somebody stops the run, in ms. */
const STOPPED_MS = 3000;
/** A helper that nobody has asked anything for so long ends, in ms. */
const IDLE_MS = 60_000;
/** Helpers of one mount that even SIGKILL did not end: no more are started until one of them is gone. */
const MOST_STUCK = 4;
/** In what time a mount that was only slow answers the probe, in ms. */
const PROBE_MS = 1500;
/** How long after a helper died instead of answering the next one asks, in ms. */
const AGAIN_MS = 5000;

/** File operations on mounts that may not answer, each in a process that can be left behind. */
export interface UncertainFiles {
  /**
   * @param signal after it, the operation gets a moment and no more
   * @throws HostError what the operation failed with; `ETIMEDOUT` (a {@link NoAnswerError}) when the mount doesn't answer
   */
  ask(
    mount: Mount,
    operation: FileOperation,
    args: readonly FileArgument[],
    signal: AbortSignal,
  ): Promise<unknown>;
}

/** @param stays is this mount still there? */
export function createUncertainFiles(
  stays: (mount: Mount) => boolean,
  deadlines: Partial<Record<FileOperation, number>> = {},
): UncertainFiles {
  const places = new Map<string, Place>();
  return {
    ask: (mount, operation, args, signal) => {
      let place = places.get(mount.id);
      if (place === undefined) {
        for (const [id, other] of places) if (!stays(other.mount)) places.delete(id);
        place = new Place(mount, stays);
        places.set(mount.id, place);
      }
      return place.ask(operation, args, deadlines[operation] ?? DEADLINES[operation], signal);
    },
  };
}

/** One mount with the helper that looks after it. While it doesn't answer, one helper waits for it and nobody else. */
class Place {
  #helper: HelperProcess | null = null;
  #isStuck = false;
  #stuckSince = 0;
  #stuckHelpers = 0;
  #underWay = new Set<() => void>();
  #idle: NodeJS.Timeout | undefined;

  constructor(
    readonly mount: Mount,
    private readonly stays: (mount: Mount) => boolean,
  ) {}

  async ask(
    operation: FileOperation,
    args: readonly FileArgument[],
    deadlineMs: number,
    signal: AbortSignal,
  ): Promise<unknown> {
    if (this.#isStuck && !(await this.#recovers())) throw this.#noAnswer();
    clearTimeout(this.#idle);
    const helper = this.#open();
    let timer: NodeJS.Timeout | undefined;
    let fail = (): void => {};
    const late = new Promise<never>((_resolve, reject) => {
      fail = () => reject(this.#noAnswer());
      timer = setTimeout(() => this.#giveUp(), deadlineMs);
    });
    const hurry = (): void => {
      clearTimeout(timer);
      // Writing much through to a disk takes long, and says nothing about the mount.
      const end = operation === 'sync' ? fail : () => this.#giveUp();
      timer = setTimeout(end, Math.min(STOPPED_MS, deadlineMs));
    };
    if (signal.aborted) hurry();
    else signal.addEventListener('abort', hurry, { once: true });
    this.#underWay.add(fail);
    try {
      return await Promise.race([helper.ask(operation, args), late]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', hurry);
      this.#underWay.delete(fail);
      if (this.#underWay.size === 0) this.#rest();
    }
  }

  /** Shortly after a deadline was missed the probe may still be on its way. */
  async #recovers(): Promise<boolean> {
    const until = this.#stuckSince + PROBE_MS;
    while (this.#isStuck && performance.now() < until) await sleep(50);
    return !this.#isStuck;
  }

  #noAnswer(): NoAnswerError {
    const { point } = this.mount;
    return new NoAnswerError(point, phrase`${code(point)} doesn’t answer.`);
  }

  #open(): HelperProcess {
    if (this.#helper) return this.#helper;
    const helper = startHelper();
    this.#helper = helper;
    void helper.gone.then(() => {
      if (this.#helper === helper) this.#helper = null;
    });
    return helper;
  }

  /** What was asked may still happen once the mount answers, unless the process ends before: it is killed. */
  #giveUp(): void {
    if (this.#isStuck) return;
    this.#isStuck = true;
    this.#stuckSince = performance.now();
    this.#discard();
    for (const fail of this.#underWay) fail();
    this.#probe();
  }

  #discard(): void {
    const helper = this.#helper;
    this.#helper = null;
    if (!helper) return;
    this.#stuckHelpers += 1;
    helper.kill();
    void helper.gone.then(() => {
      this.#stuckHelpers -= 1;
      if (this.#isStuck && this.#helper === null) this.#probe();
    });
  }

  /** A question that waits for as long as the mount does; whatever the answer is, it answers again. */
  #probe(): void {
    if (this.#stuckHelpers >= MOST_STUCK) return;
    const helper = this.#open();
    const answered = (): void => {
      if (this.#helper !== helper) return;
      this.#isStuck = false;
      this.#rest();
    };
    helper
      .ask('stat', [`${this.mount.point}/.`])
      .then(answered, (error: { code?: string; path?: string }) => {
        if (error.path !== '') return answered();
        // The helper itself is gone, which says nothing of the mount.
        setTimeout(() => {
          if (this.#isStuck && this.#helper === null && this.stays(this.mount)) this.#probe();
        }, AGAIN_MS).unref();
      });
  }

  #rest(): void {
    if (this.#isStuck) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (this.#underWay.size > 0 || this.#isStuck) return;
      this.#helper?.kill();
      this.#helper = null;
    }, IDLE_MS).unref();
  }
}
