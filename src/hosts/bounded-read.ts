import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const DEADLINE_MS = 5000;
const LARGEST = 1024 * 1024;

/**
 * The text of a small file at the start of a process, which has nothing else to do.
 * @param isCertain nobody else has to answer for the path; else a child reads it, and is ended after five seconds
 * @throws an error with the system's code, `ETIMEDOUT` when there was no answer
 */
export function readNow(path: string, isCertain: boolean): string {
  if (isCertain) return readFileSync(path, 'utf8');
  const { status, stdout, error } = spawnSync('cat', ['--', path], {
    timeout: DEADLINE_MS,
    killSignal: 'SIGKILL',
    maxBuffer: LARGEST,
    stdio: ['ignore', 'pipe', 'ignore'],
    encoding: 'utf8',
  });
  if (error) throw error;
  if (status !== 0) throw Object.assign(new Error(`${path} can’t be read.`), { code: 'EIO' });
  return stdout;
}
