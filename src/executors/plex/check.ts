import type { RunContext } from '../../core/executor.js';
import { formatBytes, formatCount } from '../../core/format.js';
import { code, phrase } from '../../core/phrase.js';
import { totalBytes } from '../files/measure.js';
import { type Failure, failure, STOPPED } from '../shared/failure.js';
import { lastLine } from '../shared/wording.js';
import type { PlexData } from './data.js';
import { checkDatabases, type Databases } from './databases.js';
import { type Member, memberOf } from './members.js';

export type Checked =
  | {
      readonly ok: true;
      readonly files: number;
      /** Of the tar stream. */
      readonly bytes: number;
      readonly size: number;
      readonly databases: Databases;
    }
  | { readonly ok: false; readonly failure: Failure };

/**
 * Reads the whole partial: the decompressor checks every byte and tar every header, there must be about as
 * much inside as the preview said, and the databases in it must be whole.
 */
export async function check(data: PlexData, ctx: RunContext): Promise<Checked> {
  const members: Member[] = [];
  const listed = await ctx.host.exec(data.list, {
    env: { LC_ALL: 'C' },
    keep: 64 * 1024,
    onStdout: (line) => {
      const member = memberOf(line);
      if (member) members.push(member);
    },
  });
  if (ctx.signal.aborted) return { ok: false, failure: STOPPED };
  if (!listed.ok) return refused(lastLine(listed.stderr.split('\n')[0] ?? ''));
  const files = members.length;
  const bytes = totalBytes(listed.stderr) ?? 0;
  if (files === 0 || bytes === 0) return refused('it is empty');
  if (files * 2 < data.files) {
    return refused(`${formatCount(files, 'file')} inside instead of about ${data.files}`);
  }
  if (bytes * 2 < data.bytes) {
    return refused(`${formatBytes(bytes)} inside instead of about ${formatBytes(data.bytes)}`);
  }
  const opened = await checkDatabases(data, members, ctx);
  if (!opened.ok) return opened;
  const size = (await ctx.host.stat(data.partial))?.size ?? 0;
  return { ok: true, files, bytes, size, databases: opened.databases };
}

function refused(why: string): Checked {
  return {
    ok: false,
    failure: failure('check_failed', phrase`The new archive did not pass its check: ${code(why)}.`),
  };
}
