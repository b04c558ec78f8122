import { posix } from 'node:path';
import type { RunContext } from '../../core/ports/executor.js';
import { tarName } from '../shared/escapes.js';
import { nameOf } from './archive.js';
import type { Member } from './listing.js';
import type { Said } from './tar-messages.js';

/** Of how many padded files each is read once more. */
const MOST_READ = 20;

/**
 * The files among the padded ones that the disk doesn't give: those that are still as long, and as old, as when tar began to
 * read them, and those that can't be read now either. Nobody cut them off. A name that can't be asked for counts as one.
 * @param folder that the names are relative to
 * @param packed by name, what the archive says of them
 */
export async function brokenAmong(
  padded: readonly Said[],
  folder: string,
  packed: ReadonlyMap<string, Member>,
  ctx: RunContext,
): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const [index, said] of padded.entries()) {
    const bytes = tarName(said.name);
    const path = posix.join(folder, bytes.toString('utf8'));
    const member = packed.get(said.name);
    const isAskable = Buffer.from(bytes.toString('utf8')).equals(bytes);
    if (!isAskable || member === undefined || (await isBroken(path, member, index < MOST_READ, ctx)))
      broken.push(nameOf(said));
  }
  return broken;
}

async function isBroken(path: string, member: Member, reads: boolean, ctx: RunContext): Promise<boolean> {
  const now = await ctx.host.stat(path);
  if (now === null) return false;
  if (now.size === member.size && Math.floor(now.mtimeMs) === member.mtimeMs) return true;
  if (!reads) return false;
  const [result] = await ctx.host.pipe([['cat', '--', path]], null);
  return result !== undefined && !result.ok && !result.stopped;
}
