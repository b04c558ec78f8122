import { lstatSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { FilesFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import { planSnapshot } from '../../../src/executors/snapshots/plan.js';
import { recoverSnapshot } from '../../../src/executors/snapshots/recover.js';
import { runSnapshot } from '../../../src/executors/snapshots/run.js';
import { putProgram } from '../docker-volumes/servers.js';
import { Lab, said } from '../support/lab.js';
import { plant, put, tool } from '../support/trees.js';

jest.setTimeout(120_000);

const snapshots = { kind: 'files', plan: planSnapshot, run: runSnapshot, recover: recoverSnapshot } as const;

let lab: Lab;
let fields: FilesFields;

beforeEach(() => {
  lab = new Lab();
  plant(lab.path('src'), 12);
  put(lab.path('src', 'a'), 'good');
  fields = {
    ...{ source: lab.path('src'), destination: lab.path('dst'), exclude: [], compress: 'none' },
    ...{ retention_days: null, min_keep: 3, require_mount: false, link_dest: true, verify: 'checksum' },
  };
});
afterEach(() => lab.clean());

const FIRST = '20261122_141700';
const SECOND = '20261123_141700';

async function make(at = '2026-11-22T14:17:00Z') {
  lab.plannedAt = new Date(at);
  const part = await lab.plan(snapshots, fields);
  expect(part.blockers).toEqual([]);
  return { part, result: await snapshots.run(part, lab.runContext()) };
}

/** Other contents, with the size and time that it had. */
function spoil(path: string): void {
  const { mtime, atime } = statSync(path);
  writeFileSync(path, 'evil');
  utimesSync(path, atime, mtime);
}

/** After each copy, rsync finds one file of it to be another one, with the same size and time. */
function spoilEachCopy(): void {
  const script = `#!/bin/sh
/usr/bin/rsync "$@" || exit
for word; do last=$word; [ "$word" = --dry-run ] && exit 0; done
[ -f "$last/a" ] || exit 0
touch --reference="$last/a" '${lab.path('time')}'
rm "$last/a"
printf evil > "$last/a"
touch --reference='${lab.path('time')}' "$last/a"
`;
  putProgram(lab, 'rsync', script);
}

describe('verify: checksum', () => {
  test('compares every byte, and says so everywhere', async () => {
    const { part, result } = await make();
    expect(part.steps.map(({ title }) => plain(title))).toContain(
      `Verify that ${lab.path('dst', FIRST)} is complete, by every byte of each file.`,
    );
    expect(said(result)).toMatch(/is complete: 13 files, .*, every byte compared\./);
    expect(lab.artifacts).toMatchObject([{ path: lab.path('dst', FIRST), verified: 'read' }]);
    const manifest = JSON.parse(readFileSync(lab.path('dst', `${FIRST}.manifest.json`), 'utf8'));
    expect(manifest).toMatchObject({ verified: 'read' });
    expect(tool('diff', '-r', lab.path('src'), lab.path('dst', FIRST))).toBe('');
  });

  test('finds a copy that is another one with the same size and time', async () => {
    spoilEachCopy();
    const { result } = await make();
    expect(result).toMatchObject({ state: 'failed', reason: 'check_failed' });
    expect(said(result)).toMatch(
      /^1 file at .* has the size and time of the source, but other contents: a\./,
    );
    // A snapshot has no options to add.
    expect(plain(result.next ?? [])).toMatch(/^Check the disk at \S+; the next run copies it again\.$/);
    expect(readdirSync(lab.path('dst'))).toEqual([]);
    expect(lab.artifacts).toEqual([]);
  });

  test('does not link what the earlier snapshot has damaged, and links the rest', async () => {
    await make();
    spoil(lab.path('dst', FIRST, 'a'));
    const { result } = await make('2026-11-23T14:17:00Z');
    expect(result.state).toBe('succeeded');
    expect(readFileSync(lab.path('dst', SECOND, 'a'), 'utf8')).toBe('good');
    expect(readFileSync(lab.path('dst', FIRST, 'a'), 'utf8')).toBe('evil');
    const inode = (snapshot: string): number => lstatSync(lab.path('dst', snapshot, 'd0', 'f1')).ino;
    expect(inode(SECOND)).toBe(inode(FIRST));
    expect(said(result)).toContain(`(1 file) new, 12 files linked to ${FIRST} in `);
  });

  test('left out, size and time are what is claimed', async () => {
    const { verify: _verify, ...rest } = fields;
    fields = rest;
    spoilEachCopy();
    const { part, result } = await make();
    expect(part.steps.map(({ title }) => plain(title)).join('\n')).toContain('by size and time of each file');
    expect(said(result)).toContain('checked by size and time.');
    expect(lab.artifacts).toMatchObject([{ verified: 'listed' }]);
  });
});
