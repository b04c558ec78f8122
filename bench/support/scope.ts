import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What every resource that the bench makes outside of its folder is called, with something random behind it. */
const MARK = 'chatops-bench';

/** A part's folder, and what has to be undone when the part ends, fails or is cut off. */
export interface Scope {
  /** A temporary folder of the part's own. */
  readonly dir: string;
  /** A name for a container or an image, such as `chatops-bench-3fa91c20`. */
  name(): string;
  /** Undone in the reverse order, also after a failure and after Ctrl-C. */
  defer(undo: () => unknown): void;
}

const open = new Set<() => Promise<void>>();

/** Works in a scope and undoes everything afterwards. */
export async function inScope<T>(work: (scope: Scope) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), `${MARK}-`));
  const undoing: (() => unknown)[] = [() => rm(dir, { recursive: true, force: true, maxRetries: 5 })];
  const undo = async (): Promise<void> => {
    for (let step = undoing.pop(); step; step = undoing.pop()) {
      try {
        await step();
      } catch (error) {
        process.stderr.write(`Not cleaned up: ${String(error)}\n`);
      }
    }
    open.delete(close);
  };
  // Once only, however many ask for it: who asks later waits for the same end.
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing ??= undo();
    return closing;
  };
  open.add(close);
  try {
    return await work({
      dir,
      name: () => `${MARK}-${randomBytes(4).toString('hex')}`,
      defer: (step) => void undoing.push(step),
    });
  } finally {
    await close();
  }
}

/** Undoes what is open now, for a process that was told to end. */
export async function undoAll(): Promise<void> {
  await Promise.all([...open].map((close) => close()));
}
