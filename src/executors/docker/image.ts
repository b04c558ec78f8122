import * as z from 'zod';
import type { Host } from '../../core/ports/host.js';
import { failure, type Inspected, READ } from './container.js';

/** An image of this host. */
export interface Image {
  /** `sha256:…` */
  readonly id: string;
  /** Digests under which registries know it, `sha256:…` without the repository; empty when it was never pulled or pushed. */
  readonly digests: readonly string[];
  /** The repositories of these digests, as Docker shortens them. */
  readonly repositories: readonly string[];
  /** `linux/amd64`, `linux/arm/v7` */
  readonly platform: string;
  /** What its label `org.opencontainers.image.version` says; null without. Hostile text. */
  readonly version: string | null;
}

/** Looks one image up by id, tag or digest. Reads only; goes on when the run is stopped. */
export async function inspectImage(host: Host, reference: string): Promise<Inspected<Image>> {
  const result = await host.exec(['docker', 'image', 'inspect', '--', reference], READ);
  if (!result.ok) return failure(result);
  const [raw] = z.array(RAW).parse(JSON.parse(result.stdout));
  if (!raw) return { state: 'missing' };
  const known = (raw.RepoDigests ?? []).map((name) => name.split('@'));
  const digests = known.map(([, digest = '']) => digest);
  const repositories = known.map(([repository = '']) => repository);
  return {
    state: 'found',
    value: {
      id: raw.Id,
      digests,
      repositories,
      platform: platformOf(raw),
      version: raw.Config?.Labels?.[VERSION]?.trim().slice(0, LONGEST_VERSION) || null,
    },
  };
}

const VERSION = 'org.opencontainers.image.version';
/** Characters of one that people are shown. */
const LONGEST_VERSION = 40;

const RAW = z.object({
  Id: z.string(),
  RepoDigests: z.array(z.string()).nullish(),
  Os: z.string().default(''),
  Architecture: z.string().default(''),
  Variant: z.string().default(''),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
});

function platformOf({ Os, Architecture, Variant }: z.output<typeof RAW>): string {
  return [Os, Architecture, Variant].filter((part) => part !== '').join('/');
}
