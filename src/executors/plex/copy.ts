import type { RunContext } from '../../core/executor.js';
import { code, phrase } from '../../core/phrase.js';
import { whyFailed } from '../docker/container.js';
import { commandFailed, diskFull, type Failure, failure, STOPPED } from '../shared/failure.js';
import { saysDiskFull } from '../shared/space.js';
import type { PlexData } from './data.js';

/** How often the growing file is looked at, in ms. */
const LOOK_EVERY = 1000;

/** Streams the databases through the compressor into the partial file. Null when all of it went well. */
export async function copy(data: PlexData, ctx: RunContext): Promise<Failure | null> {
  const watching = watch(data, ctx);
  try {
    const results = await ctx.host.pipe(data.pack, data.partial);
    if (ctx.signal.aborted) return STOPPED;
    if (results.some(({ stderr }) => saysDiskFull(stderr))) return await diskFull(data, ctx);
    const [reader, compressor] = results;
    if (compressor && !compressor.ok) return commandFailed(data.pack[1]?.[0] ?? 'the compressor', compressor);
    if (reader === undefined) throw new Error('a plan without commands was run');
    if (reader.ok) return null;
    return failure('command_failed', phrase`The databases could not be read: ${code(whyFailed(reader))}.`);
  } finally {
    clearInterval(watching);
  }
}

/** Nothing tells how far `docker cp` is but the archive itself, which grows. */
function watch({ partial, expectedSize }: PlexData, ctx: RunContext): NodeJS.Timeout {
  const look = async (): Promise<void> => {
    const size = (await ctx.host.stat(partial).catch(() => null))?.size;
    if (size === undefined) return;
    if (expectedSize === null) ctx.progress({ done: size, unit: 'bytes' });
    else ctx.progress({ done: Math.min(size, expectedSize), total: expectedSize, unit: 'bytes' });
  };
  return setInterval(() => void look(), LOOK_EVERY).unref();
}
