import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

/** A name that marks what a test makes: `chatops-test-3fa91c`. */
export function testName(): string {
  return `chatops-test-${randomBytes(4).toString('hex')}`;
}

/** Runs docker and gives its stdout without the last line break; throws with its stderr. */
export function docker(...args: readonly string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trimEnd();
}

/** The same on another engine, such as one of the test's own. */
export function dockerOn(env: NodeJS.ProcessEnv, ...args: readonly string[]): string {
  const options = { encoding: 'utf8' as const, stdio: 'pipe' as const, env: { ...process.env, ...env } };
  return execFileSync('docker', args, options).trimEnd();
}

/** The ids that a listing command gives. */
export function idsOf(...args: readonly string[]): string[] {
  return docker(...args)
    .split('\n')
    .filter(Boolean);
}
