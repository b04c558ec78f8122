import type { Host } from '../../core/ports/host.js';
import { type Container, type Inspected, listContainers } from '../docker/container.js';

const LABEL = 'com.docker.compose';

/** A container that Compose made for a service. */
export interface ServiceContainer extends Container {
  readonly project: string;
  readonly service: string;
  /** Its number within the service; names end in it. */
  readonly number: number;
  readonly configHash: string;
}

/** Did Compose make it for a service, and not for a command that runs once? */
export function isOfService({ labels }: Container): boolean {
  return `${LABEL}.project` in labels && labels[`${LABEL}.oneoff`] === 'False';
}

/** The containers of a project among all of the engine, by service and number. */
export function containersOf(all: readonly Container[], project: string): readonly ServiceContainer[] {
  return all
    .filter(isOfService)
    .map(ofService)
    .filter((container) => container.project === project)
    .sort(byNumber);
}

/** The containers of a project, or of one of its services, running or not, by service and number. */
export async function serviceContainers(
  host: Host,
  project: string,
  service?: string,
): Promise<Inspected<readonly ServiceContainer[]>> {
  const labels = [
    `project=${project}`,
    'oneoff=False',
    ...(service === undefined ? [] : [`service=${service}`]),
  ];
  const filters = labels.flatMap((label) => ['--filter', `label=${LABEL}.${label}`]);
  const inspected = await listContainers(host, ['-a', ...filters]);
  if (inspected.state !== 'found') return inspected;
  return { state: 'found', value: inspected.value.map(ofService).sort(byNumber) };
}

/** With what its labels say of the service. */
export function ofService(container: Container): ServiceContainer {
  const label = (name: string): string => container.labels[`${LABEL}.${name}`] ?? '';
  return {
    ...container,
    project: label('project'),
    service: label('service'),
    number: Number(label('container-number')),
    configHash: label('config-hash'),
  };
}

function byNumber(a: ServiceContainer, b: ServiceContainer): number {
  if (a.service !== b.service) return a.service < b.service ? -1 : 1;
  return a.number - b.number;
}
