import type { RunContext } from '../../core/ports/executor.js';
import type { ExecResult } from '../../core/ports/host.js';
import { lastLine } from '../shared/wording.js';

/** What SQLite says of one database. */
export type Verdict =
  /** `pages`: only those could be checked, because its indexes need what only Plex's own SQLite has. */
  | { readonly state: 'intact' | 'pages' | 'unknown' }
  | { readonly state: 'damaged' | 'without_tables'; readonly why: string };

const CHECKS = [
  ['integrity_check', 'intact'],
  ['quick_check', 'pages'],
] as const;

/** What only Plex's own SQLite knows. */
const PLEX_ONLY = /no such (?:collation sequence|module|function|tokenizer)|unknown tokenizer/i;

/** Opens a database: it must have a table and pass a check of its pages. */
export async function askSqlite(
  sqlite: readonly string[],
  path: string,
  { host }: Pick<RunContext, 'host'>,
): Promise<Verdict> {
  const ask = (sql: string): Promise<ExecResult> => host.exec([...sqlite, path, sql], { log: 'none' });
  for (const [pragma, passed] of CHECKS) {
    const result = await ask(`PRAGMA ${pragma}(1);`);
    const why = lastLine(result.stderr) || lastLine(result.stdout) || 'it can’t be read';
    if (result.ok && result.stdout.trim() === 'ok') return withTables(await ask(TABLES), passed);
    if (result.stopped || result.timedOut || result.notFound) return { state: 'unknown' };
    if (!PLEX_ONLY.test(why)) return { state: 'damaged', why };
  }
  return { state: 'unknown' };
}

const TABLES = "SELECT count(*) FROM sqlite_master WHERE type = 'table';";

function withTables({ ok, stdout }: ExecResult, passed: 'intact' | 'pages'): Verdict {
  if (!ok) return { state: 'unknown' };
  return Number(stdout) > 0 ? { state: passed } : { state: 'without_tables', why: 'there is no table in it' };
}
