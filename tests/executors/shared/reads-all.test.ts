import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect } from '@jest/globals';
import { readsAll } from '../../../src/executors/shared/reads-all.js';
import { Lab } from '../support/lab.js';
import { has, isRoot, mountTmpfs, testWith, unmount } from '../support/needs.js';
import { asNobody } from '../support/nobody.js';

describe('what root reads without being asked', () => {
  const mounted: string[] = [];
  let lab: Lab;

  beforeEach(() => {
    lab = new Lab();
    mkdirSync(lab.path('source'));
  });
  afterEach(() => {
    for (const path of mounted.splice(0).reverse()) unmount(path);
    lab.clean();
  });

  const mounting = testWith('root, who may mount', isRoot);

  mounting('everything on a disk of its own, and on another one below it', async () => {
    mounted.push(lab.path('source', 'below'));
    expect(mountTmpfs(lab.path('source', 'below'), '1m')).toBe(true);
    expect(await readsAll(lab.host(), lab.path('source'))).toBe(true);
  });

  testWith('bindfs', isRoot && has('bindfs'))(
    'not where a program decides, at the source or below it',
    async () => {
      mkdirSync(lab.path('shown'));
      mkdirSync(lab.path('source', 'below'));
      for (const place of [lab.path('shown'), lab.path('source', 'below')]) {
        mounted.push(place);
        expect(spawnSync('bindfs', [lab.path(), place]).status).toBe(0);
      }
      expect(await readsAll(lab.host(), lab.path('shown', 'source'))).toBe(false);
      expect(await readsAll(lab.host(), lab.path('source'))).toBe(false);
    },
  );

  mounting('not as another user, nor as root of a namespace that has not all users', async () => {
    expect(await readsAll(asNobody(lab.host()), lab.path('source'))).toBe(false);
    const host = lab.host();
    const inside = {
      ...host,
      exec: (argv: Parameters<typeof host.exec>[0]) =>
        host.exec(['unshare', '--user', '--map-root-user', '--', ...argv]),
    };
    expect(await readsAll(inside, lab.path('source'))).toBe(false);
  });
});
