import type { RunContext } from '../../core/ports/executor.js';
import { type Image, inspectImage } from '../docker/image.js';
import { type PullFault, pullImage } from '../images/pull.js';
import type { Pull } from '../images/pull-data.js';
import type { Replacement } from './data.js';

export type Fault = PullFault;

/** What is fetched for a service; null when nothing is. */
export function pullOf({ pull, image, platform, layers }: Replacement): Pull | null {
  return pull === null ? null : { image, pull, platform, layers };
}

/** Fetches an image by the digest that was shown; what another service of the run fetched already is here. */
export async function pull(replacement: Replacement, ctx: RunContext): Promise<Fault | null> {
  const image = pullOf(replacement);
  return image === null ? null : pullImage(image, ctx);
}

/** The image that the new containers get; null when it is not on this host. */
export async function newImage({ pull, localId }: Replacement, ctx: RunContext): Promise<Image | null> {
  const found = await inspectImage(ctx.host, pull ?? localId ?? '');
  return found.state === 'found' ? found.value : null;
}
