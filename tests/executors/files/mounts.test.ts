import { mkdirSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect } from '@jest/globals';
import type { DockerVolumesFields, FilesFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import type { Host } from '../../../src/core/ports/host.js';
import { dockerVolumes } from '../../../src/executors/docker-volumes/executor.js';
import { files } from '../../../src/executors/files/executor.js';
import { codes, Lab, said } from '../support/lab.js';
import { isRoot, mountTmpfs, testWith, unmount } from '../support/needs.js';
import { plant, put } from '../support/trees.js';

let lab: Lab;
let fields: FilesFields;
let mirror: DockerVolumesFields;
const photos = (): string => lab.path('src', 'photos');

beforeEach(() => {
  lab = new Lab();
  mkdirSync(lab.path('dst'));
  plant(lab.path('src'), 20);
  mountTmpfs(photos(), '4m');
  plant(photos(), 9);
  const both = { source: lab.path('src'), destination: lab.path('dst'), exclude: [], require_mount: false };
  fields = { ...both, compress: 'gzip', retention_days: null, min_keep: 3 };
  mirror = { ...both, options: [], mirror: true, max_delete: 1000, password_secret: null };
});
afterEach(() => {
  unmount(photos());
  unmount(lab.path('src', 'new'));
  lab.clean();
});

const withMounts = testWith('right to mount', isRoot);

/** Does something once the copy has been made, and before it is looked at. */
function afterCopy(change: () => void): (host: Host) => Host {
  let done = false;
  const once = (): void => {
    if (!done) change();
    done = true;
  };
  return (host) => ({
    ...host,
    pipe: async (argvs, file, options) => {
      const results = await host.pipe(argvs, file, options);
      once();
      return results;
    },
    exec: async (argv, options) => {
      const result = await host.exec(argv, options);
      if (
        argv[0] === 'rsync' &&
        !argv.some((arg) => /^(-n|--dry-run|--version)$|^-[a-zA-Z]*n/.test(String(arg)))
      )
        once();
      return result;
    },
  });
}

describe('a mount below the source', () => {
  withMounts('that is away blocks an archive, whatever min_files says', async () => {
    await files.run(await lab.plan(files, fields), lab.runContext());
    expect(lab.remembered).toMatchObject({ files: 29, mounts: expect.arrayContaining([photos()]) });
    unmount(photos());
    const part = await lab.plan(files, { ...fields, min_files: 1 });
    expect(codes(part.blockers)).toEqual(['source_not_mounted']);
    expect(plain(part.blockers[0]?.message ?? [])).toContain(photos());
    expect(plain(part.blockers[0]?.remedy ?? [])).toContain('source_mounts: []');
    const given = async (more: Partial<FilesFields>): Promise<string[]> =>
      codes((await lab.plan(files, { ...fields, ...more })).blockers);
    expect(await given({ source_mounts: [] })).toEqual([]);
    expect(await given({ exclude: ['/photos/'] })).toEqual([]);
    expect(await given({ source_mounts: [photos()] })).toEqual(['source_not_mounted']);
  });

  withMounts('that is away blocks a mirror, which deletes nothing', async () => {
    const first = await dockerVolumes.run(await lab.plan(dockerVolumes, mirror), lab.runContext());
    expect(first.state).toBe('succeeded');
    unmount(photos());
    const part = await lab.plan(dockerVolumes, { ...mirror, min_files: 1 });
    expect(codes(part.blockers)).toContain('source_not_mounted');
    expect(codes((await lab.plan(dockerVolumes, { ...mirror, source_mounts: [] })).blockers)).toEqual([]);
  });

  withMounts('that is new is a warning', async () => {
    await files.run(await lab.plan(files, fields), lab.runContext());
    mountTmpfs(lab.path('src', 'new'), '1m');
    put(lab.path('src', 'new', 'x'), 'x');
    const part = await lab.plan(files, fields);
    expect(codes(part.blockers)).toEqual([]);
    expect(codes(part.warnings)).toContain('source_mount_new');
  });

  withMounts('that goes away between preview and run is another plan, also in a first one', async () => {
    const part = await lab.plan(files, fields);
    unmount(photos());
    expect((await lab.plan(files, fields)).targets).not.toEqual(part.targets);
    const result = await files.run(part, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'source_not_mounted' });
    expect(readdirSync(lab.path('dst'))).toEqual([]);
  });

  withMounts.each([
    ['goes away', () => unmount(photos())],
    ['comes', () => mountTmpfs(lab.path('src', 'new'), '1m')],
  ])('that %s while it is packed fails the run', async (_what, change) => {
    const part = await lab.plan(files, fields);
    lab.adapt = afterCopy(change);
    const result = await files.run(part, lab.runContext());
    expect([result.reason, said(result)]).toEqual([
      'source_not_mounted',
      expect.stringContaining('changed while the source was copied'),
    ]);
    expect(readdirSync(lab.path('dst'))).toEqual([]);
  });

  withMounts('that goes away while it is mirrored fails the run before anything is deleted', async () => {
    put(lab.path('dst', 'extra'), 'x');
    const part = await lab.plan(dockerVolumes, mirror);
    expect(codes(part.blockers)).toEqual([]);
    lab.adapt = afterCopy(() => unmount(photos()));
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'source_not_mounted' });
    expect(readdirSync(lab.path('dst'))).toContain('extra');
  });
});
