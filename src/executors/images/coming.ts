import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { Host } from '../../core/ports/host.js';
import type { ComposeService } from '../compose/config.js';
import { type Image, inspectImage } from '../docker/image.js';
import { familiarRepository, registryOf } from './name.js';
import type { Registries, Resolved } from './registry.js';

/** What a service's containers would be made from now. */
export type Coming =
  /** By this digest, from its registry. */
  | { readonly from: 'registry'; readonly digest: string }
  /** As it is on this host. */
  | { readonly from: 'host'; readonly imageId: string; readonly version: string | null }
  /** Nobody knows, so the service is kept as it is; the notice says why, and what to do. */
  | { readonly from: 'unknown'; readonly notice: Notice };

/**
 * The image that a rollout of this service leads to. `pull_policy` counts as in `docker compose pull`: `never` and `build`
 * ask no registry, all others do. What was built here under a registry's name is compared with the image of this host,
 * which a registry that happens to have the name never replaces.
 */
export async function comingImage(
  host: Host,
  registries: Registries,
  service: ComposeService,
): Promise<Coming> {
  const { image, source } = service;
  if (source === 'registry') return fromRegistry(host, image, await registries.digestOf(image));
  const found = await inspectImage(host, image);
  if (found.state === 'failed') {
    const message = phrase`Docker couldn’t look up ${code(image)}: ${code(found.why)}.`;
    return { from: 'unknown', notice: notice('docker_unreachable', message) };
  }
  const local = found.state === 'found' ? found.value : null;
  if (local !== null && (source === 'local' || !isOfRegistry(local, image))) {
    return { from: 'host', imageId: local.id, version: local.version };
  }
  if (source === 'local') return { from: 'unknown', notice: notHere(service) };
  const answer = await registries.digestOf(image);
  if (answer.ok) return { from: 'registry', digest: answer.digest };
  if (local !== null && answer.cause === 'missing')
    return { from: 'host', imageId: local.id, version: local.version };
  return {
    from: 'unknown',
    notice: local === null && answer.cause === 'missing' ? notHere(service) : answer.notice,
  };
}

async function fromRegistry(host: Host, image: string, answer: Resolved): Promise<Coming> {
  if (answer.ok) return { from: 'registry', digest: answer.digest };
  const hides = answer.cause === 'missing' || answer.cause === 'login' || answer.cause === 'denied';
  // Docker Hub tells a private image from none at all only to those who can see it.
  if (hides && registryOf(image) === null) {
    const local = await inspectImage(host, image);
    if (local.state === 'found' && !isOfRegistry(local.value, image))
      return { from: 'unknown', notice: onlyHere(image) };
  }
  return { from: 'unknown', notice: answer.notice };
}

/** Was it pulled from its registry, or pushed there? */
function isOfRegistry({ repositories }: Image, image: string): boolean {
  return repositories.includes(familiarRepository(image));
}

function notHere({ name, image, isBuilt }: ComposeService): Notice {
  return isBuilt
    ? notice(
        'image_unbuilt',
        phrase`${code(image)} is built on this host, and isn’t here.`,
        phrase`Build it with ${code(`docker compose build ${name}`)}; a rollout builds nothing.`,
      )
    : notice(
        'image_local_only',
        phrase`${code(image)} isn’t on this host, and ${code('pull_policy: never')} lets nothing be pulled.`,
        phrase`Load or build it under this name, or remove ${code('pull_policy')} from the Compose file.`,
      );
}

function onlyHere(image: string): Notice {
  return notice(
    'image_local_only',
    phrase`${code(image)} is only on this host: Docker Hub has no such image that this host can see.`,
  );
}
