import type { Made } from './inspected.js';
import type { Rendered } from './rendered.js';
import { type Compare, members, single } from './setting.js';

/** What a container may do that others may not. */
export const comparePrivileges: Compare = (service, made) => {
  const { HostConfig: host } = made;
  return [
    single('privileged', 'privileged', service.privileged ? 'on' : null, host.Privileged ? 'on' : null),
    ...members('capability', capabilities(service.cap_add), capabilities(host.CapAdd)),
    ...members('dropped', capabilities(service.cap_drop), capabilities(host.CapDrop)),
    ...members('security', (service.security_opt ?? []).map(optionOf), optionsMade(service, made)),
    ...members('device', devices(service), devicesMade(made)),
    ...members('plain', groups(service.group_add), groups(host.GroupAdd)),
    single('plain', 'read-only root', service.read_only ? 'on' : null, host.ReadonlyRootfs ? 'on' : null),
  ];
};

/** Compose 2.40 lets the engine write them out, earlier versions don't. */
function capabilities(names: readonly string[] | null | undefined): readonly string[] {
  return (names ?? []).map((name) => name.toUpperCase().replace(/^CAP_/, ''));
}

/** A profile is named by its file in the Compose file, and is there in full in a container. */
function optionOf(option: string): string {
  const [name = '', ...rest] = option.split(/[:=]/);
  const value = rest.join('=');
  if (name === 'no-new-privileges') return value === 'false' ? 'no-new-privileges=false' : name;
  return name === 'seccomp' && value !== 'unconfined' ? 'seccomp profile' : `${name}=${value}`;
}

function optionsMade(service: Rendered, { HostConfig: host }: Made): readonly string[] {
  const isOwn = (option: string): boolean =>
    // The engine adds it to containers that are privileged, or in the host's namespaces.
    option !== 'label=disable' || (service.security_opt ?? []).map(optionOf).includes(option);
  return (host.SecurityOpt ?? []).map(optionOf).filter(isOwn);
}

function devices(service: Rendered): readonly string[] {
  const plain = (service.devices ?? []).map((device) => {
    if (typeof device !== 'string') return deviceText(device.source, device.target, device.permissions);
    const [source = '', target, permissions] = device.split(':');
    return deviceText(source, target, permissions);
  });
  const requests = [...(service.gpus ?? []), ...(service.deploy?.resources?.reservations?.devices ?? [])];
  const asked = requests.map(({ driver, count, device_ids: ids, capabilities: wanted }) =>
    requestText(driver, ids?.length ? 0 : count === 'all' || !count ? -1 : Number(count), ids, wanted),
  );
  return [...plain, ...(service.device_cgroup_rules ?? []), ...asked];
}

function devicesMade({ HostConfig: host }: Made): readonly string[] {
  return [
    ...(host.Devices ?? []).map((one) =>
      deviceText(one.PathOnHost, one.PathInContainer, one.CgroupPermissions),
    ),
    ...(host.DeviceCgroupRules ?? []),
    ...(host.DeviceRequests ?? []).map(({ Driver, Count, DeviceIDs, Capabilities }) =>
      requestText(Driver, Count ?? 0, DeviceIDs, Capabilities?.[0]),
    ),
  ];
}

function deviceText(source: string, target?: string | null, permissions?: string | null): string {
  const to = target || source;
  return `${source}${to === source ? '' : ` → ${to}`}${!permissions || permissions === 'rwm' ? '' : ` (${permissions})`}`;
}

function requestText(
  driver: string | null | undefined,
  count: number,
  ids: readonly string[] | null | undefined,
  wanted: readonly string[] | null | undefined,
): string {
  const which = ids?.length ? ids.join(', ') : count === -1 ? 'all' : String(count);
  const kinds = [...(wanted ?? [])].filter((kind) => kind !== 'gpu' || (wanted ?? []).length === 1);
  return `${driver || 'device'} ${kinds.sort().join(', ')} (${which})`;
}

function groups(names: readonly string[] | null | undefined): readonly string[] {
  return (names ?? []).map((name) => `group ${name}`);
}
