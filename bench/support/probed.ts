import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoopFigures } from './loop-probe.js';

export type { LoopFigures } from './loop-probe.js';

/** What `--import` needs for {@link askProbe}; the child needs an IPC channel too. */
export const PROBE = fileURLToPath(new URL('./loop-probe.js', import.meta.url));

/** The child's event loop since the last question. */
export function askProbe(child: ChildProcess): Promise<LoopFigures> {
  return new Promise((resolve) => {
    child.once('message', (figures) => resolve(figures as LoopFigures));
    child.send('read');
  });
}
