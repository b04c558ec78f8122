import type { InspectedContainer } from './inspected.js';

/** A mount as the engine is asked for it. */
export interface MountRequest {
  readonly Type: string;
  readonly Target: string;
  readonly [more: string]: unknown;
}

/**
 * What a container that takes another one's place mounts besides its binds: all as it was asked for, volumes that nobody
 * named by the name that they got, and what it had from `volumes_from`.
 */
export function mountsBack({ HostConfig, Mounts }: InspectedContainer): readonly MountRequest[] {
  const real = new Map((Mounts ?? []).map((mount) => [mount.Destination, mount]));
  const asked = (HostConfig.Mounts ?? []).map((mount): MountRequest => {
    const name = real.get(mount.Target)?.Name;
    return mount.Type === 'volume' && name ? { ...mount, Source: name } : mount;
  });
  const known = new Set([...asked.map(({ Target }) => Target), ...bindTargets(HostConfig.Binds ?? [])]);
  const unasked = [...real.values()].filter(({ Destination }) => !known.has(Destination));
  return [...asked, ...unasked.flatMap(asMount)];
}

function asMount(mount: NonNullable<InspectedContainer['Mounts']>[number]): readonly MountRequest[] {
  const { Type, Name, Source, Destination, RW } = mount;
  const from = Type === 'volume' ? Name : Source;
  return from === '' ? [] : [{ Type, Source: from, Target: Destination, ReadOnly: !RW }];
}

/** `source:target[:options]`, where no path has a colon in it. */
function bindTargets(binds: readonly string[]): readonly string[] {
  return binds.map((bind) => bind.split(':')[1] ?? '');
}

/**
 * What a container that never runs mounts: the volumes, so that nothing removes them; memory where there is something else,
 * so that an image's volumes aren't made there. An empty volume stays empty.
 */
export function mountsKept({ Mounts }: InspectedContainer): readonly MountRequest[] {
  return (Mounts ?? []).map(({ Type, Name, Destination, RW }) =>
    Type === 'volume'
      ? { Type, Source: Name, Target: Destination, ReadOnly: !RW, VolumeOptions: { NoCopy: true } }
      : { Type: 'tmpfs', Target: Destination },
  );
}
