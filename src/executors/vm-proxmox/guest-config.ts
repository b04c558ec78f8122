import type { LeftOut } from './log-facts.js';

/** A guest's configuration as Proxmox gives it: by option, its value as text or a number. */
export type GuestConfig = Readonly<Record<string, unknown>>;

/** What of a guest goes into its backup, by vzdump's own rules. */
export interface GuestParts {
  /** Disks or mount points, such as `scsi0`, `rootfs`, `mp0`. */
  readonly included: readonly string[];
  readonly leftOut: readonly LeftOut[];
  /** The storages of what is included; null where a disk is no volume of a storage. */
  readonly storages: readonly (string | null)[];
  /** Bytes of what is included; null where a size isn't known. */
  readonly bytes: number | null;
  /** Are a VM's file systems frozen meanwhile? `off`: the agent is on and must not freeze them. */
  readonly freeze: 'yes' | 'no agent' | 'off';
}

/** One disk, mount point or the like: the value of an option. */
interface Part {
  readonly key: string;
  readonly volume: string;
  readonly options: ReadonlyMap<string, string>;
}

export function partsOf(type: 'qemu' | 'lxc', config: GuestConfig): GuestParts {
  const parts = Object.entries(config)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    .map(([key, value]) => partOf(key, value))
    .sort((a, b) => a.key.localeCompare(b.key, 'en', { numeric: true }));
  const isVm = type === 'qemu';
  const included = parts.filter(
    isVm ? (part) => isVmDisk(part) && vmOmits(part, config) === null : isContained,
  );
  const leftOut = isVm ? vmLeftOut(parts, config) : containerLeftOut(parts, config);
  const sizes = included.map(({ options }) => sizeIn(options.get('size')));
  return {
    included: included.map(({ key }) => key),
    leftOut,
    storages: included.map(({ volume }) => (volume.startsWith('/') ? null : (volume.split(':')[0] ?? null))),
    bytes: sizes.includes(null) ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0),
    freeze: isVm ? freezeIn(config.agent) : 'yes',
  };
}

/** Reads `local-lvm:vm-101-disk-0,size=32G,backup=0`: the first value goes without a name. */
function partOf(key: string, value: string): Part {
  const options = new Map<string, string>();
  let volume = '';
  for (const piece of value.split(',')) {
    const [, name, text] = /^([a-z][\w-]*)=(.*)$/.exec(piece) ?? [];
    if (name === undefined || text === undefined) volume ||= piece;
    else if (
      name === 'file' ||
      name === 'volume' ||
      name === 'host' ||
      name === 'dirid' ||
      name === 'mapping'
    )
      volume ||= text;
    else options.set(name, text);
  }
  return { key, volume, options };
}

const OFF = /^(?:0|off|no|false)$/i;
const ON = /^(?:1|on|yes|true)$/i;

function isVmDisk({ key, volume, options }: Part): boolean {
  if (!/^(?:ide|sata|scsi|virtio|efidisk|tpmstate)\d+$/.test(key)) return false;
  return options.get('media') !== 'cdrom' && volume !== 'none' && volume !== 'cdrom';
}

/** Why a VM's disk is left out; null when it isn't. */
function vmOmits({ key, options }: Part, config: GuestConfig): string | null {
  if (OFF.test(options.get('backup') ?? '1')) return 'backup=0';
  return key.startsWith('efidisk') && config.bios !== 'ovmf' ? 'no OVMF' : null;
}

function vmLeftOut(parts: readonly Part[], config: GuestConfig): LeftOut[] {
  return [
    ...parts.flatMap((part): LeftOut[] => {
      const { key, volume, options } = part;
      if (isVmDisk(part)) {
        return vmOmits(part, config) === null
          ? []
          : [{ kind: 'disk', name: key, path: options.get('size') ?? '' }];
      }
      if (options.get('media') === 'cdrom') {
        // Made again from the configuration at each start, or empty.
        return volume === 'none' || /\bcloudinit\b/.test(volume)
          ? []
          : [{ kind: 'CD-ROM', name: key, path: '' }];
      }
      if (/^unused\d+$/.test(key)) return [{ kind: 'unused disk', name: volume, path: '' }];
      if (/^virtiofs\d+$/.test(key)) return [{ kind: 'shared folder', name: key, path: volume }];
      const isPassed = /^hostpci\d+$/.test(key) || (/^usb\d+$/.test(key) && volume !== 'spice');
      return isPassed ? [{ kind: 'passed-through device', name: key, path: '' }] : [];
    }),
    ...(typeof config.args === 'string' && /(?:^|\s)-(?:drive|blockdev|virtfs|fsdev)\b/.test(config.args)
      ? [{ kind: 'other', name: 'disks of the option args', path: '' } as const]
      : []),
  ];
}

/** Is it a mount point of a container that is in its backup? */
function isContained({ key, volume, options }: Part): boolean {
  if (key === 'rootfs') return true;
  return /^mp\d+$/.test(key) && !volume.startsWith('/') && ON.test(options.get('backup') ?? '0');
}

function containerLeftOut(parts: readonly Part[], config: GuestConfig): LeftOut[] {
  const own = parts.flatMap((part): LeftOut[] => {
    const { key, volume, options } = part;
    if (isContained(part)) return [];
    if (/^mp\d+$/.test(key)) return [{ kind: mountKind(volume), name: key, path: options.get('mp') ?? '' }];
    return /^unused\d+$/.test(key) ? [{ kind: 'unused disk', name: volume, path: '' }] : [];
  });
  return [...own, ...rawMounts(config.lxc)];
}

function mountKind(volume: string): LeftOut['kind'] {
  if (!volume.startsWith('/')) return 'mount point';
  return volume.startsWith('/dev/') ? 'device mount' : 'bind mount';
}

/** `lxc.mount.entry: /srv/media srv/media none bind`: what is no device and no part of the kernel. */
function rawMounts(raw: unknown): LeftOut[] {
  if (!Array.isArray(raw)) return [];
  return raw.flatMap((pair: unknown): LeftOut[] => {
    const [key, value] = Array.isArray(pair) ? pair.map(String) : [];
    if (key !== 'lxc.mount.entry' || value === undefined) return [];
    const [source = '', target = ''] = value.trim().split(/\s+/);
    if (!source.startsWith('/') || /^\/(?:dev|proc|sys)\b/.test(source)) return [];
    return [{ kind: 'bind mount', name: source, path: `/${target.replace(/^\/+/, '')}` }];
  });
}

/** `1`, `enabled=1,freeze-fs-on-backup=0`. */
function freezeIn(agent: unknown): GuestParts['freeze'] {
  const { volume, options } = partOf('agent', String(agent ?? '0'));
  if (!ON.test(options.get('enabled') ?? volume)) return 'no agent';
  const names = ['freeze-fs', 'guest-fsfreeze', 'freeze-fs-on-backup'];
  return names.some((name) => OFF.test(options.get(name) ?? '1')) ? 'off' : 'yes';
}

const UNITS: Readonly<Record<string, number>> = { '': 0, K: 1, M: 2, G: 3, T: 4 };

/** `32G`, `528K`; null when it isn't there. */
function sizeIn(size: string | undefined): number | null {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(size ?? '') ?? [];
  return number === undefined ? null : Number(number) * 1024 ** (UNITS[unit] ?? 0);
}
