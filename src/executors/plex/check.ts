import type { RunContext } from '../../core/ports/executor.js';
import type { Digest } from '../../core/ports/host.js';
import { formatBytes, formatCount } from '../../core/text/format.js';
import type { Member as Listed } from '../files/listing.js';
import { checkFailed, type ReadBack, readBack } from '../files/read-back.js';
import type { Failure } from '../shared/failure.js';
import type { PlexData } from './data.js';
import { checkDatabases, type Databases } from './databases.js';
import { type Member, memberOf } from './members.js';

export type Checked =
  | ({
      readonly ok: true;
      readonly databases: Databases;
    } & ReadBack)
  | { readonly ok: false; readonly failure: Failure };

/**
 * Reads the whole partial back: it must hold the very stream that was packed and about as much as the preview said, and
 * the databases in it must be whole.
 * @param written the tar stream, as it was when it was packed
 * @param onMember takes each, with its name as tar quotes it
 */
export async function check(
  data: PlexData,
  written: Digest,
  ctx: RunContext,
  onMember: (member: Listed) => void,
): Promise<Checked> {
  const members: Member[] = [];
  const read = await readBack(data, written, ctx, (member) => {
    onMember(member);
    members.push(memberOf(member));
  });
  if (!read.ok) return read;
  const { files, bytes } = read;
  if (files === 0 || bytes === 0) return refused(data, 'it is empty');
  if (files * 2 < data.files) {
    return refused(data, `${formatCount(files, 'file')} inside instead of about ${data.files}`);
  }
  if (bytes * 2 < data.bytes) {
    return refused(data, `${formatBytes(bytes)} inside instead of about ${formatBytes(data.bytes)}`);
  }
  const opened = await checkDatabases(data, members, ctx);
  if (!opened.ok) return opened;
  return { ...read, databases: opened.databases };
}

function refused({ partial }: PlexData, why: string): Checked {
  return { ok: false, failure: checkFailed(partial, why) };
}
