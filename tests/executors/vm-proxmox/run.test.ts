import { afterEach, describe, expect, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import { type Storage, TOKEN } from '../../support/proxmox/world.js';
import { codes, said } from '../support/lab.js';
import { type Bench, bench, DAY, FIELDS, oldBackups } from './setup.js';

let open: Bench[] = [];
async function start(...settings: Parameters<typeof bench>): Promise<Bench> {
  const one = await bench(...settings);
  open.push(one);
  return one;
}
afterEach(async () => {
  for (const one of open) {
    expect(one.double.violations).toEqual([]);
    expect(JSON.stringify([one.lab.log, one.lab.journal])).not.toContain(TOKEN.split('=')[1]);
    await one.close();
  }
  open = [];
});

async function run(b: Bench, fields = FIELDS) {
  const plan = await b.lab.plan(b.executor, fields);
  return b.executor.run(plan, b.lab.runContext());
}
const volids = (b: Bench) => b.double.world.volumes.map(({ volid }) => volid);

describe('a backup', () => {
  test('follows the task, streams its log, reports progress and records the new volume', async () => {
    const b = await start();
    const result = await run(b);
    expect(result).toMatchObject({ state: 'succeeded', warnings: [] });
    const [volume] = b.double.world.volumes;
    expect(said(result)).toMatch(
      /^VM 101 \(web\): 3\.2 GiB in .* s\. nas:backup\/vzdump-qemu-101-.* is in the storage/,
    );
    expect(b.lab.artifacts).toMatchObject([
      { path: volume?.volid, size: 3_435_973_837, sha256: null, verified: 'listed' },
    ]);
    const [task] = b.double.world.tasks;
    expect(b.lab.log).toEqual(task && b.double.world.logOf(task));
    expect(b.lab.log.at(-1)).toBe('TASK OK');
    expect(b.lab.progress).toContainEqual({ done: 16 * 1024 ** 3, total: 32 * 1024 ** 3, unit: 'bytes' });
    expect(b.lab.steps).toEqual(['0 running', '0 done', '1 running', '1 done']);
    expect(b.double.calls.filter(({ method }) => method === 'DELETE')).toEqual([]);
  });

  test('waits for each answer outside, so that the run leaves its place while there is none', async () => {
    const b = await start();
    const plan = await b.lab.plan(b.executor, FIELDS);
    const planned = b.double.calls.length;
    let waits = 0;
    const outside = <T>(answer: Promise<T>): Promise<T> => {
      waits += 1;
      return answer;
    };
    const result = await b.executor.run(plan, { ...b.lab.runContext(), outside });
    expect(result.state).toBe('succeeded');
    expect(waits).toBeGreaterThan(2);
    expect(waits).toBe(b.double.calls.length - planned);
  });

  test('never lets vzdump prune, and keeps the old backups', async () => {
    const b = await start();
    const old = oldBackups(b, [40, 2]);
    expect((await run(b)).state).toBe('succeeded');
    expect(volids(b)).toEqual(expect.arrayContaining(old));
    expect(b.double.calls.find(({ method }) => method === 'POST')?.params.remove).toBe('0');
  });

  test('a log of 1,300 lines is read whole, each line once', async () => {
    const b = await start();
    Object.assign(b.double.world.behaviour, { lines: 1300, duration: 2 });
    expect((await run(b)).state).toBe('succeeded');
    expect(b.lab.log).toHaveLength(1307);
    expect(new Set(b.lab.log).size).toBe(1307);
  });

  test('deletes exactly what was shown, volume by volume, and says so', async () => {
    const b = await start();
    const [first, second] = oldBackups(b, [50, 45, 3, 2, 1]);
    const result = await run(b, { ...FIELDS, retention_days: 30 });
    expect(said(result)).toMatch(/2 old backups deleted, 4 kept\.$/);
    expect(volids(b)).toHaveLength(4);
    expect(b.lab.artifacts.filter(({ deletedAt }) => deletedAt !== null).map(({ path }) => path)).toEqual([
      first,
      second,
    ]);
    expect(
      b.double.calls.filter(({ method }) => method === 'DELETE').map(({ params }) => params.volume),
    ).toEqual([first, second]);
  });

  test('what was protected after the preview stays, with a warning', async () => {
    const b = await start();
    const [first, second] = oldBackups(b, [50, 45, 3, 2, 1]);
    const plan = await b.lab.plan(b.executor, { ...FIELDS, retention_days: 30 });
    const volume = b.double.world.volumes.find(({ volid }) => volid === first);
    if (volume) volume.protected = 1;
    const result = await b.executor.run(plan, b.lab.runContext());
    expect(result.state).toBe('succeeded');
    expect(codes(result.warnings)).toEqual(['retention_failed']);
    expect(said(result)).toMatch(/1 old backup deleted, 5 kept\.$/);
    expect(volids(b)).toContain(first);
    expect(volids(b)).not.toContain(second);
    const deleted = b.double.calls.filter(({ method }) => method === 'DELETE');
    expect(deleted.map(({ params }) => params.volume)).toEqual([second]);
  });

  test('warnings of Proxmox succeed with a warning', async () => {
    const b = await start();
    Object.assign(b.double.world.behaviour, {
      exitStatus: 'WARNINGS: 2',
      lastLines: ['WARN: agent does not answer'],
    });
    const result = await run(b);
    expect(result.state).toBe('succeeded');
    expect(codes(result.warnings)).toEqual(['backup_warnings']);
    expect(plain(result.warnings[0]?.message ?? [])).toBe(
      'Proxmox warned 2 times while it backed up VM 101 (web): agent does not answer.',
    );
  });

  test('short silence of the API is waited out', async () => {
    const b = await start({ patienceMs: 10_000 });
    let failures = 3;
    b.double.intercept = ({ template }) => {
      if (!template.endsWith('/status') || failures === 0) return undefined;
      failures -= 1;
      throw new Error('the connection breaks');
    };
    expect((await run(b)).state).toBe('succeeded');
    expect(failures).toBe(0);
  });
});

describe('nothing is taken on trust', () => {
  test('a plain OK means that nothing ran', async () => {
    const b = await start();
    oldBackups(b, [1]);
    b.double.world.behaviour.answer = 'OK';
    const result = await run(b);
    expect(result).toMatchObject({ state: 'failed', reason: 'nothing_started' });
    expect(said(result)).toBe(
      'Proxmox answered OK and started no backup of VM 101 (web). No new backup was made; the old ones are untouched.',
    );
    expect(b.lab.artifacts).toHaveLength(1);
  });

  test.each([
    ['no new volume', { makesVolume: false }, /but nas:\S+, which its log names, is not in nas/],
    ['an empty volume', { size: 0 }, /but nas:\S+, which its log names, is empty/],
    [
      'no line that says finished',
      { saysFinished: false },
      /but its log never says that the backup was finished.*isn’t verified; don’t rely on it/,
    ],
    [
      'a log without its last line',
      { saysEnd: false },
      /could not be read to the end: its last line is missing/,
    ],
    [
      'a log that names no backup',
      { saysArchive: false },
      /its log names no backup.*New in nas since: nas:\S+\. Whether/,
    ],
    [
      'no disk in it',
      { lastLines: ['INFO: backup contains no disks'] },
      /holds no disk, only the configuration/,
    ],
  ])('exit status OK with %s fails', async (_name, behaviour, message) => {
    const b = await start();
    Object.assign(b.double.world.behaviour, behaviour);
    const result = await run(b, { ...FIELDS, retention_days: 1, min_keep: 1 });
    expect(result).toMatchObject({ state: 'failed', reason: 'check_failed' });
    expect(said(result)).toMatch(message);
    expect(b.lab.artifacts.filter(({ verified }) => verified !== 'none')).toEqual([]);
  });

  test('a volume that was there before is not the new one, whatever its time says', async () => {
    const b = await start();
    b.double.world.addVolume(101, b.double.world.now + 10_000);
    Object.assign(b.double.world.behaviour, { makesVolume: false });
    expect(await run(b)).toMatchObject({ state: 'failed', reason: 'check_failed' });
  });

  test('another job’s volume of the same guest is not taken for it, and is left alone', async () => {
    const b = await start();
    b.double.intercept = ({ template }) => {
      if (template.endsWith('/log') && b.double.world.volumes.length === 0) {
        b.double.world.addVolume(101, b.double.world.now + 1, { volid: 'nas:backup/another-job' });
      }
      return undefined;
    };
    const result = await run(b);
    expect(result.state).toBe('succeeded');
    expect(b.lab.artifacts.map(({ path }) => path)).toEqual([b.double.world.tasks[0]?.volid]);
  });

  test('another job’s volume is not taken for one that was never made', async () => {
    const b = await start();
    Object.assign(b.double.world.behaviour, { makesVolume: false });
    b.double.intercept = ({ template }) => {
      if (template.endsWith('/log')) b.double.world.addVolume(101, b.double.world.now);
      return undefined;
    };
    expect(await run(b)).toMatchObject({ state: 'failed', reason: 'check_failed' });
    expect(b.lab.artifacts).toEqual([]);
  });

  test.each([-3600, 3600, -40 * DAY, 400 * DAY])(
    'a volume that Proxmox dates %i s off is the one',
    async (ctimeOff) => {
      const b = await start();
      Object.assign(b.double.world.behaviour, { ctimeOff });
      const began = Date.now();
      expect((await run(b)).state).toBe('succeeded');
      const [artifact] = b.lab.artifacts;
      expect(artifact).toMatchObject({ path: b.double.world.tasks[0]?.volid, verified: 'listed' });
      // By this machine's clock, not by the node's.
      expect(Date.parse(artifact?.createdAt ?? '')).toBeGreaterThanOrEqual(began);
    },
  );

  test('a backup server’s snapshot is the one that the log names', async () => {
    const b = await start();
    b.double.world.storages.push({ ...(b.double.world.storages[1] as Storage), storage: 'pbs', type: 'pbs' });
    const result = await run(b, { ...FIELDS, storage: 'pbs' });
    expect(result.state).toBe('succeeded');
    expect(b.lab.artifacts.map(({ path }) => path)).toEqual([
      expect.stringMatching(/^pbs:backup\/vm\/101\/.*Z$/),
    ]);
  });

  test('a server that gives few lines at once is asked until the log is read', async () => {
    const b = await start();
    Object.assign(b.double.world.behaviour, { lines: 600, duration: 1 });
    b.double.intercept = ({ template, params }) => {
      const [task] = b.double.world.tasks;
      if (!template.endsWith('/log') || !task) return undefined;
      const all = b.double.world.logOf(task).map((t, index) => ({ n: index + 1, t }));
      return { data: all.slice(Number(params.start), Number(params.start) + 50) };
    };
    expect((await run(b)).state).toBe('succeeded');
    expect(b.lab.log).toHaveLength(607);
  });

  test('a log that Proxmox does not give proves nothing, though the task ended well', async () => {
    const b = await start();
    const old = oldBackups(b, [50, 45, 3, 2, 1]);
    b.double.intercept = ({ template }) =>
      template.endsWith('/log')
        ? { status: 403, reason: 'Permission check failed (/nodes/pve1, Sys.Audit)' }
        : undefined;
    const result = await run(b, { ...FIELDS, retention_days: 30 });
    expect(result).toMatchObject({ state: 'failed', reason: 'check_failed' });
    expect(said(result)).toMatch(
      /could not be read to the end: Permission check failed.*New in nas since: nas:/,
    );
    expect(volids(b)).toEqual(expect.arrayContaining(old));
  });

  test('an error beside the success is a warning; nothing old is deleted for a backup in doubt', async () => {
    const b = await start();
    const old = oldBackups(b, [50, 45, 3, 2, 1]);
    Object.assign(b.double.world.behaviour, { lastLines: ['ERROR: something that nobody knows'] });
    const result = await run(b, { ...FIELDS, retention_days: 30 });
    expect(result.state).toBe('succeeded');
    expect(codes(result.warnings)).toEqual(['backup_warnings']);
    expect(said(result)).toMatch(/It isn’t verified: .*No old backup was deleted\.$/);
    expect(volids(b)).toEqual(expect.arrayContaining(old));
    expect(b.lab.artifacts.at(-1)?.verified).toBe('none');
  });

  test('a job that fails after the archive was made says that it is there', async () => {
    const b = await start();
    Object.assign(b.double.world.behaviour, {
      exitStatus: 'job errors',
      saysFinished: false,
      lastLines: ["ERROR: Backup of VM 101 failed - command '/hook backup-end' failed: exit code 1"],
    });
    b.double.intercept = ({ template }) => {
      const [task] = b.double.world.tasks;
      if (template.endsWith('/log') && task?.done && b.double.world.volumes.length === 0) {
        b.double.world.addVolume(101, b.double.world.now, { volid: task.volid });
      }
      return undefined;
    };
    const result = await run(b);
    expect(result.state).toBe('failed');
    expect(said(result)).toMatch(/New in nas since: nas:\S+\. Nothing proves that it is complete/);
    expect(said(result)).not.toContain('No new backup was made');
  });

  test('a failed job names the reason from the log and deletes nothing', async () => {
    const b = await start();
    const old = oldBackups(b, [50, 45, 3, 2, 1]);
    Object.assign(b.double.world.behaviour, {
      exitStatus: 'job errors',
      saysFinished: false,
      lastLines: ['ERROR: Backup of VM 101 failed - vma_queue_write: write error - Broken pipe'],
    });
    const result = await run(b, { ...FIELDS, retention_days: 30 });
    expect(result).toMatchObject({ state: 'failed', reason: 'command_failed' });
    expect(said(result)).toBe(
      'Proxmox could not back up VM 101 (web): vma_queue_write: write error - Broken pipe. No new backup was made; the old ones are untouched.',
    );
    expect(volids(b)).toEqual(old);
  });

  test('a storage that fills up meanwhile is said as such', async () => {
    const b = await start();
    Object.assign(b.double.world.behaviour, {
      exitStatus: 'job errors',
      lastLines: ['ERROR: Backup of VM 101 failed - zstd: error 70 : Write error : No space left on device'],
    });
    expect(await run(b)).toMatchObject({ state: 'failed', reason: 'destination_full' });
  });

  test('an unexpected status is a failure', async () => {
    const b = await start();
    b.double.world.behaviour.exitStatus = 'unexpected status';
    const result = await run(b);
    expect(result).toMatchObject({ state: 'failed', reason: 'command_failed' });
    expect(said(result)).toContain('unexpected status');
  });
});

describe('the guest afterwards', () => {
  const stops = ['INFO: backup mode: stop', 'INFO: stopping virtual guest'];

  test('that was down for its backup, as its mode says, is told with the time', async () => {
    const b = await start();
    Object.assign(b.double.world.behaviour, {
      firstLines: stops,
      lastLines: ['INFO: resuming VM again after 12 seconds'],
    });
    const result = await run(b, { ...FIELDS, mode: 'stop' });
    expect(result).toMatchObject({ state: 'succeeded', warnings: [] });
    expect(said(result)).toContain('VM 101 (web): it was down for 12 s.');
    expect(b.lab.remembered).toMatchObject({ heldSeconds: 12, fellBack: false });
  });

  test.each([
    ['OK', true, 'succeeded'],
    ['job errors', false, 'failed'],
  ])(
    'that was not started again is told, whatever the task says (%s)',
    async (exitStatus, saysFinished, state) => {
      const b = await start();
      Object.assign(b.double.world.behaviour, { exitStatus, saysFinished, firstLines: stops });
      for (const guest of b.double.world.guests) guest.staysDown = true;
      const result = await run(b, { ...FIELDS, mode: 'stop' });
      expect(result.state).toBe(state);
      const all = [said(result), ...result.warnings.map(({ message }) => plain(message))].join(' ');
      expect(all).toContain('VM 101 (web) ran before its backup and is stopped now.');
    },
  );

  test('is not asked about where it never stood still', async () => {
    const b = await start();
    await run(b);
    expect(b.double.calls.filter(({ template }) => template.endsWith('/current'))).toEqual([]);
  });

  test('a container that was suspended instead of copied from a snapshot: a warning, and remembered', async () => {
    const b = await start();
    Object.assign(b.double.world.behaviour, {
      firstLines: [
        "INFO: including mount point rootfs ('/') in backup",
        'INFO: mode failure - some volumes do not support snapshots',
        "INFO: trying 'suspend' mode instead",
        'INFO: backup mode: suspend',
        'INFO: suspending guest',
        'INFO: resuming guest',
        'INFO: guest is online again after 94 seconds',
      ],
    });
    const result = await run(b, { ...FIELDS, vm_id: 200 });
    expect(codes(result.warnings)).toEqual(['guest_held']);
    expect(plain(result.warnings[0]?.message ?? [])).toMatch(/it was suspended for 94 s\.$/);
    expect(b.lab.remembered).toMatchObject({ heldSeconds: 94, fellBack: true, included: ['rootfs'] });
  });
});

describe('between preview and run', () => {
  test('a guest that moved is not backed up on the wrong node', async () => {
    const b = await start();
    const plan = await b.lab.plan(b.executor, FIELDS);
    const [guest] = b.double.world.guests;
    if (guest) guest.node = 'pve2';
    const result = await b.executor.run(plan, b.lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'guest_moved' });
    expect(said(result)).toContain('is on the node pve2 now, not on pve1. No new backup was made');
    expect(b.double.world.tasks).toEqual([]);
  });

  test('a right that is missing is named', async () => {
    const b = await start();
    b.double.world.rights.delete('VM.Backup');
    const result = await run(b);
    expect(result).toMatchObject({ state: 'failed', reason: 'right_missing' });
    expect(said(result)).toBe(
      'The token lacks a right: VM.Backup on /vms/101. No new backup was made; the old ones are untouched.',
    );
  });

  test('a request that got no answer may have been carried out, and that is said', async () => {
    const b = await start();
    b.double.intercept = ({ method, params }) => {
      if (method !== 'POST') return undefined;
      b.double.world.startTask('pve1', params);
      throw new Error('the connection breaks');
    };
    const result = await run(b);
    expect(result).toMatchObject({ state: 'failed', reason: 'service_unreachable' });
    expect(said(result)).toContain('Proxmox may have started the backup all the same');
  });

  test('a contact that is lost for good is no verdict on the backup', async () => {
    const b = await start();
    b.double.intercept = ({ template }) => {
      if (template.includes('/tasks/')) throw new Error('the connection breaks');
      return undefined;
    };
    const result = await run(b);
    expect(result).toMatchObject({ state: 'failed', reason: 'contact_lost' });
    expect(said(result)).toMatch(/may still be running there, as UPID:pve1:/);
  });
});

describe('stopping', () => {
  /** Stops the run at the third look at its task. */
  function stopSoon(b: Bench): void {
    let looks = 0;
    b.double.intercept = ({ template }) => {
      if (template.endsWith('/status')) looks += 1;
      if (looks === 3) b.lab.stop.abort();
      return undefined;
    };
  }

  test('ends the task and waits until it has ended', async () => {
    const b = await start();
    Object.assign(b.double.world.behaviour, { duration: 1e6, stopsAfter: 3 });
    stopSoon(b);
    const result = await run(b);
    expect(result).toMatchObject({ state: 'cancelled', reason: 'stopped' });
    expect(said(result)).toBe(
      'Proxmox has ended the task. No new backup was made; the old ones are untouched.',
    );
    expect(b.double.world.tasks).toMatchObject([{ stopRequested: true, done: true }]);
    expect(b.lab.artifacts).toEqual([]);
  });

  test('a guest that stays locked is said', async () => {
    const b = await start();
    Object.assign(b.double.world.behaviour, { duration: 1e6 });
    stopSoon(b);
    const plan = await b.lab.plan(b.executor, FIELDS);
    const [guest] = b.double.world.guests;
    if (guest) guest.lock = 'backup';
    expect(said(await b.executor.run(plan, b.lab.runContext()))).toContain(
      'still locked (backup): run qm unlock 101 on pve1',
    );
  });

  test('a task that does not end is not claimed to have ended', async () => {
    const b = await start({ stopMs: 50 });
    Object.assign(b.double.world.behaviour, { duration: 1e9, stopsAfter: 1e9 });
    stopSoon(b);
    const result = await run(b);
    expect(result).toMatchObject({ state: 'failed', reason: 'contact_lost' });
    expect(said(result)).toMatch(
      /could not be stopped: it did not end when told to\. The backup .* may still be running/,
    );
  });

  test('a backup that was done when the stop came is kept, and nothing old is deleted', async () => {
    const b = await start();
    const old = oldBackups(b, [50, 45, 3, 2, 1]);
    b.double.intercept = ({ template }) => {
      if (template.endsWith('/log')) b.lab.stop.abort();
      return undefined;
    };
    b.double.world.behaviour.duration = 0.5;
    const result = await run(b, { ...FIELDS, retention_days: 30 });
    expect(result.state).toBe('succeeded');
    expect(said(result)).toContain('no old backup was deleted');
    expect(volids(b)).toHaveLength(old.length + 1);
  });
});
