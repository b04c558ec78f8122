import * as z from 'zod';
import { CircuitOpenError } from '../../core/ports/circuit.js';
import type { ExecResult, Host } from '../../core/ports/host.js';
import { READ } from '../docker/container.js';
import type { Engine } from './engine.js';
import { byDigest, registryOf } from './name.js';
import type { Layer } from './pull-data.js';

/** What an image is made of, on one platform. */
export interface Manifest {
  /** The digest of its configuration, which is the image's id once it is here. */
  readonly imageId: string;
  readonly layers: readonly Layer[];
}

/**
 * The manifest that a pull of `repository@sha256:…` leads to on this engine; null when that can't be found out. The
 * docker command asks by itself, with the credentials of the bot's user: where only the engine reaches a registry (its
 * proxy, its mirrors, its certificates) there's no answer, which nothing but a number depends on.
 */
export async function manifestOf(
  host: Host,
  engine: Engine,
  reference: string,
  platform: string | null,
): Promise<Manifest | null> {
  const found = await inspect(host, engine, reference);
  if (found === null) return null;
  if ('config' in found) return ofManifest(found);
  const wanted = platform ?? engine.platform;
  const matching = found.manifests.filter((one) => isFor(one.platform, wanted));
  const [chosen] = matching.length > 0 ? matching : [];
  if (!chosen) return null;
  const image = await inspect(host, engine, byDigest(reference, chosen.digest));
  return image !== null && 'config' in image ? ofManifest(image) : null;
}

function ofManifest({ config, layers }: z.output<typeof IMAGE>): Manifest {
  return { imageId: config.digest, layers: layers.map(({ digest, size }) => ({ digest, size })) };
}

/** An image without a variant is for every one; the engine takes the first that fits. */
function isFor({ os, architecture, variant }: z.output<typeof PLATFORM>, wanted: string): boolean {
  const [wantedOs, wantedArchitecture, wantedVariant] = wanted.split('/');
  const sameVariant = !variant || !wantedVariant || variant === wantedVariant;
  return os === wantedOs && architecture === wantedArchitecture && sameVariant;
}

async function inspect(
  host: Host,
  engine: Engine,
  reference: string,
): Promise<z.output<typeof IMAGE> | z.output<typeof INDEX> | null> {
  const plain = engine.trustsPlain(registryOf(reference)) ? ['--insecure'] : [];
  const argv = ['docker', 'manifest', 'inspect', ...plain, '--', reference];
  let result: ExecResult;
  try {
    result = await host.exec(argv, READ);
  } catch (error) {
    if (error instanceof CircuitOpenError) return null;
    throw error;
  }
  if (!result.ok) return null;
  const parsed = z.union([IMAGE, INDEX]).safeParse(JSON.parse(result.stdout));
  return parsed.success ? parsed.data : null;
}

const IMAGE = z.object({
  config: z.object({ digest: z.string() }),
  layers: z.array(z.object({ digest: z.string(), size: z.number() })),
});
const PLATFORM = z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() });
const INDEX = z.object({ manifests: z.array(z.object({ digest: z.string(), platform: PLATFORM })) });
