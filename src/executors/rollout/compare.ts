import type { Host } from '../../core/host.js';
import { code, type Phrase, phrase } from '../../core/phrase.js';
import { type Notice, notice } from '../../core/reasons.js';
import type { ComposeService } from '../compose/config.js';
import type { ServiceContainer } from '../compose/containers.js';
import type { Change } from '../compose/difference/read.js';
import { changeOf, type ServiceChange } from '../compose/difference/service.js';
import { type Ends, hasEnded } from '../compose/verdict.js';
import { inspectImage } from '../docker/image.js';
import { comingImage } from '../images/coming.js';
import { byDigest } from '../images/name.js';
import type { Registries } from '../images/registry.js';
import type { Replacement } from './data.js';
import { imageChange } from './image-change.js';

/** What a rollout finds of one service. */
export type Comparison =
  | { readonly state: 'off'; readonly service: string }
  /** The bot needs it to live; `why` is a clause without a full stop. */
  | { readonly state: 'ground'; readonly service: string; readonly why: Phrase }
  | (Running & {
      /** What would come isn't known, so nothing of it is touched. */
      readonly state: 'kept';
      readonly image: string;
      readonly why: Notice;
    })
  | (Running & {
      readonly state: 'current' | 'changes';
      /** The image's name changed for other platforms than this engine's. */
      readonly isElsewhere?: true;
    });

/** A service with containers that run. */
interface Running {
  readonly service: string;
  readonly containers: readonly ServiceContainer[];
  readonly change: ServiceChange;
  readonly replacement: Replacement;
  readonly warnings: readonly Notice[];
}

/** Compares what runs with what would run after the pull. Reads only. */
export async function compare(
  host: Host,
  registries: Registries,
  service: ComposeService,
  existing: readonly ServiceContainer[],
  changes: ReadonlyMap<string, Change>,
  ends: Ends,
): Promise<Comparison> {
  const { name } = service;
  const containers = existing.filter((container) => isUp(container) || isJobDone(container, ends));
  const [first] = containers;
  if (!first) return { state: 'off', service: name };
  const coming = await comingImage(host, registries, service);
  const old = await inspectImage(host, first.imageId);
  const oldImage = old.state === 'found' ? old.value : { id: first.imageId, digests: [] };
  const [oldDigest] = oldImage.digests;
  const change = changeOf(containers.map(({ id }) => changes.get(id)));
  const running = { service: name, containers, change, warnings: [] };
  const replacement = {
    service: name,
    image: service.image,
    pull: coming.from === 'registry' ? byDigest(service.image, coming.digest) : null,
    platform: service.platform,
    layers: null,
    localId: coming.from === 'registry' ? null : coming.from === 'host' ? coming.imageId : oldImage.id,
    reasons: [],
    livesIn: service.livesIn,
    dependsOn: service.dependsOn,
    strategy: 'all_at_once' as const,
    ends: endsNow(containers, ends),
    replicas: containers.length,
    rendered: service.rendered,
    changes: change.words,
    oldRef: first.imageRef,
    oldId: oldImage.id,
    oldDigest: oldDigest === undefined ? null : byDigest(first.imageRef, oldDigest),
  };
  if (coming.from === 'unknown') {
    return { ...running, state: 'kept', image: service.image, why: coming.notice, replacement };
  }
  const imageIds = [...new Set(containers.map(({ imageId }) => imageId))];
  const image = await imageChange(host, registries, service, oldImage, coming);
  const newImage = imageIds.length > 1 || image.isNew;
  const isCurrent = !newImage && !change.isChanged;
  return {
    ...running,
    state: isCurrent ? 'current' : 'changes',
    ...(image.isElsewhere ? { isElsewhere: true as const } : {}),
    warnings: warningsOf(service, existing, containers, imageIds.length > 1),
    replacement: {
      ...replacement,
      ...(isCurrent && image.isElsewhere ? { pull: null, localId: oldImage.id } : { layers: image.layers }),
      reasons: [
        ...(newImage ? ['image' as const] : []),
        ...(change.isChanged ? ['configuration' as const] : []),
      ],
    },
  };
}

function isUp({ status }: ServiceContainer): boolean {
  return status === 'running' || status === 'restarting' || status === 'paused';
}

/** A job that others wait for runs again whatever became of it; one that a way back made again has not run since. */
function isJobDone(container: ServiceContainer, ends: Ends): boolean {
  return ends === 'must' || hasEnded(container, ends) || (ends === 'may' && container.status === 'created');
}

/** What had ended has to end again. */
function endsNow(containers: readonly ServiceContainer[], ends: Ends): Ends {
  return ends === 'may' && containers.every((container) => isJobDone(container, ends)) ? 'must' : ends;
}

function warningsOf(
  service: ComposeService,
  existing: readonly ServiceContainer[],
  running: readonly ServiceContainer[],
  isMixed: boolean,
): readonly Notice[] {
  const name = code(service.name);
  const stopped = existing.filter((container) => !running.includes(container)).map(({ name }) => name);
  return [
    ...(isMixed
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
