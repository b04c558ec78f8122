import { expect, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import type { PlanPart } from '../../../src/core/model/plan.js';
import { readPart } from '../../../src/core/ports/plan-data.js';
import type { MirrorData } from '../../../src/executors/docker-volumes/data.js';
import { dockerVolumes } from '../../../src/executors/docker-volumes/executor.js';
import { Lab } from '../support/lab.js';

/** As a plan of the first version was stored. */
const FIRST = {
  source: '/src',
  destination: '/dst',
  passwordSecret: null,
  inTheWay: ['gone/x'],
  deletions: ['old'],
  passages: ['kept'],
  ...{ copy: ['rsync'], sync: ['sync'], remove: ['rsync'], check: ['rsync'] },
  ...{ files: 5, totalBytes: 50, transfers: 2, transferBytes: 20, neededBytes: 20 },
  sourceMount: '/',
};

test('a mirror that the first version began is still tidied up after, with what is known of it', async () => {
  const lab = new Lab();
  try {
    const stored = { kind: 'docker_volumes', data: FIRST, dataVersion: 1 } as unknown as PlanPart;
    const executors = new Map([[dockerVolumes.kind, dockerVolumes]]) as never;
    const part = (await readPart({ executors }, stored)) as PlanPart<MirrorData> | null;
    if (part === null) throw new Error('it can’t be read any more');
    const journal = [{ kind: 'copy', data: null }];
    const { summary } = await dockerVolumes.recover(part, journal, lab.runContext());
    expect(summary.map(plain).join(' ')).toMatch(/^The mirror is incomplete.*may have been made/);
    expect(lab.artifacts).toMatchObject([{ path: '/dst', files: 3, size: 30, verified: 'none' }]);
  } finally {
    lab.clean();
  }
});
