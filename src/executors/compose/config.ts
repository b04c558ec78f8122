import * as z from 'zod';
import { type ServiceTraits, TRAITS, traitsOf } from './traits.js';

/** One service of a Compose file, as Compose itself reads it. */
export interface ComposeService {
  readonly name: string;
  /** The image as the file names it, or as Compose names what it builds. */
  readonly image: string;
  /** Where new versions of the image come from. */
  readonly source: 'registry' | 'registry_or_build' | 'local';
  /** The file says how it is built here. */
  readonly isBuilt: boolean;
  readonly platform: string | null;
  /** How many containers the file asks for. */
  readonly replicas: number;
  readonly containerName: string | null;
  /** Host ports as the file names them: `8080`, `8080-8085`; without those that Docker chooses. */
  readonly hostPorts: readonly string[];
  readonly dependsOn: readonly string[];
  /** It is part of the stack only while one of them is on; empty: always. */
  readonly profiles: readonly string[];
  /** Services whose network, process or IPC namespace it uses: it breaks when their containers are replaced. */
  readonly livesIn: readonly string[];
  /**
   * What Compose writes into the label `config-hash` of containers made from this configuration. Empty when
   * that can't be known: in a service that lives in another one's namespace it depends on that container's id.
   */
  readonly hashes: readonly string[];
  /** sha256 of the rendered configuration without the image. */
  readonly rendered: string;
  readonly traits: ServiceTraits;
}

const SERVICE = z.object({
  image: z.string().optional(),
  build: z.unknown().optional(),
  pull_policy: z.string().optional(),
  platform: z.string().optional(),
  scale: z.number().optional(),
  deploy: z.looseObject({ replicas: z.number().optional() }).nullish(),
  container_name: z.string().optional(),
  profiles: z.array(z.string()).nullish(),
  ...TRAITS,
});

/** What `docker compose config --format json` prints; the rest of it is kept as it is. */
export const CONFIG = z.looseObject({
  name: z.string(),
  services: z.record(z.string(), z.record(z.string(), z.unknown())).nullish(),
});
export type Config = z.output<typeof CONFIG>;

/** The image of a service, as the file or Compose names it. */
export function imageOf({ name: project, services }: Config, name: string): string {
  const image = services?.[name]?.image;
  return typeof image === 'string' ? image : builtName(project, name);
}

/** As Compose names what it builds. */
function builtName(project: string, name: string): string {
  return `${project}-${name}`;
}

/** One service of the rendered configuration. */
export function serviceOf(
  project: string,
  name: string,
  rendered: unknown,
  known: Pick<ComposeService, 'hashes' | 'rendered'>,
): ComposeService {
  const raw = SERVICE.parse(rendered);
  const livesIn = [raw.network_mode, raw.pid, raw.ipc].flatMap((mode) =>
    mode?.startsWith('service:') ? [mode.slice('service:'.length)] : [],
  );
  return {
    name,
    image: raw.image ?? builtName(project, name),
    source: sourceOf(raw),
    isBuilt: raw.build != null,
    platform: raw.platform ?? null,
    replicas: raw.scale ?? raw.deploy?.replicas ?? 1,
    profiles: raw.profiles ?? [],
    containerName: raw.container_name ?? null,
    hostPorts: (raw.ports ?? []).flatMap(({ published = '' }) => (/^0*$/.test(published) ? [] : [published])),
    dependsOn: Object.keys(raw.depends_on ?? {}),
    livesIn,
    ...known,
    hashes: livesIn.length === 0 ? known.hashes : [],
    traits: traitsOf(raw),
  };
}

/** Was a container with this `config-hash` made from another configuration than the file has now, or another image? */
export function isConfigChanged({ hashes }: ComposeService, configHash: string): boolean {
  return hashes.length > 0 && !hashes.includes(configHash);
}

function sourceOf({ image, build, pull_policy: policy }: z.output<typeof SERVICE>): ComposeService['source'] {
  if (image === undefined || policy === 'never' || policy === 'build') return 'local';
  return build ? 'registry_or_build' : 'registry';
}

/** `name hash` lines of `docker compose config --hash '*'`. */
export function parseHashes(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [name, hash] = line.trim().split(/\s+/);
      return name && hash ? [[name, hash] as const] : [];
    }),
  );
}

/**
 * The configuration with each service once more, under another name, without any `depends_on`. `up --no-deps` makes
 * containers from that, and before Compose 2.30 their hash differs from that of containers which a plain `up` made. A
 * service's name is not in its hash.
 */
export function besideWithoutDependencies(config: Config): {
  readonly both: Config;
  readonly otherOf: (service: string) => string;
} {
  const services = Object.entries(config.services ?? {});
  const longest = Math.max(0, ...services.map(([name]) => name.length));
  // Longer than any name, so that none of the services is called so.
  const otherOf = (service: string): string => `${service}.${'x'.repeat(longest)}`;
  const others = services.map(([name, { depends_on: _, ...rest }]) => [otherOf(name), rest]);
  return {
    both: { ...config, services: { ...config.services, ...Object.fromEntries(others) } },
    otherOf,
  };
}
