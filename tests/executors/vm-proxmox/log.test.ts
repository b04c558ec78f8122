import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import type { Backup } from '../../../src/executors/vm-proxmox/calls.js';
import type { VmData } from '../../../src/executors/vm-proxmox/data.js';
import { failedBackup } from '../../../src/executors/vm-proxmox/ends.js';
import { harmless, warningsOf } from '../../../src/executors/vm-proxmox/log-warnings.js';
import { watchLog } from '../../../src/executors/vm-proxmox/log-watch.js';
import { judge } from '../../../src/executors/vm-proxmox/verdict.js';
import { said } from '../support/lab.js';

const LOGS = join(import.meta.dirname, 'logs');
const text = (name: string): string[] =>
  readFileSync(join(LOGS, `${name}.log`), 'utf8')
    .trimEnd()
    .split('\n');

function read(lines: readonly string[], vmId: number) {
  const watch = watchLog(vmId, { progress: () => {} });
  for (const line of lines) watch.onLine(line);
  return watch.facts;
}

function dataOf(vmId: number, storage: string, mode = 'snapshot'): VmData {
  return {
    ...{ way: 'api', vm_id: vmId, name: vmId === 101 ? 'web' : 'dns', node: 'pve1', storage },
    ...{ type: vmId === 101 ? 'qemu' : 'lxc', params: { mode }, deletions: [], keepLast: 1, kept: 1 },
  };
}

const listed = (volid: string, vmid: number, size = 5): Backup => ({
  ...{ volid, vmid, size, ctime: 0, protected: false },
});

/** A log, the volume that is in the storage then, and every warning that a success has, in order. */
const GOOD: readonly [name: string, volid: string, warnings: readonly RegExp[]][] = [
  ['qemu-snapshot', 'nas:backup/vzdump-qemu-101-2026_11_29-02_30_00.vma.zst', []],
  ['qemu-fleecing', 'nas:backup/vzdump-qemu-101-2026_11_29-02_30_00.vma.zst', []],
  ['qemu-pbs', 'pbs:backup/vm/101/2026-11-29T01:30:00Z', []],
  ['qemu-stop', 'nas:backup/vzdump-qemu-101-2026_11_29-02_30_00.vma.zst', []],
  [
    'qemu-excluded',
    'nas:backup/vzdump-qemu-101-2026_11_29-02_30_00.vma.zst',
    [
      /^guest_left_out: The backup of VM 101 \(web\) does not contain 2 disks \(scsi1, efidisk0\), 1 unused disk \(local-lvm:vm-101-disk-2\), its snapshots and its pending configuration changes\./,
    ],
  ],
  [
    'qemu-freeze-failed',
    'nas:backup/vzdump-qemu-101-2026_11_29-02_30_00.vma.zst',
    [
      /^not_frozen: The file systems of VM 101 \(web\) may still be frozen: .*fsfreeze-thaw' failed - got timeout/,
      /^not_frozen: The file systems of VM 101 \(web\) were not frozen: .*fsfreeze-freeze' failed - got timeout.* power cut/,
    ],
  ],
  [
    'qemu-agent-away',
    'nas:backup/vzdump-qemu-101-2026_11_29-02_30_00.vma.zst',
    [/^not_frozen: .*were not frozen: .*agent configured but not running/],
  ],
  [
    'qemu-warnings',
    'nas:backup/vzdump-qemu-101-2026_11_29-02_30_00.vma.zst',
    [
      /^backup_warnings: Proxmox warned 2 times .*continuing without, unable to add notes - permission denied\./,
    ],
  ],
  [
    'qemu-mail-error',
    'nas:backup/vzdump-qemu-101-2026_11_29-02_30_00.vma.zst',
    [
      /^backup_warnings: Proxmox reported 1 error beside the success: could not notify .*The backup itself is not affected/,
    ],
  ],
  ['lxc-snapshot', 'nas:backup/vzdump-lxc-200-2026_11_29-02_30_00.tar.zst', []],
  [
    'lxc-mounts',
    'nas:backup/vzdump-lxc-200-2026_11_29-02_30_00.tar.zst',
    [
      /^guest_left_out: The backup of container 200 \(dns\) does not contain 1 mount point \(mp1 \/var\/lib\/postgresql\), 1 bind mount \(mp0 \/srv\/media\) and 1 device mount \(mp2 \/mnt\/disk\)\./,
    ],
  ],
  [
    'lxc-suspend',
    'nas:backup/vzdump-lxc-200-2026_11_29-02_30_00.tar.zst',
    [
      /^guest_left_out: .*no ACLs and no extended attributes/,
      /^guest_held: Proxmox backed up container 200 \(dns\) in mode suspend instead of snapshot \(some volumes do not support snapshots\): it was suspended for 94 s\./,
    ],
  ],
  ['lxc-pbs', 'pbs:backup/ct/200/2026-11-29T01:30:00Z', [/^files_changed: .*var\/log\/journal\/x/]],
  ['several-guests', 'nas:backup/vzdump-qemu-101-2026_11_29-02_31_00.vma.zst', []],
];

function evidence(name: string, volid: string, lines = text(name)) {
  const vmId = name.startsWith('lxc') ? 200 : 101;
  const [storage = ''] = volid.split(':');
  const data = dataOf(vmId, storage, name === 'qemu-stop' ? 'stop' : 'snapshot');
  return { data, facts: read(lines, vmId), logGap: null, before: [], listed: [listed(volid, vmId)] };
}

describe('a log that ends well', () => {
  test('every log in the folder has a case here', () => {
    const names = readdirSync(LOGS).map((name) => name.replace('.log', ''));
    const tried = [...GOOD.map(([name]) => name), 'qemu-other-error', 'qemu-diskless', 'lxc-padded'];
    expect(names.filter((name) => !name.startsWith('failed-')).sort()).toEqual(tried.sort());
  });

  test.each(GOOD)('%s', (name, volid, warnings) => {
    const all = evidence(name, volid);
    expect(judge(all)).toMatchObject({ kind: 'made', backup: { volid } });
    expect(harmless(all.facts)).toBe(true);
    const notices = warningsOf(all.data, all.facts, 0);
    const found = notices.map(({ code, message, remedy }) => `${code}: ${plain(message)} ${plain(remedy)}`);
    expect(found).toHaveLength(warnings.length);
    for (const [index, warning] of warnings.entries()) expect(found[index]).toMatch(warning);
  });

  test('an error that nobody knows leaves the backup unverified', () => {
    const all = evidence('qemu-other-error', 'nas:backup/vzdump-qemu-101-2026_11_29-02_30_00.vma.zst');
    expect(judge(all).kind).toBe('made');
    expect(harmless(all.facts)).toBe(false);
    expect(warningsOf(all.data, all.facts, 0).map(({ remedy }) => plain(remedy))).toEqual([
      'Check this backup before you rely on it; no old backup was deleted.',
    ]);
  });

  test.each([
    ['qemu-diskless', 'nas:backup/vzdump-qemu-101-2026_11_29-02_30_00.vma.zst', /holds no disk/],
    ['lxc-padded', 'pbs:backup/ct/200/2026-11-29T01:30:00Z', /not as they were: .*main\.ibd.*access denied/],
  ])('%s is not a backup, and is found', (name, volid, why) => {
    const verdict = judge(evidence(name, volid));
    expect(verdict).toMatchObject({ kind: 'unproven', backup: { volid } });
    expect(plain(verdict.kind === 'unproven' ? verdict.why : [])).toMatch(why);
  });
});

describe('the volume of a run is the one that its log names', () => {
  const named = 'nas:backup/vzdump-qemu-101-2026_11_29-02_30_00.vma.zst';
  const strange = 'nas:backup/vzdump-qemu-101-2026_11_29-02_30_01.vma.zst';
  const lines = text('qemu-snapshot');
  const without = (part: string): string[] => lines.filter((line) => !line.includes(part));

  test('another job’s volume is never taken for it', () => {
    const all = { ...evidence('qemu-snapshot', named), listed: [listed(strange, 101)] };
    const verdict = judge(all);
    expect(verdict).toMatchObject({ kind: 'unproven', backup: null });
    expect(plain(verdict.kind === 'unproven' ? verdict.why : [])).toMatch(
      /02_30_00\S+, which its log names, is not in nas/,
    );
    expect(judge({ ...all, listed: [listed(strange, 101), listed(named, 101)] })).toMatchObject({
      backup: { volid: named },
    });
  });

  test.each<[string, Parameters<typeof judge>[0], RegExp]>([
    ['was there before', { ...evidence('qemu-snapshot', named), before: [named] }, /was there before/],
    ['is empty', { ...evidence('qemu-snapshot', named), listed: [listed(named, 101, 0)] }, /is empty/],
    [
      'is another guest’s',
      { ...evidence('qemu-snapshot', named), listed: [listed(named, 102)] },
      /is not in nas/,
    ],
    ['is not named', evidence('qemu-snapshot', named, without('creating vzdump')), /names no backup/],
    [
      'is named twice',
      evidence(
        'qemu-snapshot',
        named,
        lines.flatMap((line) => [line, line.replace('02_30_00.vma', '02_30_07.vma')]),
      ),
      /names more than one backup/,
    ],
    [
      'is not finished',
      evidence('qemu-snapshot', named, without('Finished Backup')),
      /never says that the backup was finished/,
    ],
    [
      'is of a log that has a gap',
      { ...evidence('qemu-snapshot', named), logGap: 'its last line is missing' },
      /could not be read to the end/,
    ],
  ])('a volume that %s proves nothing', (_name, all, why) => {
    const verdict = judge(all);
    expect(verdict.kind).toBe('unproven');
    expect(plain(verdict.kind === 'unproven' ? verdict.why : [])).toMatch(why);
  });

  test('a job that passed the guest over ended well, and made nothing', () => {
    const job = [
      'INFO: starting new backup job: vzdump 101',
      'INFO: Backup job finished successfully',
      'TASK OK',
    ];
    const verdict = judge({ ...evidence('qemu-snapshot', named, job), listed: [listed(strange, 101)] });
    expect(verdict).toMatchObject({ kind: 'unproven', backup: null });
    expect(plain(verdict.kind === 'unproven' ? verdict.why : [])).toBe(
      'its log says nothing of this guest: the token may lack VM.Backup on it',
    );
  });

  test('a failure beside the end of another guest is a failure', () => {
    const job = text('several-guests').map((line) =>
      line.startsWith('INFO: Finished Backup of VM 101') ? 'ERROR: Backup of VM 101 failed - broken' : line,
    );
    expect(
      judge(evidence('several-guests', 'nas:backup/vzdump-qemu-101-2026_11_29-02_31_00.vma.zst', job)),
    ).toMatchObject({
      kind: 'unproven',
    });
  });
});

describe('why a backup failed is read from the whole log', () => {
  const head = ['INFO: Starting Backup of VM 101 (qemu)', 'INFO: status = running'];
  const vma = [
    'ERROR: vma_queue_write: write error - Broken pipe',
    'INFO: aborting backup job',
    'INFO: resuming VM again',
    'ERROR: Backup of VM 101 failed - vma_queue_write: write error - Broken pipe',
  ];
  const end = [
    'INFO: Failed at 2026-11-29 02:40:00',
    'INFO: Backup job finished with errors',
    'TASK ERROR: job errors',
  ];

  test.each<[string, string[], string, RegExp]>([
    [
      'the compressor’s full disk, far from the end',
      ['zstd: error 70 : Write error : cannot write block : No space left on device ', ...vma],
      'destination_full',
      /^The storage nas is full\. Proxmox could not back up VM 101 \(web\): zstd: error 70 : .*No space left on device\. /,
    ],
    ['a broken pipe that nothing explains', vma, 'command_failed', /write error - Broken pipe\. /],
    [
      'a disk that can’t be read',
      [
        'ERROR: job failed with err -5 - Input/output error',
        'INFO: aborting backup job',
        'ERROR: Backup of VM 101 failed - job failed with err -5 - Input/output error',
      ],
      'source_unreadable',
      /^A disk could not be read or written\. .*err -5/,
    ],
    [
      'fleecing images that fill up',
      [
        'INFO: drive-scsi0: attaching fleecing image local-lvm:vm-101-fleece-0 to QEMU',
        'ERROR: Backup of VM 101 failed - job failed with err -28 - No space left on device',
      ],
      'destination_full',
      /^The storage nas, or the one for fleecing images, is full\./,
    ],
    [
      'the storage’s own limit',
      [
        'ERROR: Backup of VM 101 failed - There is a max backup limit of 3 enforced by the target storage or the vzdump parameters. Either increase the limit or delete old backups.',
      ],
      'storage_limit',
      /as many backups of it as its own retention allows/,
    ],
    [
      'a lock',
      ['ERROR: Backup of VM 101 failed - VM is locked (backup)'],
      'guest_locked',
      /VM is locked \(backup\)/,
    ],
    [
      'HA that keeps it started',
      [
        'ERROR: Backup of VM 101 failed - Cannot execute a backup with stop mode on a HA managed and enabled Service. Use snapshot mode or disable the Service.',
      ],
      'mode_impossible',
      /HA managed/,
    ],
    [
      'a temporary folder on NFS that tar can’t enter',
      [
        'INFO: tar: /mnt/pve/nas/dump/vzdump-lxc-101-2026_11_29-02_30_00.tmp: Cannot open: Permission denied',
        'INFO: tar: Error is not recoverable: exiting now',
        "ERROR: Backup of VM 101 failed - command 'set -o pipefail && lxc-usernsexec -m u:0:100000:65536 -- tar cpf - ./ | zstd --rsyncable' failed: exit code 2",
      ],
      'destination_not_writable',
      /^An unprivileged container can’t use nas for temporary files\. .*Cannot open: Permission denied\. /,
    ],
    [
      'a temporary folder that is full',
      [
        'INFO: rsync: [receiver] write failed on "/var/tmp/vzdumptmp39_101/x": No space left on device (28)',
        "ERROR: Backup of VM 101 failed - command 'rsync --stats -X -A' failed: exit code 11",
      ],
      'command_failed',
      /^The node’s folder for temporary files is full\./,
    ],
    [
      'a thin pool without room',
      [
        "ERROR: Backup of VM 101 failed - lvcreate snapshot 'pve/snap_vm-101-disk-0_vzdump' error:   Cannot create new thin volume, free space in thin pool pve/data reached threshold.",
      ],
      'command_failed',
      /^The storage of its disks has no room for a snapshot\./,
    ],
    [
      'a backup server that is away',
      [
        "ERROR: Backup of VM 101 failed - VM 101 qmp command 'backup' failed - backup connect failed: command error: error trying to connect: Connection refused",
      ],
      'destination_unreachable',
      /backup connect failed/,
    ],
    [
      'the full disk of another guest is not this one’s reason',
      [
        'ERROR: Backup of VM 101 failed - some new reason',
        'INFO: Starting Backup of VM 102 (qemu)',
        'zstd: error 70 : No space left on device',
        'ERROR: Backup of VM 102 failed - vma_queue_write: write error - Broken pipe',
      ],
      'command_failed',
      /: some new reason\. /,
    ],
  ])('%s', (_name, lines, reason, message) => {
    const facts = read([...head, ...lines, ...end], 101);
    const result = failedBackup(dataOf(101, 'nas'), facts, 'job errors', []);
    expect(result).toMatchObject({ state: 'failed', reason });
    expect(`${said(result)} `).toMatch(message);
  });

  test('a task that ends before it begins says why in its last line', () => {
    const facts = read(["TASK ERROR: could not activate storage 'nas': storage 'nas' is not online"], 101);
    const result = failedBackup(
      dataOf(101, 'nas'),
      facts,
      "could not activate storage 'nas': storage 'nas' is not online",
      [],
    );
    expect(result.reason).toBe('storage_inactive');
  });
});
