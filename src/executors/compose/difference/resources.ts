import { canonicalJson } from '../../../core/text/canonical.js';
import type { Made } from './inspected.js';
import type { Rendered } from './rendered.js';
import { type Compare, ifSaid, type Setting, settings, single } from './setting.js';

/** Limits, restarts, logs and names: what a container gets of its host. */
export const compareResources: Compare = (service, made) => {
  const { HostConfig: host } = made;
  const { limits, reservations } = service.deploy?.resources ?? {};
  return [
    single('bytes', 'memory limit', service.mem_limit ?? limits?.memory, host.Memory),
    single(
      'bytes',
      'memory reservation',
      service.mem_reservation ?? reservations?.memory,
      host.MemoryReservation,
    ),
    single('plain', 'CPUs', service.cpus || limits?.cpus, (host.NanoCpus ?? 0) / 1e9),
    single('plain', 'CPU shares', service.cpu_shares, host.CpuShares),
    single('plain', 'CPU set', service.cpuset, host.CpusetCpus),
    single('plain', 'process limit', positive(service.pids_limit ?? limits?.pids), positive(host.PidsLimit)),
    ...ifSaid('bytes', 'shared memory', service.shm_size, host.ShmSize),
    ...ulimits(service, made),
    single('plain', 'restart policy', restartOf(service), restartMade(made)),
    ...ifSaid('plain', 'runtime', service.runtime, host.Runtime),
    ...logging(service, made),
    single('plain', 'DNS servers', list(service.dns), list(host.Dns)),
    single('plain', 'DNS search', list(service.dns_search), list(host.DnsSearch)),
    single('plain', 'extra hosts', hosts(service.extra_hosts), hosts(host.ExtraHosts)),
    ...settings('plain', sysctls(service.sysctls), sysctls(host.Sysctls)),
  ];
};

function positive(count: number | null | undefined): number | null {
  return count && count > 0 ? count : null;
}

function ulimits(service: Rendered, { HostConfig }: Made): readonly Setting[] {
  const wanted = Object.entries(service.ulimits ?? {}).map(([name, limit]) => {
    const { soft, hard } = typeof limit === 'number' ? { soft: limit, hard: limit } : limit;
    return [`ulimit ${name}`, limitText(soft, hard)] as const;
  });
  const has = (HostConfig.Ulimits ?? []).map(
    ({ Name, Soft, Hard }) => [`ulimit ${Name}`, limitText(Soft, Hard)] as const,
  );
  return settings('plain', new Map(wanted), new Map(has));
}

function limitText(soft: number, hard: number): string {
  return soft === hard ? String(soft) : `${soft} to ${hard}`;
}

function restartOf({ restart, deploy }: Rendered): string | null {
  const policy = deploy?.restart_policy;
  if (policy) return restartText(policy.condition ?? '', policy.max_attempts ?? 0);
  const [name = '', attempts] = (restart ?? '').split(':');
  return restartText(name, Number(attempts ?? 0));
}

function restartMade({ HostConfig: { RestartPolicy: policy } }: Made): string | null {
  return policy ? restartText(policy.Name, policy.MaximumRetryCount) : null;
}

function restartText(name: string, attempts: number): string | null {
  const plain = name === 'any' ? 'always' : name;
  if (plain === '' || plain === 'no' || plain === 'none') return null;
  return attempts > 0 ? `${plain}, ${attempts} times` : plain;
}

/** The engine has a log of its own choice in any case, and adds its own options. */
function logging(
  { logging: wanted }: Rendered,
  { HostConfig: { LogConfig: has } }: Made,
): readonly Setting[] {
  const options = Object.keys(wanted?.options ?? {});
  const hasOptions = Object.entries(has?.Config ?? {}).filter(([name]) => options.includes(name));
  return [
    ...ifSaid('plain', 'log driver', wanted?.driver, has?.Type),
    ...(options.length === 0
      ? []
      : [
          single(
            'hidden',
            'log options',
            canonicalJson(wanted?.options),
            canonicalJson(Object.fromEntries(hasOptions)),
          ),
        ]),
  ];
}

function list(words: readonly string[] | null | undefined): string {
  return (words ?? []).join(', ');
}

/** `name=address` or `name:address`, by Compose's version. */
function hosts(entries: readonly string[] | null | undefined): string {
  const one = (entry: string): string => entry.replace(/^([^:=]+)[:=]/, '$1=').replace(/=\[(.*)\]$/, '=$1');
  return [...(entries ?? [])].map(one).sort().join(', ');
}

function sysctls(
  values: Readonly<Record<string, string | null>> | null | undefined,
): ReadonlyMap<string, string> {
  return new Map(Object.entries(values ?? {}).map(([name, value]) => [`sysctl ${name}`, value ?? '']));
}
