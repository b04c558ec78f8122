import type { IncomingMessage } from 'node:http';

const MIB = 1024 * 1024;
/** Added to a body's time for each MiB of it, in ms. */
const MS_PER_MIB = 1000;

interface Options {
  /** The time of a body that is shorter than a MiB, in ms. */
  readonly baseMs: number;
  /** The largest body that is taken, in bytes; nobody gets more time by promising more. */
  readonly mostBytes: number;
  /** Called once, when the time is over and the body isn't there. */
  readonly onLate: () => void;
}

/**
 * Gives a request's body its time, from the end of its head on: a second for each MiB that was promised, or that came
 * where nothing was. Who sends a byte now and then gets no more.
 */
export function limitBody(request: IncomingMessage, { baseMs, mostBytes, onLate }: Options): void {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && Number(length ?? 0) === 0) return;
  const began = performance.now();
  const before = request.socket.bytesRead;
  const timeFor = (bytes: number): number => baseMs + (Math.min(bytes, mostBytes) / MIB) * MS_PER_MIB;
  const allowed = (): number => timeFor(Number(length ?? request.socket.bytesRead - before));
  const look = (): void => {
    const left = began + allowed() - performance.now();
    if (left > 0) timer = setTimeout(look, left).unref();
    else if (!request.complete) onLate();
  };
  let timer = setTimeout(look, allowed()).unref();
  const over = (): void => clearTimeout(timer);
  request.once('end', over).once('close', over);
}
