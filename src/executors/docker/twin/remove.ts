import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecResult, Host } from '../../../core/ports/host.js';
import { READ } from '../container.js';

const PATIENT = { ...READ, timeoutMs: 120_000, afterStopMs: 10_000 } as const;
/** Before a removal that failed is tried once more, in ms: the engine may be busy with the container. */
const AGAIN_MS = 500;

/** Removes twins by their ids; the volumes that they kept stay. What failed, or null. */
export async function removeTwins(host: Host, ids: readonly string[]): Promise<ExecResult | null> {
  if (ids.length === 0) return null;
  const argv = ['docker', 'rm', '--', ...ids];
  const first = await host.exec(argv, PATIENT);
  if (isGone(first)) return null;
  // What didn't answer has had its time.
  if (first.timedOut) return first;
  await sleep(AGAIN_MS);
  const second = await host.exec(argv, PATIENT);
  return isGone(second) ? null : second;
}

/** Somebody else may have removed some of them. */
function isGone({ ok, stderr }: ExecResult): boolean {
  return (
    ok ||
    stderr
      .split('\n')
      .filter(Boolean)
      .every((line) => /No such container/i.test(line))
  );
}
