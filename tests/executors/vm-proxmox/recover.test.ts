import { afterEach, expect, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import { type Bench, bench, FIELDS, oldBackups } from './setup.js';

let open: Bench[] = [];
async function start(...settings: Parameters<typeof bench>): Promise<Bench> {
  const one = await bench(...settings);
  open.push(one);
  return one;
}
afterEach(async () => {
  for (const one of open) {
    expect(one.double.violations).toEqual([]);
    await one.close();
  }
  open = [];
});

class Died extends Error {}

/** Runs until the process "dies" right after it wrote this journal entry; then recovers. */
async function dieAt(b: Bench, kind: string, meanwhile: () => void = () => {}): Promise<string> {
  const plan = await b.lab.plan(b.executor, { ...FIELDS, retention_days: 30 });
  const ctx = b.lab.runContext();
  const journal = async (entry: string, data: Parameters<typeof ctx.journal>[1]) => {
    await ctx.journal(entry, data);
    if (entry === kind) throw new Died();
  };
  const dying = { ...ctx, journal, note: journal };
  await expect(b.executor.run(plan, dying)).rejects.toThrow(Died);
  meanwhile();
  const report = await b.executor.recover(plan, b.lab.journal, b.lab.runContext());
  return report.summary.map(plain).join(' ');
}

test('before anything was asked', async () => {
  const b = await start();
  const plan = await b.lab.plan(b.executor, FIELDS);
  const report = await b.executor.recover(plan, [], b.lab.runContext());
  expect(report.summary.map(plain)).toEqual(['Nothing had been started in Proxmox.']);
});

test('between asking and the answer nobody knows', async () => {
  const b = await start();
  expect(await dieAt(b, 'asked')).toMatch(/^It is not known whether Proxmox has started/);
});

test('a task that still runs is ended', async () => {
  const b = await start();
  b.double.world.behaviour.duration = 1e6;
  const text = await dieAt(b, 'task');
  expect(text).toBe(
    'Proxmox was still backing up VM 101 (web); its task has been ended. No new backup was made; the old ones are untouched.',
  );
  expect(b.double.world.tasks).toMatchObject([{ stopRequested: true, done: true }]);
  expect(b.lab.artifacts).toEqual([]);
});

test('a task that finished meanwhile left a backup, which is recorded', async () => {
  const b = await start();
  const old = oldBackups(b, [50, 45, 3, 2, 1]);
  const text = await dieAt(b, 'task', () => b.double.world.advance(100));
  expect(text).toMatch(
    /had finished the backup of VM 101 \(web\) meanwhile: nas:backup.* is complete and is kept/,
  );
  expect(b.lab.artifacts).toHaveLength(old.length + 1);
  expect(b.double.world.volumes).toHaveLength(old.length + 1);
});

test('another job’s volume is not taken for it, and a gap in the log proves nothing', async () => {
  const b = await start();
  const text = await dieAt(b, 'task', () => {
    b.double.world.addVolume(101, b.double.world.now + 50, { volid: 'nas:backup/another-job' });
    b.double.world.advance(100);
  });
  const [task] = b.double.world.tasks;
  expect(text).toContain(`${task?.volid} is complete and is kept`);
  expect(b.lab.artifacts).toMatchObject([{ path: task?.volid, verified: 'listed' }]);

  const other = await start();
  other.double.world.behaviour.saysEnd = false;
  expect(await dieAt(other, 'task', () => other.double.world.advance(100))).toMatch(
    /could not be read to the end: its last line is missing.*isn’t verified; don’t rely on it/,
  );
  expect(other.lab.artifacts).toMatchObject([{ verified: 'none' }]);
});

test('a run that an earlier version began is recovered by its log, with the time of now', async () => {
  const b = await start();
  const plan = await b.lab.plan(b.executor, FIELDS);
  const { node, volids } = { node: 'pve1', volids: [] };
  const upid = b.double.world.startTask('pve1', { vmid: '101', storage: 'nas', remove: '0' });
  Object.assign(b.double.world.behaviour, { ctimeOff: -3600 });
  b.double.world.advance(100);
  const began = Date.now();
  const journal = [
    { kind: 'asked', data: { node, volids } },
    { kind: 'task', data: upid },
  ];
  const report = await b.executor.recover(plan, journal, b.lab.runContext());
  expect(report.summary.map(plain).join(' ')).toContain('is complete and is kept');
  expect(Date.parse(b.lab.artifacts[0]?.createdAt ?? '')).toBeGreaterThanOrEqual(began);
});

test('what its log says beside OK is told there, too', async () => {
  const b = await start();
  b.double.world.behaviour.firstLines.push("INFO: exclude disk 'scsi1' 'tank:vm-101-disk-0' (backup=no)");
  expect(await dieAt(b, 'task', () => b.double.world.advance(100))).toContain(
    'does not contain 1 disk (scsi1)',
  );
});

test('a task that failed meanwhile is reported with its status', async () => {
  const b = await start();
  Object.assign(b.double.world.behaviour, { exitStatus: 'job errors', saysFinished: false });
  expect(await dieAt(b, 'task', () => b.double.world.advance(100))).toMatch(
    /had ended with job errors\. No new backup was made/,
  );
  expect(b.lab.artifacts).toEqual([]);
});

test('after the record the backup is kept and recorded once', async () => {
  const b = await start();
  expect(await dieAt(b, 'recorded')).toMatch(/was finished; it is kept\. The old backups are untouched\.$/);
  expect(b.lab.artifacts).toHaveLength(1);
});

test('after the record of a doubtful one it is not said to be good', async () => {
  const b = await start();
  b.double.world.behaviour.saysFinished = false;
  const text = await dieAt(b, 'doubted');
  expect(text).toMatch(/^nas:\S+ is in the storage and isn’t verified; don’t rely on it\./);
  expect(b.lab.artifacts).toMatchObject([{ verified: 'none' }]);
});

test('deletions that were made are noted, and no more are made', async () => {
  const b = await start();
  const [first, second] = oldBackups(b, [50, 45, 3, 2, 1]);
  const text = await dieAt(b, 'cleaning', () => {
    b.double.world.volumes = b.double.world.volumes.filter(({ volid }) => volid !== first);
  });
  expect(text).toMatch(/1 of 2 old backups had been deleted; the others stay\.$/);
  expect(b.lab.artifacts.find(({ path }) => path === first)?.deletedAt).not.toBeNull();
  expect(b.double.world.volumes.map(({ volid }) => volid)).toContain(second);
});

test('a Proxmox that does not answer leaves the question open', async () => {
  const b = await start();
  expect(
    await dieAt(b, 'task', () => {
      b.double.intercept = () => {
        throw new Error('the connection breaks');
      };
    }),
  ).toMatch(/^Proxmox could not be asked .*: look at the tasks of VM 101 \(web\) there/);
});
