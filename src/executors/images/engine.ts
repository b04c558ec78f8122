import * as z from 'zod';
import type { Host } from '../../core/ports/host.js';
import { READ } from '../docker/container.js';

/** What the engine says of itself. */
export interface Engine {
  /** Where it keeps its images. */
  readonly root: string;
  /** Of the images that it runs: `linux/amd64`. */
  readonly platform: string;
  /** Does it speak to this registry without verified TLS? */
  readonly trustsPlain: (registry: string | null) => boolean;
}

/** Null when it gives no such answer. */
export async function engineOf(host: Host): Promise<Engine | null> {
  const result = await host.exec(['docker', 'info', '--format', '{{json .}}'], READ);
  if (!result.ok) return null;
  const parsed = RAW.safeParse(JSON.parse(result.stdout));
  if (!parsed.success) return null;
  const { DockerRootDir: root, OSType, Architecture, RegistryConfig } = parsed.data;
  const { IndexConfigs, InsecureRegistryCIDRs } = RegistryConfig;
  return {
    root,
    platform: `${OSType}/${ARCHITECTURES[Architecture] ?? Architecture}`,
    trustsPlain: (registry) => {
      if (registry === null) return false;
      const isLoopback = /^(?:localhost|127\.\d+\.\d+\.\d+)(?::\d+)?$/.test(registry);
      return (
        (isLoopback && InsecureRegistryCIDRs.includes('127.0.0.0/8')) ||
        IndexConfigs[registry]?.Secure === false
      );
    },
  };
}

/** The kernel's names, as images have them. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv7l: 'arm/v7',
  armv6l: 'arm/v6',
  i386: '386',
  i686: '386',
};

const RAW = z.object({
  DockerRootDir: z.string().startsWith('/'),
  OSType: z.string(),
  Architecture: z.string(),
  RegistryConfig: z.object({
    IndexConfigs: z
      .record(z.string(), z.object({ Secure: z.boolean() }))
      .nullish()
      .transform((all) => all ?? {}),
    InsecureRegistryCIDRs: z
      .array(z.string())
      .nullish()
      .transform((all) => all ?? []),
  }),
});
