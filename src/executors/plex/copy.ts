import { code, phrase } from '../../core/model/phrase.js';
import type { RunContext } from '../../core/ports/executor.js';
import { type Digest, type ExecResult, HostError, type PipeOptions } from '../../core/ports/host.js';
import { whyFailed } from '../docker/container.js';
import { notHashed, PROGRESS, tarFailed } from '../files/archive.js';
import { type Heard, type Said, tarListener } from '../files/tar-messages.js';
import { commandFailed, diskFull, type Failure, failure, STOPPED } from '../shared/failure.js';
import { watchMounts } from '../shared/source-mounts.js';
import { saysDiskFull } from '../shared/space.js';
import type { PlexData } from './data.js';
import { packOf } from './direct.js';

/** How often the growing file is looked at, in ms. */
const LOOK_EVERY = 1000;

export type Copied =
  | {
      readonly ok: true;
      /** What the tar stream was. */
      readonly stream: Digest;
      /** What tar said of single files, where it read them on this host. */
      readonly said: readonly Said[];
    }
  | { readonly ok: false; readonly failure: Failure };

/** Streams the databases through the compressor into the partial file. */
export async function copy(data: PlexData, ctx: RunContext): Promise<Copied> {
  const watching = watch(data, ctx);
  try {
    const packed = (await packDirectly(data, ctx)) ?? (await pack(data.pack, {}, data, ctx));
    if (packed.failure !== null) return { ok: false, failure: packed.failure };
    const { reader, heard } = packed;
    const isOwnTar = data.pack[0]?.[0] === 'tar';
    const failed = isOwnTar ? tarFailed(reader, heard) : null;
    if (failed) return { ok: false, failure: failed };
    if (!reader.ok && !isOwnTar) {
      const why = phrase`The databases could not be read: ${code(whyFailed(reader))}.`;
      return { ok: false, failure: failure('command_failed', why) };
    }
    const stream = reader.digest;
    return stream === undefined
      ? { ok: false, failure: notHashed(data) }
      : { ok: true, stream, said: isOwnTar ? heard.said : [] };
  } finally {
    clearInterval(watching);
  }
}

/** Of a member of the stream, with what fills its last block, in bytes. */
const HEADERS = 4096;

interface Packed {
  /** What went wrong, whoever reads. */
  readonly failure: Failure | null;
  readonly reader: ExecResult;
  /** What the reader said, where it is tar. */
  readonly heard: Heard;
}

async function pack(
  argvs: PlexData['pack'],
  options: PipeOptions,
  data: PlexData,
  ctx: RunContext,
): Promise<Packed> {
  const heard = tarListener();
  const results = await ctx.host.pipe(argvs, data.partial, {
    ...options,
    digest: [0],
    digestBytes: data.measured ? data.bytes + data.files * HEADERS : undefined,
    // Its progress is no reason for anything.
    omit: (line) => PROGRESS.test(line),
    onStderr: (line, command) => {
      if (command === 0) heard.onLine(line);
    },
  });
  const [reader, compressor] = results;
  if (reader === undefined) throw new Error('a plan without commands was run');
  if (ctx.signal.aborted) return { failure: STOPPED, reader, heard };
  if (results.some(({ stderr }) => saysDiskFull(stderr)))
    return { failure: await diskFull(data, ctx), reader, heard };
  if (compressor && !compressor.ok)
    return { failure: commandFailed(argvs[1]?.[0] ?? 'the compressor', compressor), reader, heard };
  return { failure: null, reader, heard };
}

/**
 * Reads the folder on this host. Null when Docker has to do it, and nothing is left then: another folder lies there
 * now, tar could not read everything, or somebody wrote to it although the container is held (tar's exit code 1).
 */
async function packDirectly(data: PlexData, ctx: RunContext): Promise<Packed | null> {
  if (data.direct === null) return null;
  const { folder } = data.direct;
  const mounts = await watchMounts(data.mounts, ctx);
  try {
    const packed = await pack(packOf(data), { folder }, data, ctx);
    if (packed.failure !== null) return packed;
    // Docker would read what is mounted there now, which the container may not see at all.
    const moved = await mounts.look();
    if (moved !== null) return { ...packed, failure: moved };
    if (packed.reader.ok) return packed;
    await ctx.host.remove(data.partial);
  } catch (error) {
    if (!(error instanceof HostError) || error.code !== 'ESTALE') throw error;
  }
  ctx.output(`${folder.path} could not be read as a whole as the container’s folder; Docker reads it.`);
  return null;
}

/** Nothing tells how far the reader is but the archive itself, which grows. */
function watch({ partial, expectedSize }: PlexData, ctx: RunContext): NodeJS.Timeout {
  const look = async (): Promise<void> => {
    const size = (await ctx.host.stat(partial).catch(() => null))?.size;
    if (size === undefined) return;
    if (expectedSize === null) ctx.progress({ done: size, unit: 'bytes' });
    else ctx.progress({ done: Math.min(size, expectedSize), total: expectedSize, unit: 'bytes' });
  };
  return setInterval(() => void look(), LOOK_EVERY).unref();
}
