import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type Origin, originKey } from '../../src/core/model/origin.js';
import { ROOT } from '../support/root.js';
import { dataFolder } from './data-folder.js';

const folder = dataFolder();
const of = (kind: Origin['kind'], source: string, destination: string): string =>
  originKey({ host: 'local', kind, source, destination, shape: {} });
const ORIGINS = {
  photos: of('files', '/tmp/chatops-before/src/photos', '/tmp/chatops-before/dst/photos'),
  volume: of('docker_volumes', '/tmp/chatops-before/src/volume', '/tmp/chatops-before/dst/volume'),
  plexdb: of('plex', 'chatops-test-before:/config', '/tmp/chatops-before/dst/plex'),
  web: of('vm_proxmox', 'vm 101', 'nas'),
};

test('what was kept by an intent’s name belongs to what its plans say was backed up', async () => {
  for (const name of ['chatops.db', 'audit.head'])
    cpSync(join(ROOT, 'tests/fixtures/store/before-claims', name), folder.file(name));
  const store = await folder.open();
  const all = await store.artifacts.all();
  expect(Object.fromEntries(all.map(({ intent, origin }) => [intent, origin]))).toEqual(ORIGINS);
  for (const [intent, key] of Object.entries(ORIGINS)) {
    const keys = { key, before: null, isPlain: true };
    expect((await store.history.past(keys, null)).length).toBe(1);
    expect(await store.artifacts.belonging(key, null, 'another-name')).toHaveLength(1);
    if (intent !== 'web') expect(await store.runs.remembered(keys, null)).not.toBeNull();
  }
});
