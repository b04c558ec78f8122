import { mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import { createVmProxmox } from '../../../src/executors/vm-proxmox/executor.js';
import { makeNodeCommands, type NodeCommands, type NodeState } from '../../support/proxmox/node-commands.js';
import { World } from '../../support/proxmox/world.js';
import { codes, Lab, said } from '../support/lab.js';
import { DAY, FIELDS } from './setup.js';

const executor = createVmProxmox({ api: null });
const now = Math.floor(Date.now() / 1000);
let lab: Lab;

beforeEach(() => {
  lab = new Lab();
  lab.plannedAt = new Date();
});
afterEach(() => lab.clean());

function node(change: (state: NodeState) => void = () => {}, without: string[] = []): NodeCommands {
  const { guests, storages } = new World();
  const lines = [
    'INFO: Starting Backup of VM 101 (qemu)',
    "INFO: creating vzdump archive '/mnt/pve/nas/dump/vzdump-qemu-101-new.vma.zst'",
    'INFO:  50% (16.0 GiB of 32.0 GiB) in 3s, read: 1 GiB/s',
    'INFO: Finished Backup of VM 101 (00:00:04)',
  ];
  const state: NodeState = {
    guests,
    storages,
    volumes: [],
    vzdump: { lines, exitCode: 0, makesVolume: true, sleepMs: 0 },
  };
  change(state);
  const commands = makeNodeCommands(lab.root, state, without);
  lab.environment = { ...process.env, PATH: `${commands.folder}:${process.env.PATH}` };
  return commands;
}

function addOld(state: NodeState, ages: readonly number[]): void {
  for (const age of ages) {
    const volid = `nas:backup/old-${age}`;
    state.volumes.push({ volid, vmid: 101, size: 1000, ctime: now - age * DAY, protected: 0 });
    lab.artifacts.push({
      ...{
        runId: 'r-old',
        intent: lab.intent,
        path: volid,
        kind: 'archive',
        size: 1000,
        sha256: null,
        files: 1,
      },
      ...{
        createdAt: new Date((now - age * DAY) * 1000).toISOString(),
        verified: 'listed',
        deletedAt: null,
        origin: null,
      },
    });
  }
}

test('the very command that was shown runs, with everything that proves its success', async () => {
  const commands = node();
  const plan = await lab.plan(executor, { ...FIELDS, notes: '-x\nsecond' });
  expect(codes(plan.blockers)).toEqual([]);
  expect(commands.calls().some(([program]) => program === 'vzdump')).toBe(false);
  const shown = plan.steps[0]?.commands[0];
  expect(shown).toEqual([
    ...['vzdump', '101', '--storage', 'nas', '--mode', 'snapshot', '--compress', 'zstd', '--remove', '0'],
    ...['--notes-template', '-x\\nsecond'],
  ]);
  const result = await executor.run(plan, lab.runContext());
  expect(result.state).toBe('succeeded');
  expect(commands.calls().filter(([program]) => program === 'vzdump')).toEqual([shown]);
  expect(lab.artifacts).toMatchObject([{ path: 'nas:backup/vzdump-qemu-101-new.vma.zst', size: 5_000_000 }]);
  expect(lab.progress).toContainEqual({ done: 16 * 1024 ** 3, total: 32 * 1024 ** 3, unit: 'bytes' });
});

test.each([
  [true, 'succeeded', ['nas:backup/vzdump-qemu-101-new.vma.zst']],
  [false, 'failed', []],
])(
  'a volume that another vzdump makes meanwhile is never its own (own one made: %s)',
  async (makesVolume, state, paths) => {
    node((now) => Object.assign(now.vzdump, { makesVolume, others: ['nas:backup/another'] }));
    const plan = await lab.plan(executor, FIELDS);
    expect((await executor.run(plan, lab.runContext())).state).toBe(state);
    expect(lab.artifacts.map(({ path }) => path)).toEqual(paths);
  },
);

test('old backups are deleted volume by volume', async () => {
  const commands = node((state) => addOld(state, [50, 45, 3, 2, 1]));
  const plan = await lab.plan(executor, { ...FIELDS, retention_days: 30 });
  expect(plan.data.deletions).toEqual(['nas:backup/old-50', 'nas:backup/old-45']);
  const result = await executor.run(plan, lab.runContext());
  expect(said(result)).toMatch(/2 old backups deleted, 4 kept\.$/);
  expect(commands.read().volumes).toHaveLength(4);
});

test('no vzdump, and no API: both ways out are named', async () => {
  node(() => {}, ['vzdump', 'pvesh']);
  const plan = await lab.plan(executor, FIELDS);
  expect(codes(plan.blockers)).toEqual(['tool_missing']);
  expect(plain(plan.blockers[0]?.message ?? [])).toBe(
    'vzdump is not installed on this host, and no Proxmox API is configured.',
  );
});

test('a guest of another node can’t be backed up from here', async () => {
  node();
  const plan = await lab.plan(executor, { ...FIELDS, vm_id: 200 });
  expect(codes(plan.blockers)).toEqual(['guest_elsewhere']);
  expect(plain(plan.blockers[0]?.message ?? [])).toBe('200 is on the node pve2, and this bot runs on pve1.');
});

test.each<[string, Partial<NodeState['vzdump']>, string, RegExp]>([
  [
    'ends with an error',
    { exitCode: 255, makesVolume: false, lines: ['ERROR: Backup of VM 101 failed - disk broken'] },
    'command_failed',
    /VM 101 \(web\): disk broken\. No new backup was made/,
  ],
  [
    'ends well and leaves nothing',
    { makesVolume: false },
    'check_failed',
    /nas:backup\/vzdump-qemu-101-new\.vma\.zst, which its log names, is not in nas/,
  ],
  [
    'never says that it finished',
    { lines: ['INFO: Starting Backup of VM 101 (qemu)'] },
    'check_failed',
    /never says that the backup was finished/,
  ],
  ['says nothing', { lines: [] }, 'check_failed', /its log says nothing of this guest/],
])('vzdump %s', async (_name, vzdump, reason, message) => {
  node((state) => Object.assign(state.vzdump, vzdump));
  const plan = await lab.plan(executor, FIELDS);
  const result = await executor.run(plan, lab.runContext());
  expect(result).toMatchObject({ state: 'failed', reason });
  expect(said(result)).toMatch(message);
  expect(lab.artifacts).toEqual([]);
});

test('stopping ends vzdump, and says when the guest stays locked', async () => {
  const commands = node((state) => Object.assign(state.vzdump, { sleepMs: 60_000 }));
  const plan = await lab.plan(executor, FIELDS);
  const ctx = lab.runContext();
  const stopped = {
    ...ctx,
    progress: () => {
      commands.change(({ guests }) => {
        for (const guest of guests) guest.lock = 'backup';
      });
      lab.stop.abort();
    },
  };
  const result = await executor.run(plan, stopped);
  expect(result).toMatchObject({ state: 'cancelled', reason: 'stopped' });
  expect(said(result)).toMatch(
    /^vzdump was ended\. No new backup was made.*still locked \(backup\): run qm unlock 101/,
  );
});

test('without pvesh, a container is asked of pct, and nothing is promised', async () => {
  node(
    (state) => {
      const [, container] = state.guests;
      Object.assign(container ?? {}, {
        config: {
          rootfs: 'local:200/vm-200-disk-0.raw,size=8G',
          mp0: '/srv/media,mp=/media',
          lxc: [['lxc.mount.entry', '/mnt/photos mnt/photos none bind']],
        },
      });
    },
    ['pvesh'],
  );
  const plan = await lab.plan(executor, { ...FIELDS, vm_id: 200 });
  expect(plan.data.type).toBe('lxc');
  expect(plain(plan.steps[0]?.title ?? [])).toContain('Proxmox may suspend it for that');
  expect(plain(plan.warnings[1]?.message ?? [])).toContain(
    '2 bind mounts (mp0 /media, /mnt/photos /mnt/photos)',
  );
});

test('a guest that nobody knows: what is left out can’t be told', async () => {
  node(() => {}, ['pvesh']);
  const plan = await lab.plan(executor, { ...FIELDS, vm_id: 999 });
  expect(codes(plan.warnings)).toEqual(['tool_missing', 'guest_unread', 'guest_held']);
});

test('after a crash a backup whose end nobody saw is named, not recorded', async () => {
  const commands = node();
  const plan = await lab.plan(executor, FIELDS);
  const journal = [{ kind: 'asked', data: { node: 'pve1', volids: [] } }];
  expect((await executor.recover(plan, journal, lab.runContext())).summary.map(plain)).toEqual([
    'vzdump does not run any more.',
    'No new backup was made; the old ones are untouched.',
  ]);
  commands.change(({ volumes }) => {
    volumes.push({ volid: 'nas:backup/new', vmid: 101, size: 5, ctime: now, protected: 0 });
  });
  const { summary } = await executor.recover(plan, journal, lab.runContext());
  expect(summary.map(plain).join(' ')).toContain(
    'nas:backup/new is new in the storage; its end was not seen',
  );
  expect(lab.artifacts).toEqual([]);
});

test('without pvesh the file that vzdump names is the proof, and nothing old is touched', async () => {
  mkdirSync(lab.path('dump'));
  const archive = lab.path('dump', 'vzdump-qemu-101.vma.zst');
  const change = (state: NodeState): void => {
    state.vzdump.lines.splice(1, 1, `INFO: creating vzdump archive '${archive}'`);
    for (const guest of state.guests) guest.config.scsi1 = 'tank:vm-101-disk-1,backup=0';
  };
  node(change, ['pvesh']);
  const plan = await lab.plan(executor, { ...FIELDS, retention_days: 1, min_keep: 1 });
  expect(codes(plan.blockers)).toEqual([]);
  expect(codes(plan.warnings)).toEqual(['tool_missing', 'guest_left_out']);
  expect(plain(plan.warnings[1]?.message ?? [])).toContain('1 disk (scsi1)');
  expect(plan.data.deletions).toEqual([]);
  expect(await executor.run(plan, lab.runContext())).toMatchObject({
    state: 'failed',
    reason: 'check_failed',
  });
  writeFileSync(archive, 'backup', { flag: 'w' });
  expect(await executor.run(plan, lab.runContext())).toMatchObject({ state: 'succeeded' });
  expect(lab.artifacts).toMatchObject([{ path: archive, size: 6 }]);
});
