import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, jest } from '@jest/globals';
import { plain } from '../../src/core/model/phrase.js';
import type { Actor } from '../../src/core/model/request.js';
import type { Run } from '../../src/core/model/run.js';
import { StoreError } from '../../src/core/ports/store.js';
import { INTENT, type Opened, open } from '../contracts/executor/open.js';
import { FOLDER, makeBoxImage, removeAll, startBox, statusOf } from '../executors/plex/box.js';
import { mountTmpfs, type Tmpfs, testWithTmpfs } from '../store/tmpfs.js';

jest.setTimeout(120_000);

const OPERATOR: Actor = { kind: 'operator', id: 'test', name: 'test' };

let disk: Tmpfs | null = null;
let opened: Opened | null = null;
let undo: (() => void)[] = [];

afterEach(async () => {
  free();
  await opened?.app.close();
  for (const one of undo) one();
  undo = [];
  disk?.dispose();
  disk = null;
  opened = null;
});

/** Everything on one small disk, as on a home server. */
async function home(intent: string): Promise<Opened> {
  const dir = disk?.path ?? '';
  for (const folder of ['data', 'intents', 'dst']) mkdirSync(join(dir, folder));
  writeFileSync(join(dir, 'intents', `${INTENT}.yaml`), intent);
  opened = await open({ dir, env: {} }, { on: 'nothing' });
  return opened;
}

function fill(): void {
  const path = join(disk?.path ?? '', 'other');
  for (let bytes = 1024 * 1024; bytes >= 1; bytes = Math.floor(bytes / 4)) {
    for (let full = false; !full; ) {
      try {
        writeFileSync(path, Buffer.alloc(bytes), { flag: 'a' });
      } catch {
        full = true;
      }
    }
  }
}

function free(): void {
  if (disk) rmSync(join(disk.path, 'other'), { force: true });
}

/** Runs the intent; the disk fills at the moment that `when` names, and is full to the end. */
async function runAndFill({ app }: Opened, when: (step: number) => boolean): Promise<Run> {
  const unsubscribe = app.pipeline.events.subscribe((event) => {
    if (event.type === 'step' && event.state === 'running' && when(event.step)) fill();
  });
  const request = { intent: INTENT, params: {}, actor: OPERATOR, source: 'cli', dryRun: false } as const;
  const admission = await app.pipeline.admit(request);
  if (!admission.ok) throw new Error(admission.notice.code);
  const preview = await app.pipeline.prepare(admission.ticket);
  const decision = await app.pipeline.decide(preview.id, OPERATOR, 'confirm');
  if (!decision.ok) throw new Error(decision.notice.code);
  const run = await decision.done;
  unsubscribe();
  return run;
}

async function isStored({ app }: Opened, { id, state }: Run): Promise<void> {
  for (let waited = 0; waited < 15_000; waited += 100) {
    if ((await app.store.runs.get(id))?.state === state) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the outcome was not stored');
}

describe('the disk of the data directory is full from the middle of a run on', () => {
  testWithTmpfs('a backup to another disk is made, told, and recorded once there is room', async () => {
    disk = mountTmpfs('8m');
    const elsewhere = mountTmpfs('64m');
    undo.push(() => elsewhere.dispose());
    mkdirSync(join(elsewhere.path, 'src'));
    writeFileSync(join(elsewhere.path, 'src', 'big'), randomBytes(8 * 1024 * 1024));
    const bot = await home(
      `action: backup\nbackup_type: files\nstack: media\nsource: ${elsewhere.path}/src\ndestination: ${elsewhere.path}/dst\n`,
    );
    const run = await runAndFill(bot, (step) => step === 1);
    expect(run).toMatchObject({ state: 'succeeded', outcome: { reason: 'done' } });
    expect(await bot.app.store.runs.get(run.id)).toMatchObject({ state: 'running' });
    expect(await bot.app.store.leases.list()).not.toEqual([]);
    const archives = readdirSync(join(elsewhere.path, 'dst'));
    expect(archives).toHaveLength(2);
    free();
    await isStored(bot, run);
    expect(await bot.app.store.leases.list()).toEqual([]);
    expect(await bot.app.store.artifacts.list(INTENT)).toMatchObject([{ verified: 'read' }]);
  });

  testWithTmpfs('a backup to that very disk ends with the true reason, and leaves nothing', async () => {
    disk = mountTmpfs('8m');
    const bot = await home(
      `action: backup\nbackup_type: files\nstack: media\nsource: ${disk.path}/src\ndestination: ${disk.path}/dst\n`,
    );
    mkdirSync(join(disk.path, 'src'));
    writeFileSync(join(disk.path, 'src', 'f'), 'x');
    const run = await runAndFill(bot, (step) => step === 0);
    expect(run).toMatchObject({ state: 'failed' });
    expect(run.outcome?.summary.map(plain).join(' ')).not.toMatch(/defect/);
    expect(readdirSync(join(disk.path, 'dst'))).toEqual([]);
    free();
    await isStored(bot, run);
  });

  testWithTmpfs(
    'a container that is stopped for its copy runs again, and no partial file stays',
    async () => {
      disk = mountTmpfs('24m');
      const image = makeBoxImage();
      const container = startBox(image);
      undo.push(() => removeAll([container], image));
      const bot = await home(
        `action: backup\ndatabase_type: plex\nstack: media\nsource_container: ${container}\nsource_path: ${FOLDER}\ndestination: ${disk.path}/dst\n`,
      );
      const run = await runAndFill(bot, (step) => step === 1);
      expect(run.state).toBe('failed');
      expect(statusOf(container)).toBe('running');
      expect(readdirSync(join(disk.path, 'dst'))).toEqual([]);
      const said = run.outcome?.summary.map(plain).join(' ') ?? '';
      expect(said).toContain(`${container} runs again`);
      expect(said).not.toMatch(/defect/);
      // Nothing of this could be written down meanwhile.
      await expect(bot.app.store.runs.writeLog(run.id, 'x'.repeat(500_000))).rejects.toThrow(StoreError);
      free();
      await isStored(bot, run);
      expect(await bot.app.store.leases.list()).toEqual([]);
      expect(existsSync(join(disk.path, 'other'))).toBe(false);
    },
  );
});
