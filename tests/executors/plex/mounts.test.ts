import { mkdirSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect } from '@jest/globals';
import type { PlexFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import type { Host } from '../../../src/core/ports/host.js';
import { createPlex } from '../../../src/executors/plex/executor.js';
import { codes, Lab, said } from '../support/lab.js';
import { isRoot, mountTmpfs, testWith, unmount } from '../support/needs.js';
import { plant, put, tool } from '../support/trees.js';
import { fieldsFor } from './box.js';
import { QUICK } from './quick.js';

const plex = createPlex(QUICK);
let lab: Lab;
let fields: PlexFields;
const blobs = (): string => lab.path('src', 'blobs');
const later = (): string => lab.path('src', 'later');

beforeEach(() => {
  lab = new Lab();
  mkdirSync(lab.path('dst'));
  plant(lab.path('src'), 20);
  mountTmpfs(blobs(), '4m');
  plant(blobs(), 9);
  const onHost = { source: lab.path('src'), source_path: null, consistency: 'none' } as const;
  fields = fieldsFor('plex', lab.path('dst'), onHost);
});
afterEach(() => {
  for (const point of [blobs(), later()]) unmount(point);
  lab.clean();
});

const withMounts = testWith('right to mount', isRoot);

/** Does something when the databases have been packed, before anything of the archive is looked at. */
function packed(change: () => void): (host: Host) => Host {
  let isDone = false;
  return (host) => ({
    ...host,
    pipe: async (argvs, file, options) => {
      const results = await host.pipe(argvs, file, options);
      if (!isDone && file !== null) change();
      isDone ||= file !== null;
      return results;
    },
  });
}

describe('plex, a mount below its folder on this host', () => {
  withMounts('that is away blocks, unless the intent says that it needn’t be there', async () => {
    const part = await lab.plan(plex, fields);
    expect(part.data.mounts?.points).toContain(blobs());
    expect((await plex.run(part, lab.runContext())).state).toBe('succeeded');
    expect(lab.remembered).toMatchObject({ files: 29, mounts: expect.arrayContaining([blobs()]) });
    unmount(blobs());
    const { blockers } = await lab.plan(plex, fields);
    expect(codes(blockers)).toEqual(['source_not_mounted']);
    expect(plain(blockers[0]?.message ?? [])).toContain(blobs());
    const given = async (...source_mounts: string[]): Promise<string[]> =>
      codes((await lab.plan(plex, { ...fields, source_mounts })).blockers);
    expect(await given()).toEqual([]);
    expect(await given(blobs())).toEqual(['source_not_mounted']);
  });

  withMounts('that is new is a warning', async () => {
    await plex.run(await lab.plan(plex, fields), lab.runContext());
    mountTmpfs(later(), '1m');
    put(`${later()}/x`, 'x');
    const { blockers, warnings } = await lab.plan(plex, fields);
    expect([codes(blockers), codes(warnings)]).toEqual([[], ['source_mount_new']]);
  });

  withMounts('that goes away before the run is another plan, and ends the run', async () => {
    const part = await lab.plan(plex, fields);
    unmount(blobs());
    expect((await lab.plan(plex, fields)).targets).not.toEqual(part.targets);
    const result = await plex.run(part, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'source_not_mounted' });
    expect(readdirSync(lab.path('dst'))).toEqual([]);
  });

  withMounts.each([
    ['goes away', () => unmount(blobs())],
    ['comes', () => void mountTmpfs(later(), '1m')],
    ['is another folder now', () => void tool('mount', '--bind', lab.path('dst'), blobs())],
  ])('that %s while it is packed fails the run', async (_what, change) => {
    const part = await lab.plan(plex, fields);
    lab.adapt = packed(change);
    const result = await plex.run(part, lab.runContext());
    expect([result.reason, said(result)]).toEqual([
      'source_not_mounted',
      expect.stringContaining('changed while the source was copied'),
    ]);
    expect(lab.remembered).toBeNull();
    unmount(blobs());
    expect(readdirSync(lab.path('dst'))).toEqual([]);
  });
});
