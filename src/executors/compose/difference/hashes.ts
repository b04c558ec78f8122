import type { Host } from '../../../core/ports/host.js';
import { READ } from '../../docker/container.js';
import type { Config } from '../config.js';
import type { ServiceContainer } from '../containers.js';
import { type ComposeProject, hashesOf } from '../project.js';

/**
 * What Compose would write into the label `config-hash` if nothing but images had changed: with the images that the
 * containers were made from, and in the containers whose namespaces they use.
 */
export async function hashesAsMade(
  host: Host,
  { inputs, config }: ComposeProject,
  containers: readonly ServiceContainer[],
): Promise<(service: string) => readonly string[]> {
  const services = Object.entries(config.services ?? {}).map(([name, service]) => {
    const image = containers.find((container) => container.service === name)?.imageRef;
    return [name, { ...service, ...(image === undefined || !service.image ? {} : { image }) }];
  });
  const asMade = { ...config, services: Object.fromEntries(services) };
  return hashesInPlace(host, { inputs, config: asMade }, containers);
}

/** What Compose writes into that label while the services' namespaces are those of these containers. */
export function hashesInPlace(
  host: Host,
  { inputs, config }: Pick<ComposeProject, 'inputs' | 'config'>,
  containers: readonly ServiceContainer[],
): Promise<(service: string) => readonly string[]> {
  const firstOf = (service: string) => containers.find((container) => container.service === service);
  const services = Object.entries(config.services ?? {}).map(([name, service]) => [
    name,
    inPlace(service, firstOf),
  ]);
  return hashesOf(host, inputs, { ...config, services: Object.fromEntries(services) });
}

type Service = NonNullable<Config['services']>[string];

const SPACES = ['network_mode', 'pid', 'ipc'] as const;

/** Compose puts the container in the place of `service:name` before it makes the hash. */
function inPlace(
  service: Service,
  firstOf: (service: string) => Pick<ServiceContainer, 'id'> | undefined,
): Service {
  const changed = SPACES.flatMap((space) => {
    const [, name] = /^service:(.*)$/s.exec(String(service[space] ?? '')) ?? [];
    const id = name === undefined ? undefined : firstOf(name)?.id;
    return id === undefined ? [] : [[space, `container:${id}`] as const];
  });
  return { ...service, ...Object.fromEntries(changed) };
}

/** Does the service use a namespace of another service? */
export function livesInService(service: Service): boolean {
  return SPACES.some((space) => String(service[space] ?? '').startsWith('service:'));
}

/** `2.26.1`; null where Compose does not say. */
export async function composeVersion(host: Host): Promise<string | null> {
  const { ok, stdout } = await host.exec(['docker', 'compose', 'version', '--short'], READ);
  return (ok && /^v?(\d[\w.]*)/.exec(stdout.trim())?.[1]) || null;
}
