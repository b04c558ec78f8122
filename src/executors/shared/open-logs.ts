import { posix } from 'node:path';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { Host } from '../../core/ports/host.js';
import { findCommand, prunedFirst } from './excludes.js';
import { someOf } from './wording.js';

/** Of so many it is looked whether they are a database's. */
const MOST = 20;
const SUFFIX = '-wal';

/**
 * Warns of SQLite databases in a source that have a write-ahead log: a program that ends well removes it, so one has them
 * open, or was killed. Null where there are none, or where it can't be told.
 * @param real the source with symlinks resolved
 */
export async function openLogsNotice(
  host: Host,
  source: string,
  real: string,
  exclude: readonly string[],
  remedy: Phrase,
): Promise<Notice | null> {
  // The name first: only what is called so is looked at.
  const words = [...prunedFirst(real, exclude), '-name', `*${SUFFIX}`, '-type', 'f', '-size', '+0'];
  const argv = findCommand(real, '-ignore_readdir_race', ...words, '-printf', '%P\\0');
  const { stdout } = await host.exec(argv, { log: 'none', timeoutMs: 60_000 });
  const logs = stdout.split('\0').filter((path) => path !== '');
  const found: string[] = [];
  for (const log of logs.slice(0, MOST)) {
    const database = log.slice(0, -SUFFIX.length);
    const stat = await host.stat(posix.join(real, database)).catch(() => null);
    if (stat?.type === 'file') found.push(database);
  }
  if (found.length === 0) return null;
  const [has, copy] = found.length === 1 ? ['has', 'its copy'] : ['have', 'their copies'];
  return notice(
    'live_data',
    phrase`${someOf(found)} in ${code(source)} ${has} an open write-ahead log (${code(SUFFIX)}): a program works on it, or was killed, and ${copy} may be damaged, not just older.`,
    remedy,
  );
}
