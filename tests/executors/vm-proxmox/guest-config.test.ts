import { expect, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import {
  type GuestConfig,
  type GuestParts,
  partsOf,
} from '../../../src/executors/vm-proxmox/guest-config.js';
import { leftOutText } from '../../../src/executors/vm-proxmox/log-warnings.js';

const GIB = 1024 ** 3;

/** By vzdump's rules: `get_backup_volumes` of qemu-server, `mountpoint_backup_enabled` of pve-container. */
test.each<[string, 'qemu' | 'lxc', GuestConfig, string[], string, Partial<GuestParts>]>([
  [
    'a plain VM with an agent',
    'qemu',
    {
      name: 'web',
      agent: '1',
      scsi0: 'local-lvm:vm-101-disk-0,iothread=1,size=32G',
      net0: 'virtio=BC:24:11,bridge=vmbr0',
    },
    ['scsi0'],
    '',
    { bytes: 32 * GIB, freeze: 'yes', storages: ['local-lvm'] },
  ],
  [
    'disks in every position, by every way of saying no',
    'qemu',
    {
      scsi10: 'a:vm-1-disk-9,backup=no,size=1G',
      scsi2: 'a:vm-1-disk-2,size=1T,backup=0',
      virtio0: 'file=a:vm-1-disk-0,size=512M,backup=1',
      sata0: 'a:vm-1-disk-1,backup=off',
      ide0: 'a:vm-1-disk-3,backup=true,size=1G',
    },
    ['ide0', 'virtio0'],
    '3 disks (sata0, scsi2 1T, scsi10 1G)',
    { bytes: 1.5 * GIB, freeze: 'no agent' },
  ],
  [
    'a disk of the host is in it, an empty drive and cloud-init are nothing, an ISO is not in it',
    'qemu',
    {
      agent: 'enabled=1,fstrim_cloned_disks=1',
      scsi0: '/dev/disk/by-id/ata-x,size=100G',
      ide0: 'none,media=cdrom',
      ide2: 'local:iso/debian.iso,media=cdrom,size=600M',
      scsi1: 'local-lvm:vm-101-cloudinit,media=cdrom',
    },
    ['scsi0'],
    '1 CD-ROM (ide2)',
    { storages: [null], freeze: 'yes' },
  ],
  [
    'firmware, TPM, unused volumes and what is passed through',
    'qemu',
    {
      agent: '1,freeze-fs-on-backup=0',
      bios: 'seabios',
      efidisk0: 'a:vm-1-disk-1,size=4M',
      tpmstate0: 'a:vm-1-disk-2,size=4M,version=v2.0',
      scsi0: 'a:vm-1-disk-0,size=8G',
      unused0: 'a:vm-1-disk-7',
      hostpci0: '0000:03:00,pcie=1',
      usb0: 'host=1058:25a2',
      usb1: 'spice',
      virtiofs0: 'dirid=photos,cache=auto',
      args: '-cpu host -drive file=/srv/x.img,if=virtio',
      digest: 'f00',
    },
    ['scsi0', 'tpmstate0'],
    '1 disk (efidisk0 4M), 1 shared folder (virtiofs0 photos), 1 unused disk (a:vm-1-disk-7), 2 passed-through devices (hostpci0, usb0) and its disks of the option args',
    { bytes: 8 * GIB + 4 * 1024 ** 2, freeze: 'off' },
  ],
  [
    'a firmware disk of OVMF is in it',
    'qemu',
    { bios: 'ovmf', efidisk0: 'a:b,size=528K' },
    ['efidisk0'],
    '',
    { bytes: 528 * 1024 },
  ],
  ['a size that is not said', 'qemu', { scsi0: 'a:b' }, ['scsi0'], '', { bytes: null }],
  ['nothing', 'qemu', { scsi0: 'a:b,backup=0', net0: 'x' }, [], '1 disk (scsi0)', { bytes: 0 }],
  [
    'a container: its root always, a volume only when it is marked, nothing else ever',
    'lxc',
    {
      hostname: 'nas',
      rootfs: 'local-zfs:subvol-200-disk-0,size=8G',
      mp0: '/srv/media,mp=/media,backup=1',
      mp1: 'local-zfs:subvol-200-disk-1,mp=/var/lib/postgresql,size=32G',
      mp2: 'tank:subvol-200-disk-2,mp=/data,backup=1,size=1G',
      mp3: '/dev/sdb1,mp=/disk',
      mp4: 'tank:subvol-200-disk-4,mp=/cache,backup=0',
      unused0: 'tank:subvol-200-disk-9',
      dev0: '/dev/dri/renderD128',
      lxc: [
        ['lxc.mount.entry', '/mnt/photos mnt/photos none bind,create=dir 0 0'],
        ['lxc.mount.entry', '/dev/net/tun dev/net/tun none bind,create=file'],
        ['lxc.cgroup2.devices.allow', 'c 10:200 rwm'],
      ],
    },
    ['mp2', 'rootfs'],
    '2 mount points (mp1 /var/lib/postgresql, mp4 /cache), 2 bind mounts (mp0 /media, /mnt/photos /mnt/photos), 1 device mount (mp3 /disk) and 1 unused disk (tank:subvol-200-disk-9)',
    { bytes: 9 * GIB, storages: ['tank', 'local-zfs'], freeze: 'yes' },
  ],
  [
    'a root in a folder’s image',
    'lxc',
    { rootfs: 'volume=local:200/vm-200-disk-0.raw,size=4G' },
    ['rootfs'],
    '',
    { storages: ['local'] },
  ],
])('%s', (_name, type, config, included, leftOut, more) => {
  const parts = partsOf(type, config);
  expect(parts.included).toEqual(included);
  expect(plain(leftOutText(parts.leftOut))).toBe(leftOut);
  expect(parts).toMatchObject(more);
});
