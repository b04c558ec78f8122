import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
export const FIXTURES = join(ROOT, 'tests/fixtures/intents');

/** A smallest intent that is valid. */
export const VALID = 'action: backup\nbackup_type: files\nsource: /srv/a\ndestination: /srv/b\n';

/** An empty folder for one test; `remove` takes it away with all that is in it. */
export async function temporaryFolder(): Promise<{ dir: string; remove: () => Promise<void> }> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'chatops-test-intents-')));
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}
