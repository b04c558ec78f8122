import type { InspectedContainer } from './inspected.js';
import { mountsKept } from './mounts.js';
import { sharesNetwork, type TwinSpec } from './spec.js';

/** What the engine is asked to create. */
export type CreateBody = Readonly<Record<string, unknown>>;

/**
 * The twin of a container: the same image, environment, volumes and limits, so that it can take its place. It has no network,
 * isn't started with the engine, and has the labels of nobody else's.
 */
export function twinBody(
  container: InspectedContainer,
  labels: Readonly<Record<string, string>>,
  imageLabels: readonly string[],
): CreateBody {
  const { Config, HostConfig, Image } = container;
  const { MacAddress: _, Hostname: __, ...config } = Config;
  return {
    ...config,
    Image,
    Labels: { ...emptied(imageLabels), ...labels },
    HostConfig: {
      ...HostConfig,
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      AutoRemove: false,
      NetworkMode: 'none',
      PidMode: '',
      IpcMode: '',
      Binds: null,
      Mounts: mountsKept(container),
      Links: null,
      VolumesFrom: null,
    },
  };
}

/** What Compose builds carries its labels too, and Compose must not take a twin for a container of its own. */
function emptied(imageLabels: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    imageLabels.filter((name) => name.startsWith('com.docker.compose.')).map((name) => [name, '']),
  );
}

/** What takes the place of the container that a twin was made of, connected to the first of its networks only. */
export function bodyBack(
  twin: InspectedContainer,
  spec: TwinSpec,
  image: string,
  namespaces: Readonly<Record<'NetworkMode' | 'PidMode' | 'IpcMode', string>>,
): CreateBody {
  const { Labels: _, Hostname: __, ExposedPorts, ...config } = twin.Config;
  const first = firstNetwork(spec);
  const shares = sharesNetwork(namespaces.NetworkMode);
  return {
    ...config,
    ...spec.config,
    // An image's own come with the image; with another's network, the engine takes none.
    ...(shares ? {} : { ExposedPorts }),
    ...(spec.hostname === null ? {} : { Hostname: spec.hostname }),
    Image: image,
    Labels: spec.labels,
    HostConfig: { ...twin.HostConfig, ...spec.hostConfig, ...namespaces },
    ...(first === null || shares
      ? {}
      : { NetworkingConfig: { EndpointsConfig: { [first.name]: first.endpoint } } }),
  };
}

/** The one that its network mode names; the others are connected afterwards. */
export function firstNetwork({ networks, hostConfig }: TwinSpec): TwinSpec['networks'][number] | null {
  const mode = hostConfig.NetworkMode === 'default' ? 'bridge' : hostConfig.NetworkMode;
  return networks.find(({ name }) => name === mode) ?? networks[0] ?? null;
}
