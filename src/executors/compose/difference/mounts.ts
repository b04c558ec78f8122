import { posix } from 'node:path';
import type { Made } from './inspected.js';
import type { Definitions, Rendered } from './rendered.js';
import { type Around, type Compare, settings } from './setting.js';

/** What is mounted at one path of a container. */
export interface Mount {
  readonly type: 'bind' | 'volume' | 'anonymous' | 'tmpfs' | 'other';
  /** A folder of the host, or a volume’s name; empty where nobody chose it. */
  readonly source: string;
  readonly writable: boolean;
  /** Size, propagation, folder of a volume. */
  readonly options: string;
}

/** A mount as the value of a setting; its name is the path in the container. */
export function writeMount({ type, source, writable, options }: Mount): string {
  return JSON.stringify([type, source, writable, options]);
}

/** The other way round. */
export function readMount(value: string): Mount {
  const [type, source, writable, options] = JSON.parse(value) as [Mount['type'], string, boolean, string];
  return { type, source, writable, options };
}

/** What is mounted where. Volumes that the image brings along are there either way, and are none of the service's. */
export const compareMounts: Compare = (service, made, around) => {
  const wanted = wantedMounts(service, around.definitions);
  const has = madeMounts(made);
  for (const [path, mount] of has) {
    const isBrought = !wanted.has(path) && readMount(mount).type === 'anonymous' && isOfImage(path, around);
    if (isBrought) has.delete(path);
  }
  return settings('mount', wanted, has);
};

function isOfImage(path: string, { defaults }: Around): boolean {
  return defaults === null || Object.keys(defaults.Volumes ?? {}).some((volume) => clean(volume) === path);
}

function wantedMounts(service: Rendered, definitions: Definitions): ReadonlyMap<string, string> {
  const mounts: [string, Mount][] = (service.volumes ?? []).map((raw) => {
    const common = { source: '', writable: !raw.read_only, options: '' };
    const { source, type } = raw;
    if (type === 'tmpfs') return [clean(raw.target), { ...common, type, options: size(raw.tmpfs?.size) }];
    if (type === 'bind') {
      const options = propagation(raw.bind?.propagation);
      return [clean(raw.target), { ...common, type, source: clean(source ?? ''), options }];
    }
    if (type !== 'volume') return [clean(raw.target), { ...common, type: 'other', source: source ?? '' }];
    if (!source) return [clean(raw.target), { ...common, type: 'anonymous' }];
    const name = definitions.volumes?.[source]?.name ?? source;
    return [clean(raw.target), { ...common, type, source: name, options: raw.volume?.subpath ?? '' }];
  });
  const files = [
    ...fileMounts(service.secrets, definitions.secrets, '/run/secrets/'),
    ...fileMounts(service.configs, definitions.configs, '/'),
  ];
  const memory = (service.tmpfs ?? []).map((text) => tmpfsOf(text.split(':')));
  return new Map([...memory, ...files, ...mounts].map(([path, mount]) => [path, writeMount(mount)]));
}

/** Secrets and configurations from files are mounted; Compose copies the others into the container. */
function fileMounts(
  used: Rendered['secrets'],
  defined: Definitions['secrets'],
  folder: string,
): readonly (readonly [string, Mount])[] {
  return (used ?? []).flatMap(({ source, target }) => {
    const file = defined?.[source]?.file;
    if (!file) return [];
    const path = posix.resolve(folder, target || source);
    return [[path, { type: 'bind', source: clean(file), writable: false, options: '' }] as const];
  });
}

function madeMounts({ HostConfig: host }: Made): Map<string, string> {
  const binds = (host.Binds ?? []).map((text): [string, Mount] => {
    const [source = '', path = '', options = ''] = text.split(':');
    const words = options.split(',');
    const writable = !words.includes('ro');
    const spread = propagation(words.find((word) => PROPAGATIONS.includes(word)));
    return source.startsWith('/')
      ? [clean(path), { type: 'bind', source: clean(source), writable, options: spread }]
      : [clean(path), volume(source, writable, '')];
  });
  const mounts = (host.Mounts ?? []).map((raw): [string, Mount] => {
    const writable = !raw.ReadOnly;
    const source = raw.Source ?? '';
    const path = clean(raw.Target);
    if (raw.Type === 'volume') return [path, volume(source, writable, raw.VolumeOptions?.Subpath ?? '')];
    if (raw.Type === 'tmpfs') {
      return [path, { type: 'tmpfs', source: '', writable, options: size(raw.TmpfsOptions?.SizeBytes) }];
    }
    if (raw.Type !== 'bind') return [path, { type: 'other', source, writable, options: '' }];
    const options = propagation(raw.BindOptions?.Propagation);
    return [path, { type: 'bind', source: clean(source), writable, options }];
  });
  const memory = Object.entries(host.Tmpfs ?? {}).map(tmpfsOf);
  return new Map([...memory, ...mounts, ...binds].map(([path, mount]) => [path, writeMount(mount)]));
}

/** Compose hands an anonymous volume on to the next container, by the name that the engine gave it. */
const GIVEN_NAME = /^[0-9a-f]{64}$/;

function volume(name: string, writable: boolean, options: string): Mount {
  if (name === '' || GIVEN_NAME.test(name)) return { type: 'anonymous', source: '', writable, options };
  return { type: 'volume', source: name, writable, options };
}

function tmpfsOf([path = '', options = '']: readonly string[]): [string, Mount] {
  return [clean(path), { type: 'tmpfs', source: '', writable: true, options }];
}

function size(bytes: number | null | undefined): string {
  return bytes ? `size=${bytes}` : '';
}

const PROPAGATIONS: readonly string[] = ['shared', 'rshared', 'slave', 'rslave', 'private', 'rprivate'];

/** The engine's own choice is the same as none. */
function propagation(word: string | null | undefined): string {
  return !word || word === 'rprivate' ? '' : word;
}

function clean(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 ? normal.replace(/\/$/, '') : normal;
}
