import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Tools that write down each call, and then are what they are. */
export interface LoggedTools {
  /** To be first in PATH. */
  readonly bin: string;
  /** The calls since the last time, without those that only ask for a version. */
  calls(): readonly string[];
}

export function loggedTools(dir: string, ...names: readonly string[]): LoggedTools {
  const [bin, log] = [join(dir, 'logged'), join(dir, 'calls')];
  mkdirSync(bin, { recursive: true });
  writeFileSync(log, '');
  for (const name of names) {
    const real = spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim();
    writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >>${log}\nexec ${real} "$@"\n`, {
      mode: 0o755,
    });
  }
  return {
    bin,
    calls: () => {
      const lines = readFileSync(log, 'utf8').split('\n');
      writeFileSync(log, '');
      return lines.filter((line) => line !== '' && !line.includes('--version'));
    },
  };
}
