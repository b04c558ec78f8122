import * as z from 'zod';
import type { Host } from '../../../core/ports/host.js';
import { type Container, READ } from '../../docker/container.js';
import { DEFAULTS, type Defaults, MADE, type Made } from './inspected.js';

/** A container as it was made. `defaults`: what its image gave it; null: the image is gone. */
export interface LookedAt {
  readonly made: Made;
  readonly defaults: Defaults | null;
}

/** Looks at containers and the images that they were made from, all at once. Those that are gone are left out. */
export async function lookAtMade(
  host: Host,
  containers: readonly Pick<Container, 'id' | 'imageId'>[],
): Promise<readonly LookedAt[]> {
  if (containers.length === 0) return [];
  const ids = [...new Set(containers.flatMap(({ id, imageId }) => [id, imageId]))];
  const { stdout } = await host.exec(['docker', 'inspect', '--', ...ids], READ);
  const found = z.array(z.record(z.string(), z.unknown())).parse(JSON.parse(stdout || '[]'));
  const isContainer = (one: object): boolean => 'HostConfig' in one;
  const images = new Map(
    z
      .array(z.object({ Id: z.string(), Config: DEFAULTS.nullish() }))
      .parse(found.filter((one) => !isContainer(one)))
      .map(({ Id, Config }) => [Id, Config ?? {}] as const),
  );
  const all = z.array(MADE).parse(found.filter(isContainer));
  return all.map((made) => ({ made, defaults: images.get(made.Image) ?? null }));
}
