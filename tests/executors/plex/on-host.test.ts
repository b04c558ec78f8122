import { mkdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import type { PartResult } from '../../../src/core/ports/executor.js';
import { createPlex } from '../../../src/executors/plex/executor.js';
import { putProgram } from '../docker-volumes/servers.js';
import { Lab, said } from '../support/lab.js';
import { plant, put } from '../support/trees.js';
import { fieldsFor } from './box.js';
import { QUICK } from './quick.js';

const plex = createPlex(QUICK);
let lab: Lab;

beforeEach(() => {
  lab = new Lab();
  mkdirSync(lab.path('dst'));
  plant(lab.path('src'), 20);
  put(lab.path('src', 'blobs', 'a'), 'a');
});
afterEach(() => lab.clean());

/** tar packs as ever, says these lines among its progress, and ends with this code. */
async function runWhileTarSays(exitCode: number, ...lines: string[]): Promise<PartResult> {
  const onHost = { source: lab.path('src'), source_path: null, consistency: 'none' } as const;
  const fields = fieldsFor('plex', lab.path('dst'), { ...onHost, compress: 'none' });
  const text = [...lines, 'tar: wrote: 20480'].map((line) => `echo '${line}' >&2`).join('\n');
  putProgram(
    lab,
    'tar',
    `#!/bin/sh\ncase " $* " in *" --create "*) ;; *) exec /usr/bin/tar "$@";; esac\n/usr/bin/tar "$@" || exit\n${text}\nexit ${exitCode}\n`,
  );
  return plex.run(await lab.plan(plex, fields), lab.runContext());
}

describe('a folder of this host, with nothing held', () => {
  test('that tar could not read fails by what tar said, not by how far it was', async () => {
    const result = await runWhileTarSays(
      2,
      'tar: ./blobs/a: Cannot open: Permission denied',
      'tar: Exiting with failure status due to previous errors',
    );
    expect(result).toMatchObject({ state: 'failed', reason: 'source_unreadable' });
    expect(said(result)).toMatch(/^blobs\/a can’t be read.*Permission denied/);
    expect(said(result)).not.toContain('wrote:');
  });

  test('in which a file changed succeeds and names it', async () => {
    const result = await runWhileTarSays(1, 'tar: ./blobs/a: file changed as we read it');
    expect(result.state).toBe('succeeded');
    expect(result.warnings.map(({ message }) => plain(message)).join()).toMatch(
      /mix of old and new: blobs\/a/,
    );
  });

  test('in which a file ended in zeros is not verified, and names it', async () => {
    put(lab.path('src', 'blobs', 'a'), 'shorter by now');
    const result = await runWhileTarSays(1, 'tar: ./blobs/gone: File shrank by 5 bytes; padding with zeros');
    expect(result).toMatchObject({ state: 'failed', reason: 'read_error' });
  });
});
