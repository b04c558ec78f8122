import * as z from 'zod';
import type { Host } from '../../core/host.js';
import { failure, type Inspected, READ } from './container.js';

/** An image of this host. */
export interface Image {
  /** `sha256:…` */
  readonly id: string;
  /** Digests under which registries know it, `sha256:…` without the repository; empty when it was never pulled or pushed. */
  readonly digests: readonly string[];
  /** The repositories of these digests, as Docker shortens them. */
  readonly repositories: readonly string[];
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
  return { state: 'found', value: { id: raw.Id, digests, repositories } };
}

const RAW = z.object({ Id: z.string(), RepoDigests: z.array(z.string()).nullish() });
