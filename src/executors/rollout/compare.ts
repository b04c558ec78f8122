import type { Host } from '../../core/host.js';
import { code, phrase } from '../../core/phrase.js';
import { type Notice, notice } from '../../core/reasons.js';
import { type ComposeService, isConfigChanged } from '../compose/config.js';
import type { ServiceContainer } from '../compose/containers.js';
import { type Image, inspectImage } from '../docker/image.js';
import { byDigest, registryDigest } from '../images/registry.js';
import type { Replacement } from './data.js';

/** What a rollout finds of one service. */
export type Comparison =
  | { readonly state: 'off'; readonly service: string }
  | { readonly state: 'blocked'; readonly service: string; readonly notice: Notice }
  | {
      readonly state: 'current' | 'changes';
      readonly service: string;
      readonly containers: readonly ServiceContainer[];
      readonly replacement: Replacement;
      readonly warnings: readonly Notice[];
    };

/** What the service's containers would be made from: by digest from the registry, or from this host. */
type Coming =
  | { readonly ok: true; readonly digest: string | null; readonly localId: string | null }
  | { readonly ok: false; readonly notice: Notice };

/** Compares what runs with what would run after the pull. Reads only. */
export async function compare(
  host: Host,
  service: ComposeService,
  existing: readonly ServiceContainer[],
): Promise<Comparison> {
  const { name } = service;
  const containers = existing.filter(
    ({ status }) => status === 'running' || status === 'restarting' || status === 'paused',
  );
  const [first] = containers;
  if (!first) return { state: 'off', service: name };
  const coming = await comingImage(host, service);
  if (!coming.ok) return { state: 'blocked', service: name, notice: coming.notice };
  const old = await inspectImage(host, first.imageId);
  const oldImage = old.state === 'found' ? old.value : { id: first.imageId, digests: [] };
  const imageIds = [...new Set(containers.map(({ imageId }) => imageId))];
  const newImage = imageIds.length > 1 || !(await isSame(host, service, oldImage, coming));
  const newConfig = containers.some(({ configHash }) => isConfigChanged(service, configHash));
  const [oldDigest] = oldImage.digests;
  return {
    state: newImage || newConfig ? 'changes' : 'current',
    service: name,
    containers,
    warnings: warningsOf(service, existing, containers, { newConfig, mixed: imageIds.length > 1 }),
    replacement: {
      service: name,
      image: service.image,
      pull: coming.digest === null ? null : byDigest(service.image, coming.digest),
      platform: service.platform,
      localId: coming.localId,
      reasons: [...(newImage ? ['image' as const] : []), ...(newConfig ? ['configuration' as const] : [])],
      livesIn: service.livesIn,
      replicas: containers.length,
      oldId: oldImage.id,
      oldDigest: oldDigest === undefined ? null : byDigest(first.imageRef, oldDigest),
    },
  };
}

async function comingImage(host: Host, { image, name, source }: ComposeService): Promise<Coming> {
  if (source !== 'local') {
    const resolved = await registryDigest(host, image);
    if (resolved.ok) return { ok: true, digest: resolved.digest, localId: null };
    if (source === 'registry' || !resolved.missing) return { ok: false, notice: resolved.notice };
  }
  const local = await inspectImage(host, image);
  if (local.state === 'found') return { ok: true, digest: null, localId: local.value.id };
  const message = phrase`The image of ${code(name)}, ${code(image)}, is built on this host, and is not there.`;
  const remedy = phrase`Build it with ${code(`docker compose build ${name}`)}; a rollout builds nothing.`;
  return { ok: false, notice: notice('image_missing', message, remedy) };
}

/** The digest under which the running image was pulled is the one that comes, or both are one image here. */
async function isSame(
  host: Host,
  { image }: ComposeService,
  old: Image,
  { digest, localId }: Extract<Coming, { ok: true }>,
): Promise<boolean> {
  if (digest === null) return old.id === localId;
  if (old.digests.includes(digest)) return true;
  const here = await inspectImage(host, byDigest(image, digest));
  return here.state === 'found' && here.value.id === old.id;
}

function warningsOf(
  service: ComposeService,
  existing: readonly ServiceContainer[],
  running: readonly ServiceContainer[],
  found: { readonly newConfig: boolean; readonly mixed: boolean },
): readonly Notice[] {
  const name = code(service.name);
  const stopped = existing.filter((container) => !running.includes(container)).map(({ name }) => name);
  return [
    ...(found.newConfig
      ? [
          notice(
            'config_changed',
            phrase`The configuration of ${name} changed since its containers were made. If they fail, the old image is put back, but with the new configuration: Compose keeps no old one.`,
          ),
        ]
      : []),
    ...(found.mixed
      ? [notice('image_differs', phrase`The containers of ${name} do not all run the same image now.`)]
      : []),
    ...(stopped.length > 0
      ? [
          notice(
            'image_differs',
            phrase`${code(stopped.join(', '))} does not run: it is removed when ${name} is replaced.`,
          ),
        ]
      : []),
  ];
}
