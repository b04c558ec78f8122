import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { describe, test } from '@jest/globals';

/**
 * A group of tests that needs a Docker engine and the Compose plugin. Without them it is skipped with one
 * loud line; with `CI=true` it fails.
 */
export function describeWithDocker(name: string, tests: () => void, ...alsoNeeded: readonly string[]): void {
  const missing = missingParts(alsoNeeded);
  if (missing === null) {
    describe(name, tests);
  } else if (process.env.CI === 'true') {
    test(`${name}: needs ${missing}`, () => {
      throw new Error(`${missing} is not there, and CI needs it.`);
    });
  } else {
    process.stderr.write(`\nSKIPPED: "${name}" needs ${missing}, which is not there.\n\n`);
    describe.skip(name, tests);
  }
}

function missingParts(programs: readonly string[]): string | null {
  const works = (...argv: [string, ...string[]]): boolean => {
    const [program, ...args] = argv;
    return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
  };
  if (!works('docker', 'version')) return 'a Docker engine';
  if (!works('docker', 'compose', 'version')) return 'the Docker Compose plugin';
  return programs.find((program) => !works('which', program)) ?? null;
}

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
