import { execFile } from 'node:child_process';
import { createRequire as requireFrom } from 'node:module';
import { promisify } from 'node:util';
import { code, phrase } from '../core/model/phrase.js';
import { type Notice, notice } from '../core/model/reasons.js';

const LONGEST_MS = 10 * 60_000;
/** Reads every page of the database in a process of its own, behind everything else that the machine does. */
const SCRIPT = `
  const [driver, file] = process.argv.slice(1);
  require('node:os').setPriority(19);
  let found;
  try {
    const Database = require(driver);
    const database = new Database(file);
    database.exec('PRAGMA busy_timeout = 10000');
    found = database.prepare('PRAGMA quick_check(1)').get([]).quick_check;
  } catch (error) {
    if (!/^SQLITE_(CORRUPT|NOTADB)/.test(error.code ?? '')) throw error;
    found = error.message;
  }
  process.stdout.write(found);
  process.exit(0);
`;

/**
 * Reads all of a database, which may be in use.
 * @returns what is damaged; null when nothing is
 * @throws when it could not be read for another reason, or `signal` came
 */
export async function quickCheck(file: string, signal: AbortSignal): Promise<string | null> {
  const driver = requireFrom(import.meta.url).resolve('libsql');
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', SCRIPT, driver, file], {
    signal,
    timeout: LONGEST_MS,
    // Options for the debugger and loaders are meant for ChatOps itself.
    env: {},
  });
  return stdout === 'ok' ? null : stdout;
}

/** @param found what SQLite says */
export function damageNotice(file: string, found: string): Notice {
  return notice(
    'store_unavailable',
    phrase`The database ${code(file)} is damaged (${code(found)}).`,
    phrase`Stop ChatOps, keep the file for examination, and put a backup of the data directory in its place.`,
  );
}
