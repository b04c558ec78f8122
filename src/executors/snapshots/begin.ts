import { code, phrase } from '../../core/model/phrase.js';
import type { RunContext } from '../../core/ports/executor.js';
import { JOURNAL } from '../files/journal.js';
import { commandFailed, diskFull, type Failure, failure } from '../shared/failure.js';
import { saysDiskFull } from '../shared/space.js';
import type { SnapshotData } from './data.js';
import { withFreeName } from './free-name.js';
import { tryLink } from './links.js';

export type Begun =
  | { readonly ok: true; readonly data: SnapshotData }
  | { readonly ok: false; readonly data: SnapshotData; readonly failure: Failure };

/** Makes the folder that is written, under a name that nobody has, and tries whether it can have hard links. */
export async function begin(planned: SnapshotData, ctx: RunContext): Promise<Begun> {
  const { host } = ctx;
  let data = await withFreeName(planned, ctx);
  for (;;) {
    await ctx.journal(JOURNAL.partial, data.partial);
    if (data.createsFolder) await host.mkdir(data.destination);
    const made = await host.exec(['mkdir', '--mode=700', '--', data.partial], { log: 'none' });
    if (made.ok) break;
    // Somebody else has just begun to write what this run was about to write.
    const next = (await host.stat(data.partial)) === null ? data : await withFreeName(data, ctx);
    if (next === data) return { ok: false, data, failure: await notMade(data, made, ctx) };
    data = next;
  }
  const cannot = await tryLink(host, data.partial, data.destination);
  if (cannot) return { ok: false, data, failure: failure('destination_limits', ...cannot) };
  return { ok: true, data };
}

async function notMade(
  data: SnapshotData,
  made: Awaited<ReturnType<RunContext['host']['exec']>>,
  ctx: RunContext,
): Promise<Failure> {
  if (saysDiskFull(made.stderr)) return diskFull(data, ctx);
  if (/Permission denied|Read-only file system/.test(made.stderr)) {
    return failure('destination_not_writable', phrase`The bot may not write to ${code(data.destination)}.`);
  }
  return commandFailed('mkdir', made);
}
