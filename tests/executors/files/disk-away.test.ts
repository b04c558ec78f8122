import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect } from '@jest/globals';
import type { FilesFields } from '../../../src/core/model/fields.js';
import { dockerVolumes } from '../../../src/executors/docker-volumes/executor.js';
import { files } from '../../../src/executors/files/executor.js';
import { snapshots } from '../../../src/executors/snapshots/executor.js';
import { mountTmpfs, type Tmpfs, testWithTmpfs } from '../../store/tmpfs.js';
import { putProgram } from '../docker-volumes/servers.js';
import { codes, Lab, said } from '../support/lab.js';
import { plant, tool } from '../support/trees.js';

let lab: Lab;
let disk: Tmpfs;
let fields: FilesFields;

beforeEach(() => {
  lab = new Lab();
  disk = mountTmpfs('8m');
  mkdirSync(lab.path('dst'));
  tool('mount', '--bind', disk.path, lab.path('dst'));
  plant(lab.path('src'), 20);
  fields = {
    ...{ source: lab.path('src'), destination: lab.path('dst'), exclude: [], compress: 'gzip' },
    ...{ retention_days: null, min_keep: 3, require_mount: false },
  };
});
afterEach(() => {
  spawnSync('umount', ['--lazy', lab.path('dst')]);
  disk.dispose();
  lab.clean();
});

/** Lets the destination go away at the tool's first real work, as a cable that is pulled does. */
function awayAt(program: string, work: string): void {
  const real = tool('which', program).trim();
  const away = `case " $* " in *" --dry-run "*) ;; *"${work}"*) umount --lazy '${lab.path('dst')}' 2>/dev/null;; esac`;
  putProgram(lab, program, `#!/bin/sh\n${away}\nexec ${real} "$@"\n`);
}

testWithTmpfs('an archive whose disk goes away says that its partial file may be left there', async () => {
  const part = await lab.plan(files, fields);
  expect(codes(part.blockers)).toEqual([]);
  awayAt('tar', ' --create ');
  const result = await files.run(part, lab.runContext());
  expect(result.state).toBe('failed');
  expect(readdirSync(disk.path)).toEqual([expect.stringMatching(/\.partial$/)]);
  expect(result.reason).toBe('destination_not_mounted');
  expect(said(result)).toMatch(/\.partial may be left on the disk that went away/);
  expect(said(result)).not.toMatch(/Nothing half-done|is gone/);
});

testWithTmpfs('so does a snapshot', async () => {
  const part = await lab.plan(snapshots, { ...fields, link_dest: true });
  expect(codes(part.blockers)).toEqual([]);
  awayAt('rsync', '/src/');
  const result = await snapshots.run(part, lab.runContext());
  expect(result.state).toBe('failed');
  expect(readdirSync(disk.path)).toEqual([expect.stringMatching(/\.partial$/)]);
  expect(result.reason).toBe('destination_not_mounted');
  expect(said(result)).toMatch(/\.partial may be left on the disk that went away/);
  expect(said(result)).not.toMatch(/Nothing half-done|is gone/);
});

testWithTmpfs('and a mirror isn’t complete because the folder below the mount has all files', async () => {
  const { source, destination } = fields;
  const mirror = { source, destination, exclude: [], options: [], mirror: true, max_delete: 100 };
  const part = await lab.plan(dockerVolumes, { ...mirror, require_mount: false, password_secret: null });
  expect(codes(part.blockers)).toEqual([]);
  awayAt('rsync', '/src/');
  const result = await dockerVolumes.run(part, lab.runContext());
  expect(result).toMatchObject({ state: 'failed', reason: 'destination_not_mounted' });
  expect(readdirSync(disk.path)).toEqual([]);
  expect(said(result)).toContain('isn’t on the disk that it was on');
});
