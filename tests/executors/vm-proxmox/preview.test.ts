import { afterEach, describe, expect, test } from '@jest/globals';
import type { VmProxmoxFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import type { Notice } from '../../../src/core/model/reasons.js';
import type { Guest } from '../../support/proxmox/world.js';
import { codes } from '../support/lab.js';
import { type Bench, bench, FIELDS, oldBackups } from './setup.js';

let open: Bench[] = [];
afterEach(async () => {
  for (const one of open) {
    expect(one.double.violations).toEqual([]);
    await one.close();
  }
  open = [];
});

const CT: VmProxmoxFields = { ...FIELDS, vm_id: 200 };
const text = (notices: readonly Notice[]) =>
  notices.map(({ message, remedy }) => `${plain(message)} ${plain(remedy)}`).join('\n');

/** A plan of a guest that was changed before. */
async function planOf(
  fields: VmProxmoxFields,
  change: Partial<Guest>,
  arrange: (b: Bench) => void = () => {},
) {
  const b = await bench();
  open.push(b);
  const guest = b.double.world.guests.find(({ vmid }) => vmid === fields.vm_id);
  Object.assign(guest ?? {}, change);
  arrange(b);
  const plan = await b.lab.plan(b.executor, fields);
  return { b, plan, title: plain(plan.steps[0]?.title ?? []) };
}

describe('what won’t be in the backup', () => {
  test('is read from the guest’s configuration as it runs now, and nothing was changed', async () => {
    const { b, plan } = await planOf(FIELDS, {
      config: {
        agent: '1',
        scsi0: 'local-lvm:vm-101-disk-0,size=32G',
        scsi1: 'tank:vm-101-disk-0,backup=0,size=500G',
        hostpci0: '0000:03:00',
      },
    });
    expect(codes(plan.warnings)).toEqual(['guest_left_out']);
    expect(text(plan.warnings)).toMatch(
      /^The backup of VM 101 \(web\) will not contain 1 disk \(scsi1 500G\) and 1 passed-through device \(hostpci0\)\./,
    );
    const call = b.double.calls.find(({ template }) => template.endsWith('/config'));
    expect(call).toMatchObject({ template: '/nodes/{node}/qemu/{vmid}/config', params: { current: '1' } });
    expect(b.double.calls.every(({ method }) => method === 'GET')).toBe(true);
  });

  test('mount points of a container, by name and path', async () => {
    const { plan } = await planOf(CT, {
      config: {
        rootfs: 'local-lvm:vm-200-disk-0,size=8G',
        mp0: '/srv/media,mp=/srv/media',
        mp1: 'local-lvm:vm-200-disk-1,mp=/var/lib/postgresql,size=32G',
      },
    });
    expect(text(plan.warnings)).toMatch(
      /container 200 \(dns\) will not contain 1 mount point \(mp1 \/var\/lib\/postgresql\) and 1 bind mount \(mp0 \/srv\/media\)\./,
    );
  });

  test('a VM of which no disk would be in it can’t be confirmed', async () => {
    const { plan } = await planOf(FIELDS, { config: { agent: '1', scsi0: 'a:b,backup=0' } });
    expect(codes(plan.blockers)).toEqual(['source_empty']);
    expect(text(plan.blockers)).toMatch(/would hold no disk of VM 101 \(web\), only its configuration/);
  });

  test('another list of it is another plan', async () => {
    const { b, plan } = await planOf(FIELDS, {});
    const [guest] = b.double.world.guests;
    if (guest) guest.config.scsi1 = 'tank:vm-101-disk-0,backup=0,size=500G';
    expect((await b.lab.plan(b.executor, FIELDS)).targets).not.toEqual(plan.targets);
  });

  test.each<[string, (b: Bench) => void, RegExp]>([
    [
      'a token without the right',
      (b) => {
        b.double.intercept = ({ template }) =>
          template.endsWith('/config')
            ? { status: 403, reason: 'Permission check failed (/vms/101, VM.Audit)' }
            : undefined;
      },
      /^What the backup of 101 leaves out can’t be told: .*Permission check failed.* Grant the token VM\.Audit on \/vms\/101/,
    ],
    [
      'an API that does not know the call',
      (b) => {
        b.double.intercept = ({ template }) =>
          template.endsWith('/config') ? { status: 501, reason: 'Method not implemented' } : undefined;
      },
      /^What the backup of 101 leaves out can’t be told/,
    ],
  ])('%s: that it can’t be told is told', async (_name, arrange, message) => {
    const { plan } = await planOf(FIELDS, {}, arrange);
    expect(codes(plan.blockers)).toEqual([]);
    expect(codes(plan.warnings)).toEqual(['guest_unread']);
    expect(text(plan.warnings)).toMatch(message);
  });

  test('what the last backup held and the next one won’t keeps the old ones', async () => {
    const { b } = await planOf(FIELDS, {});
    const old = oldBackups(b, [50, 45, 3, 2, 1]);
    const fields = { ...FIELDS, retention_days: 30 };
    b.lab.remembered = { size: 5, heldSeconds: null, fellBack: false, included: ['scsi0', 'scsi1'] };
    const kept = await b.lab.plan(b.executor, fields);
    expect(kept.data).toMatchObject({ deletions: [], kept: old.length + 1 });
    expect(text(kept.warnings)).toMatch(
      /In the last backup and not in the next one: scsi1; no old backup is deleted\./,
    );
    b.lab.remembered = { size: 5, heldSeconds: null, fellBack: false, included: ['scsi0'] };
    expect((await b.lab.plan(b.executor, fields)).data.deletions).toHaveLength(2);
  });
});

describe('rules of the node and of the storage', () => {
  const rules = (defaults: Record<string, unknown>) => (b: Bench) => {
    b.double.world.defaults = defaults;
  };

  test.each([[['/var/cache', '*.iso']], ['/var/cache,*.iso']])(
    'paths that are left out of containers: %j',
    async (paths) => {
      const { plan } = await planOf(CT, {}, rules({ 'exclude-path': paths }));
      expect(text(plan.warnings)).toMatch(
        /^The node leaves paths out of every container: \/var\/cache, \*\.iso\. .*vzdump\.conf/,
      );
      expect(codes((await planOf(FIELDS, {}, rules({ 'exclude-path': paths }))).plan.warnings)).toEqual([]);
    },
  );

  test.each([
    ['keep-last=3', 3, ['storage_limit']],
    ['keep-last=3', 2, []],
    ['keep-last=2,keep-weekly=1', 3, ['storage_limit']],
    ['keep-all=1', 9, []],
    ['', 9, []],
  ])('a storage that keeps %s and holds %i', async (retention, count, warnings) => {
    const { plan } = await planOf(FIELDS, {}, (b) => {
      oldBackups(
        b,
        Array.from({ length: count }, (_, index) => count - index),
      );
      b.double.world.addVolume(101, b.double.world.now - 1000, { volid: 'nas:backup/guarded', protected: 1 });
      rules({ 'prune-backups': retention })(b);
    });
    expect(codes(plan.warnings).filter((one) => one !== 'archives_unknown')).toEqual(warnings);
  });

  test('that can’t be asked are not guessed', async () => {
    const { plan } = await planOf(CT, {}, (b) => {
      b.double.intercept = ({ template }) =>
        template.endsWith('/defaults') ? { status: 501, reason: 'Not implemented' } : undefined;
    });
    expect([codes(plan.warnings), codes(plan.blockers)]).toEqual([[], []]);
  });
});

describe('the size before the first backup', () => {
  test('is that of all disks that are in it', async () => {
    const { title } = await planOf(FIELDS, {
      config: { agent: '1', scsi0: 'a:b,size=32G', scsi1: 'a:c,size=500G', scsi2: 'a:d,size=1T,backup=0' },
    });
    expect(title).toContain('at most about 532 GiB, the size of its 2 disks');
  });

  test('has no upper bound where a disk’s size isn’t known', async () => {
    const { title } = await planOf(FIELDS, { config: { agent: '1', scsi0: 'a:b,size=32G', scsi1: 'a:c' } });
    expect(title).not.toContain('at most');
    expect(title).toContain('its first disk has 32 GiB');
  });
});

describe('what happens to the guest meanwhile', () => {
  const one = { rootfs: 'local:200/vm-200-disk-0.raw,size=8G' };
  const bound = { ...one, mp0: '/srv/media,mp=/srv/media' };
  const on = (name: string) => ({ ...bound, rootfs: `${name}:vm-200-disk-0,size=8G` });
  const types = (b: Bench): void => {
    const [local] = b.double.world.storages;
    if (!local) return;
    for (const type of ['zfspool', 'lvmthin', 'nfs', 'custom']) {
      b.double.world.storages.push({ ...local, storage: type, type, content: 'rootdir' });
    }
  };

  test.each<[string, VmProxmoxFields, Partial<Guest>, RegExp, string[]]>([
    ['a VM', FIELDS, {}, /It keeps running\.$/, []],
    ['a VM that does not run', FIELDS, { status: 'stopped' }, /It is not running\.$/, []],
    [
      'a VM that is stopped',
      { ...FIELDS, mode: 'stop' },
      {},
      /Proxmox shuts it down for that and starts it again\.$/,
      [],
    ],
    [
      'a VM that is suspended',
      { ...FIELDS, mode: 'suspend' },
      {},
      /Proxmox suspends it for that and resumes it\.$/,
      [],
    ],
    ['a container with snapshots', CT, {}, /It keeps running\.$/, []],
    [
      'a container with snapshots of two volumes',
      CT,
      { config: { rootfs: 'a:b,size=1G', mp0: 'a:c,mp=/data,backup=1,size=1G' } },
      /It keeps running, suspended for a moment while its snapshots are made\.$/,
      [],
    ],
    [
      'a container without snapshots',
      CT,
      { hasSnapshots: false, config: one },
      /Proxmox suspends it for that, without a snapshot\.$/,
      ['guest_held'],
    ],
    [
      'one that does not run',
      CT,
      { hasSnapshots: false, config: one, status: 'stopped' },
      /It is not running\.$/,
      [],
    ],
    [
      'a bind mount beside a volume on ZFS',
      CT,
      { hasSnapshots: false, config: on('zfspool') },
      /It keeps running\.$/,
      ['guest_left_out'],
    ],
    [
      'a bind mount beside a volume on LVM-thin',
      CT,
      { hasSnapshots: false, config: on('lvmthin') },
      /It keeps running\.$/,
      ['guest_left_out'],
    ],
    [
      'a bind mount beside a volume on NFS',
      CT,
      { hasSnapshots: false, config: on('nfs') },
      /Proxmox suspends it/,
      ['guest_left_out', 'guest_held'],
    ],
    [
      'a bind mount beside a volume on who knows what',
      CT,
      { hasSnapshots: false, config: on('custom') },
      /Proxmox may suspend it for that\.$/,
      ['guest_left_out', 'guest_held'],
    ],
    [
      'a bind mount beside a volume on a storage that can’t be seen',
      CT,
      { hasSnapshots: false, config: on('hidden') },
      /Proxmox may suspend it for that\.$/,
      ['guest_left_out', 'guest_held'],
    ],
  ])('%s', async (_name, fields, change, sentence, warnings) => {
    const { plan, title } = await planOf(fields, change, types);
    expect(title).toMatch(sentence);
    expect(codes(plan.warnings)).toEqual(warnings);
  });

  test('is not promised where Proxmox does not say it, and how long it took last time is', async () => {
    const silent = (b: Bench): void => {
      b.lab.remembered = { heldSeconds: 94 };
      b.double.intercept = ({ template }) =>
        /\/(?:config|feature)$/.test(template) ? { status: 501, reason: 'Not implemented' } : undefined;
    };
    const { plan, title } = await planOf(CT, {}, silent);
    expect(title).toMatch(/Proxmox may suspend it for that, 94 s last time\.$/);
    expect(text(plan.warnings)).toMatch(
      /can’t be told\. If not, Proxmox suspends it for part of the time: 94 s last time\./,
    );
  });

  test('is not promised again when it did not hold last time', async () => {
    const { title } = await planOf(CT, {}, (b) => {
      b.lab.remembered = { heldSeconds: 94, fellBack: true, included: ['rootfs'] };
    });
    expect(title).toMatch(/Proxmox may suspend it for that, 94 s last time\.$/);
  });

  test('another answer is another plan', async () => {
    const { b, plan } = await planOf(CT, {});
    const guest = b.double.world.guests.find(({ vmid }) => vmid === 200);
    Object.assign(guest ?? {}, { hasSnapshots: false });
    expect((await b.lab.plan(b.executor, CT)).targets).not.toEqual(plan.targets);
  });

  test('HA that keeps a guest started forbids stopping it', async () => {
    const { plan } = await planOf({ ...FIELDS, mode: 'stop' }, { hastate: 'started' });
    expect(codes(plan.blockers)).toEqual(['mode_impossible']);
    expect(codes((await planOf(FIELDS, { hastate: 'started' })).plan.blockers)).toEqual([]);
  });

  test.each<[string, unknown, Partial<VmProxmoxFields>, string[]]>([
    ['without an agent', undefined, {}, ['not_frozen']],
    ['with an agent that is off', '0', {}, ['not_frozen']],
    ['with an agent that must not freeze', '1,guest-fsfreeze=0', {}, ['not_frozen']],
    ['with an agent', 1, {}, []],
    ['without an agent, stopped for it', undefined, { mode: 'stop' }, []],
  ])('a VM’s file systems %s', async (_name, agent, more, warnings) => {
    const config = { scsi0: 'a:b,size=1G', ...(agent === undefined ? {} : { agent }) };
    const { plan } = await planOf({ ...FIELDS, ...more }, { config });
    expect(codes(plan.warnings)).toEqual(warnings);
    if (warnings.length > 0) expect(text(plan.warnings)).toMatch(/are not frozen meanwhile.*power cut/);
  });
});
