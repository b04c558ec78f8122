import * as z from 'zod';
import type { Host } from '../../core/ports/host.js';
import { type Container, type ContainerMount, READ } from '../docker/container.js';
import { isWithin } from '../shared/paths.js';

/** What a volume was made with, as far as it says where its files really are. */
interface VolumeOptions {
  readonly type: string;
  readonly o: string;
  readonly device: string;
}

/** By name; only volumes that were made with options. */
export type Volumes = ReadonlyMap<string, VolumeOptions>;

/** What the volumes of these containers were made with. Unknown ones are left out. */
export async function volumesOf(host: Host, containers: readonly Container[]): Promise<Volumes> {
  const names = new Set(
    containers
      .flatMap(({ mounts }) => mounts)
      // Anonymous volumes have no options.
      .filter(({ type, name }) => type === 'volume' && !/^(?:[0-9a-f]{64})?$/.test(name))
      .map(({ name }) => name),
  );
  if (names.size === 0) return new Map();
  const result = await host.exec(['docker', 'volume', 'inspect', '--', ...names], READ);
  // One that is gone meanwhile makes it fail, and the others are told all the same.
  const read = RAW.safeParse(parsed(result.stdout));
  return new Map(
    (read.success ? read.data : []).flatMap(({ Name, Options }) =>
      Options?.device === undefined && Options?.type === undefined
        ? []
        : [[Name, { type: Options.type ?? '', o: Options.o ?? '', device: Options.device ?? '' }] as const],
    ),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const RAW = z.array(
  z.object({
    Name: z.string(),
    Options: z
      .object({ type: z.string().optional(), o: z.string().optional(), device: z.string().optional() })
      .nullish(),
  }),
);

/** Where a mount's files are: its folder on the engine's host, and what a volume's options name. Symlinks are resolved. */
export async function placesOf(
  host: Host,
  mount: ContainerMount,
  volumes: Volumes,
): Promise<readonly string[]> {
  const { source, type, name } = mount;
  const options = type === 'volume' ? volumes.get(name) : undefined;
  const folders = [source, ...(options && isBind(options) ? [options.device] : [])];
  const shares = options && !isBind(options) && !isMemory(options) ? [shareOf(options)] : [];
  const real = await Promise.all(
    folders.filter((folder) => folder !== '').map((path) => resolved(host, path)),
  );
  return [...new Set([...real, ...shares])];
}

/** As the engine says it, where this host has no such path or doesn't let the bot look. */
export async function resolved(host: Host, path: string): Promise<string> {
  return (await host.realpath(path).catch(() => null)) ?? path;
}

function isBind({ type, o }: VolumeOptions): boolean {
  return type === 'none' || type === 'bind' || /(?:^|,)r?bind(?:,|$)/.test(o);
}

/** Are its files in memory, and gone when no container uses it any more? */
export function isMemory({ type }: VolumeOptions): boolean {
  return type === 'tmpfs' || type === 'ramfs';
}

/** A share of another machine: `nfs addr=10.0.0.1,rw /export/media`. */
function shareOf({ type, o, device }: VolumeOptions): string {
  return `${type} ${o} ${device}`;
}

/** Is one of them the same as, above or below one of the others? */
export function overlap(some: readonly string[], others: readonly string[]): boolean {
  return some.some((one) => others.some((other) => isWithin(one, other) || isWithin(other, one)));
}
