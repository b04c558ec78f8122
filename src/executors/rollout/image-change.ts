import type { Host } from '../../core/ports/host.js';
import type { ComposeService } from '../compose/config.js';
import { type Image, inspectImage } from '../docker/image.js';
import type { Coming } from '../images/coming.js';
import { byDigest } from '../images/name.js';
import type { Layer } from '../images/pull-data.js';
import type { Registries } from '../images/registry.js';

/** How the image that would come differs from the one that runs. */
export interface ImageChange {
  readonly isNew: boolean;
  /** The name stands for another digest, and on this engine's platform still for the image that runs. */
  readonly isElsewhere: boolean;
  /** What has to be downloaded; null: not known. */
  readonly layers: readonly Layer[] | null;
  /** The version that its label names, where it is on this host already. */
  readonly version: string | null;
}

const SAME: ImageChange = { isNew: false, isElsewhere: false, layers: [], version: null };

/** Asks a registry for the manifest only where neither the digest nor an image of this host tells. */
export async function imageChange(
  host: Host,
  registries: Registries,
  { image, platform }: Pick<ComposeService, 'image' | 'platform'>,
  old: Pick<Image, 'id' | 'digests'>,
  coming: Exclude<Coming, { from: 'unknown' }>,
): Promise<ImageChange> {
  if (coming.from === 'host') return { ...SAME, isNew: old.id !== coming.imageId, version: coming.version };
  if (old.digests.includes(coming.digest)) return SAME;
  const reference = byDigest(image, coming.digest);
  const here = await inspectImage(host, reference);
  if (here.state === 'found') {
    const { id, version } = here.value;
    return { ...SAME, isNew: id !== old.id, version };
  }
  const manifest = await registries.manifestOf(reference, platform);
  const isElsewhere = manifest?.imageId === old.id;
  return { isNew: !isElsewhere, isElsewhere, layers: manifest?.layers ?? null, version: null };
}
