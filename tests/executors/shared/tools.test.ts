import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { saysOfItself, versionOf } from '../../../src/executors/shared/tools.js';
import { Lab } from '../support/lab.js';

let lab: Lab;
let calls: number;

beforeEach(() => {
  lab = new Lab();
  calls = 0;
  mkdirSync(lab.path('first'));
  mkdirSync(lab.path('second'));
  lab.environment = {
    ...process.env,
    PATH: `${lab.path('first')}:${lab.path('second')}:${process.env.PATH}`,
  };
  lab.adapt = (host) => ({
    ...host,
    exec: (argv, options) => {
      calls += 1;
      return host.exec(argv, options);
    },
  });
});
afterEach(() => lab.clean());

function put(folder: string, version: string, end = 0): void {
  const script = lab.path(`${version}.sh`);
  writeFileSync(script, `#!/bin/sh\necho tool ${version}\nexit ${end}\n`);
  chmodSync(script, 0o755);
  renameSync(script, lab.path(folder, 'tool'));
}

const version = (): Promise<string | null> => versionOf(lab.host(), 'tool');

test('a program is asked once for what it is, by whatever host', async () => {
  put('second', '1');
  expect([await version(), await version(), await version()]).toEqual(['tool 1', 'tool 1', 'tool 1']);
  expect(calls).toBe(1);
  expect((await saysOfItself(lab.host(), 'tool', '-V')).stdout).toBe('tool 1\n');
  expect(calls).toBe(2);
});

test('another program of its name is asked anew: replaced, before it in PATH, changed in place, gone', async () => {
  put('second', '1');
  expect(await version()).toBe('tool 1');
  put('second', '2');
  expect(await version()).toBe('tool 2');
  put('first', '3');
  expect(await version()).toBe('tool 3');
  writeFileSync(lab.path('first', 'tool'), '#!/bin/sh\necho tool 4\n');
  expect(await version()).toBe('tool 4');
  chmodSync(lab.path('first', 'tool'), 0o644);
  expect(await version()).toBe('tool 2');
  rmSync(lab.path('second', 'tool'));
  expect(await version()).toBeNull();
  put('second', '1');
  expect(await version()).toBe('tool 1');
});

test('what failed is asked again', async () => {
  put('first', '1', 1);
  await version();
  await version();
  expect(calls).toBe(2);
});
