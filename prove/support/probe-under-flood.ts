import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ROOT } from '../../tests/support/root.js';

/** The connections are made before it is measured, and come back from then on. */
const SETTLE_MS = 2000;
const PAUSE_MS = 20;

/** Who floods: connections without a key whose bodies never come. */
export interface Flood {
  readonly clients: number;
  readonly addresses: number;
}

/** How long one probe over a connection of its own takes, in ms; infinitely long when it isn't answered. */
async function probe(url: string): Promise<number> {
  const began = performance.now();
  try {
    const response = await fetch(url, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(5000),
    });
    return response.status === 200 ? performance.now() - began : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** A server that does nothing else, in a process of its own. */
async function startIdle(): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const child = spawn(process.execPath, [join(ROOT, 'dist/bench/bots/plain-http.js')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: line.toString('utf8').trim(), child };
}

/** What so large a share of them took at most, in ms. */
export function at(share: number, took: readonly number[]): number {
  const sorted = [...took].sort((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.POSITIVE_INFINITY;
}

interface Measured {
  /** What probes of the bot, and of a server that idles, took, in ms. */
  readonly bot: readonly number[];
  readonly idle: readonly number[];
  readonly cutOff: number;
}

/** Floods the side port at `url`, and probes it for `ms`. */
export async function measure(
  url: string,
  { clients, addresses }: Flood,
  ms: number,
  signal: AbortSignal,
): Promise<Measured> {
  const script = join(ROOT, 'dist/prove/support/slow-bodies-flood.js');
  const flood = spawn(process.execPath, [script, new URL(url).port, String(clients), String(addresses)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let cutOff = '';
  flood.stdout.setEncoding('utf8').on('data', (text: string) => {
    cutOff += text;
  });
  const ended = once(flood, 'close');
  const machine = await startIdle();
  const bot: number[] = [];
  const idle: number[] = [];
  try {
    await wait(SETTLE_MS);
    const until = performance.now() + ms;
    while (performance.now() < until && !signal.aborted) {
      bot.push(await probe(`${url}/healthz`));
      idle.push(await probe(machine.url));
      await wait(PAUSE_MS);
    }
  } finally {
    machine.child.kill('SIGKILL');
    flood.kill('SIGTERM');
    await ended;
  }
  return { bot, idle, cutOff: Number(cutOff) };
}
