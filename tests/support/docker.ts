import { spawnSync } from 'node:child_process';
import { describe, test } from '@jest/globals';

export { docker, dockerOn, idsOf, testName } from './docker-cli.js';

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
