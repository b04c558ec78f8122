import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { Host } from '../../core/ports/host.js';
import type { ComposeService } from '../compose/config.js';
import type { ServiceContainer } from '../compose/containers.js';
import { newService } from '../compose/difference/new-service.js';
import type { Change } from '../compose/difference/read.js';
import { changeOf, type ServiceChange } from '../compose/difference/service.js';
import type { ComposeProject } from '../compose/project.js';
import { type Ends, hasEnded } from '../compose/verdict.js';
import { isUp } from '../docker/condition.js';
import { type Image, inspectImage } from '../docker/image.js';
import { comingImage } from '../images/coming.js';
import { byDigest } from '../images/name.js';
import type { Registries } from '../images/registry.js';
import type { Replacement } from './data.js';
import { imageChange } from './image-change.js';
import { meantOff, type Starts, standing } from './start.js';

/** What a rollout finds of one service. */
export type Comparison =
  | { readonly state: 'off'; readonly service: string; readonly standing: string; readonly isMeant: boolean }
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

/** A service with containers that run, or that is started. */
interface Running {
  readonly service: string;
  readonly containers: readonly ServiceContainer[];
  readonly change: ServiceChange;
  readonly replacement: Replacement;
  readonly warnings: readonly Notice[];
}

/** What is known of a service before images are looked at. */
interface Known {
  readonly existing: readonly ServiceContainer[];
  /** By the ids of containers. */
  readonly changes: ReadonlyMap<string, Change>;
  readonly ends: Ends;
  readonly starts: Starts;
}

/** Compares what runs with what would run after the pull. Reads only. */
export async function compare(
  host: Host,
  registries: Registries,
  project: ComposeProject,
  service: ComposeService,
  { existing, changes, ends, starts }: Known,
): Promise<Comparison> {
  const { name } = service;
  const running = existing.filter((container) => isUp(container) || isJobDone(container, ends));
  const isStarted = running.length === 0 && starts(service, existing);
  if (running.length === 0 && !isStarted) {
    const why = meantOff(project, service, existing);
    return {
      state: 'off',
      service: name,
      standing: why ?? `${standing(existing)}, left so`,
      isMeant: why !== null,
    };
  }
  const containers = isStarted ? existing : running;
  const stands = isStarted ? existing : running.filter(isUp);
  const coming = await comingImage(host, registries, service);
  const oldImage = await oldImageOf(host, containers);
  const oldRef = containers[0]?.imageRef ?? '';
  const [oldDigest] = oldImage.digests;
  const change =
    containers.length === 0
      ? newService(project, name)
      : changeOf(containers.map(({ id }) => changes.get(id)));
  const found = { service: name, containers, change, warnings: [] };
  const replacement = {
    service: name,
    image: service.image,
    pull: coming.from === 'registry' ? byDigest(service.image, coming.digest) : null,
    platform: service.platform,
    layers: null,
    localId: coming.from === 'registry' ? null : coming.from === 'host' ? coming.imageId : oldImage.id,
    reasons: [],
    was: isStarted || stands.length > 0 ? standing(stands) : '',
    livesIn: service.livesIn,
    dependsOn: service.dependsOn,
    needs: [],
    strategy: 'all_at_once' as const,
    ends: endsNow(containers, ends),
    replicas: isStarted ? Math.max(containers.length, service.replicas) : containers.length,
    rendered: service.rendered,
    changes: change.words,
    oldRef,
    versions: { ran: oldImage.version, comes: null },
    oldId: oldImage.id,
    oldDigest: oldDigest === undefined ? null : byDigest(oldRef, oldDigest),
  };
  if (coming.from === 'unknown') {
    return { ...found, state: 'kept', image: service.image, why: coming.notice, replacement };
  }
  const imageIds = [...new Set(containers.map(({ imageId }) => imageId))];
  const image = await imageChange(host, registries, service, oldImage, coming);
  const newImage = imageIds.length > 1 || image.isNew;
  const isCurrent = !newImage && !change.isChanged && !isStarted;
  return {
    ...found,
    state: isCurrent ? 'current' : 'changes',
    ...(image.isElsewhere ? { isElsewhere: true as const } : {}),
    warnings: warningsOf(service, existing, containers, imageIds.length > 1),
    replacement: {
      ...replacement,
      ...(isCurrent && image.isElsewhere ? { pull: null, localId: oldImage.id } : { layers: image.layers }),
      versions: { ran: oldImage.version, comes: image.version },
      reasons: [
        ...(isStarted ? ['start' as const] : []),
        ...(newImage ? ['image' as const] : []),
        ...(change.isChanged ? ['configuration' as const] : []),
      ],
    },
  };
}

async function oldImageOf(
  host: Host,
  [first]: readonly ServiceContainer[],
): Promise<Pick<Image, 'id' | 'digests' | 'version'>> {
  if (!first) return { id: '', digests: [], version: null };
  const found = await inspectImage(host, first.imageId);
  return found.state === 'found' ? found.value : { id: first.imageId, digests: [], version: null };
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
