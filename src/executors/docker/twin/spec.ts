import * as z from 'zod';
import { ENDPOINT, type InspectedContainer } from './inspected.js';
import { mountsBack } from './mounts.js';

/**
 * What a twin is not like: kept in its label, for the day on which it has to be. No variable of the environment is in here,
 * because labels are told with every event.
 */
const SPEC = z.object({
  /** Of the container that ran. */
  id: z.string(),
  name: z.string(),
  /** The image as it was named. */
  image: z.string(),
  state: z.enum(['running', 'paused', 'stopped']),
  /** As its check said; `none`: it has no check, and ran. */
  health: z.enum(['healthy', 'none', 'other']),
  labels: z.record(z.string(), z.string()),
  /** Null: as the engine makes it up. */
  hostname: z.string().nullable(),
  /** Files that were put into it before it ran, such as Compose's secrets: no image and no volume has them. */
  files: z.array(z.string()),
  networks: z.array(z.object({ name: z.string(), endpoint: ENDPOINT })),
  /** Parts of `Config` and `HostConfig` that only it may have. */
  config: z.record(z.string(), z.unknown()),
  hostConfig: z.record(z.string(), z.unknown()),
});

export type TwinSpec = z.output<typeof SPEC>;

/** Null when it is not of our making. */
export function parseSpec(label: string | undefined): TwinSpec | null {
  if (label === undefined) return null;
  try {
    const parsed = SPEC.safeParse(JSON.parse(label));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** How its place is taken when it is gone. */
export function specOf(container: InspectedContainer, files: readonly string[]): TwinSpec {
  const { Id, Name, State, Config, HostConfig, NetworkSettings } = container;
  const { RestartPolicy, AutoRemove, NetworkMode, PidMode, IpcMode, Binds, Links } = HostConfig;
  const isOwnName = !sharesNetwork(NetworkMode) && !Id.startsWith(Config.Hostname);
  return {
    id: Id,
    name: Name.replace(/^\//, ''),
    image: Config.Image,
    state: State.Paused ? 'paused' : State.Running ? 'running' : 'stopped',
    health: healthOf(State),
    labels: Config.Labels ?? {},
    hostname: isOwnName ? Config.Hostname : null,
    files: [...files],
    networks: Object.entries(NetworkSettings.Networks ?? {}).map(([name, endpoint]) => ({
      name,
      endpoint: askable(endpoint, Id),
    })),
    config: defined({ MacAddress: Config.MacAddress }),
    hostConfig: defined({
      RestartPolicy,
      AutoRemove,
      NetworkMode,
      PidMode,
      IpcMode,
      Binds,
      Mounts: mountsBack(container),
      Links: linksBack(Links ?? []),
    }),
  };
}

function healthOf({ Health, Restarting }: InspectedContainer['State']): TwinSpec['health'] {
  const said = Health?.Status ?? 'none';
  if (Restarting === true) return 'other';
  return said === 'healthy' || said === 'none' ? said : 'other';
}

/** It has no network, and so no name, of its own. */
export function sharesNetwork(networkMode: string): boolean {
  return networkMode === 'host' || networkMode.startsWith('container:');
}

/** The engine adds the id to the aliases, and tells addresses that it chose itself. */
function askable(endpoint: z.output<typeof ENDPOINT>, id: string): z.output<typeof ENDPOINT> {
  const { IPAMConfig, Links, Aliases, DriverOpts, GwPriority } = endpoint;
  const aliases = (Aliases ?? []).filter((alias) => alias.length < 12 || !id.startsWith(alias));
  return defined({
    IPAMConfig: IPAMConfig && Object.keys(IPAMConfig).length > 0 ? IPAMConfig : undefined,
    Links: Links ?? undefined,
    Aliases: aliases.length > 0 ? aliases : undefined,
    DriverOpts: DriverOpts ?? undefined,
    GwPriority: GwPriority === 0 ? undefined : GwPriority,
  });
}

/** The engine tells `/other:/own/alias`, and takes `other:alias`. */
function linksBack(links: readonly string[]): readonly string[] {
  return links.map((link) => {
    const [target = '', alias = ''] = link.split(':');
    return `${target.replace(/^\//, '')}:${alias.slice(alias.lastIndexOf('/') + 1)}`;
  });
}

function defined(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
