import type { Made } from './inspected.js';
import type { Rendered } from './rendered.js';
import { type Around, type Compare, ifSaid, members, type Setting, settings, single } from './setting.js';

/** Ports, networks, and the namespaces of others that a container lives in. */
export const compareNetworks: Compare = (service, made, around) => {
  const { HostConfig: host } = made;
  const mode = (name: string, wanted: string | null | undefined, has: string | null | undefined): Setting =>
    single('namespace', name, modeOf(wanted), modeMade(has, around));
  return [
    ...members('port', (service.ports ?? []).map(portOf), portsMade(made)),
    mode('network', service.network_mode, ownNetwork(made) ? null : host.NetworkMode),
    mode('process', service.pid, host.PidMode),
    mode('IPC', service.ipc, host.IpcMode),
    mode('UTS', service.uts, host.UTSMode),
    mode('user', service.userns_mode, host.UsernsMode),
    ...ifSaid('namespace', 'cgroup', service.cgroup, host.CgroupnsMode),
    ...attached(service, made, around),
  ];
};

function portOf({
  host_ip: ip,
  published,
  target,
  protocol,
}: NonNullable<Rendered['ports']>[number]): string {
  return portText(ip, published, `${target}/${protocol ?? 'tcp'}`);
}

function portsMade({ HostConfig: { PortBindings } }: Made): readonly string[] {
  return Object.entries(PortBindings ?? {}).flatMap(([target, bindings]) =>
    (bindings ?? []).map(({ HostIp, HostPort }) => portText(HostIp, HostPort, target)),
  );
}

/** `8080 → 80`, `127.0.0.1:5353 → 53/udp`; a port that the engine chooses is `any`. */
function portText(
  ip: string | null | undefined,
  published: string | null | undefined,
  target: string,
): string {
  const isEverywhere = !ip || ip === '0.0.0.0';
  const host = !published || published === '0' ? 'any' : published;
  return `${isEverywhere ? '' : `${ip}:`}${host} → ${target.replace(/\/tcp$/, '')}`;
}

/** Is the container on networks of its own, rather than in somebody's namespace? */
function ownNetwork({ HostConfig: { NetworkMode: mode } }: Made): boolean {
  return !mode || !(SPECIAL.includes(mode) || mode.startsWith('container:'));
}

const SPECIAL: readonly string[] = ['host', 'none', 'bridge', 'default'];

/** What the engine takes where nothing is said. */
const ORDINARY: readonly string[] = ['', 'private', 'shareable'];

function modeOf(mode: string | null | undefined): string | null {
  return ORDINARY.includes(mode ?? '') ? null : (mode ?? null);
}

function modeMade(mode: string | null | undefined, { serviceOf }: Around): string | null {
  const id = mode?.startsWith('container:') ? mode.slice('container:'.length) : null;
  if (id === null) return modeOf(mode);
  const service = serviceOf(id);
  return service === null ? `container:${id}` : `service:${service}`;
}

function attached(service: Rendered, made: Made, { definitions }: Around): readonly Setting[] {
  if (service.network_mode || !ownNetwork(made)) return [];
  const wanted = Object.entries(service.networks ?? {}).map(([key, options]) => {
    const name = definitions.networks?.[key]?.name ?? key;
    return [name, [options?.ipv4_address, options?.ipv6_address].filter(Boolean).join(', ')] as const;
  });
  const has = Object.entries(made.NetworkSettings.Networks ?? {}).map(([name, end]) => {
    const { IPv4Address, IPv6Address } = end?.IPAMConfig ?? {};
    return [name, [IPv4Address, IPv6Address].filter(Boolean).join(', ')] as const;
  });
  return [...settings('network', new Map(wanted), new Map(has)), ...aliases(service, made, definitions)];
}

/** Only of networks on both sides; the container's own names are always there. */
function aliases(service: Rendered, made: Made, definitions: Around['definitions']): readonly Setting[] {
  const given = [made.Name.replace(/^\//, ''), made.Id.slice(0, 12), made.Config.Hostname ?? ''];
  const own = made.Config.Labels?.['com.docker.compose.service'] ?? '';
  return Object.entries(service.networks ?? {}).flatMap(([key, options]) => {
    const name = definitions.networks?.[key]?.name ?? key;
    const found = made.NetworkSettings.Networks?.[name]?.Aliases;
    if (!found) return [];
    const isChosen = (alias: string): boolean =>
      alias !== own && !given.includes(alias) && !/^[0-9a-f]{12}(_|$)/.test(alias);
    const label = (list: readonly string[]): string => [...new Set(list.filter(isChosen))].sort().join(', ');
    return [single('plain', `other names on ${key}`, label(options?.aliases ?? []), label(found))];
  });
}
