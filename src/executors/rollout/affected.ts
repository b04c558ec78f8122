import { phrase } from '../../core/model/phrase.js';
import { type Effect, INSTANCES, type Json, type PlanStep } from '../../core/model/plan.js';
import type { ServiceContainer } from '../compose/containers.js';
import type { ComposeProject } from '../compose/project.js';
import {
  type AttachedContainer,
  attachEffects,
  attachedTo,
  attachSteps,
  attachTargets,
  attachTouches,
} from '../compose/sharers.js';
import { isReady } from '../compose/verdict.js';
import type { Container } from '../docker/container.js';
import { named } from '../shared/wording.js';
import type { Comparison } from './compare.js';
import type { Dependent } from './data.js';

type Change = Extract<Comparison, { state: 'changes' | 'current' }>;

/** What a rollout does to containers that are not its own. */
export interface Affected {
  readonly attached: readonly AttachedContainer[];
  readonly dependents: readonly Dependent[];
}

export function affectedBy(
  project: ComposeProject,
  changes: readonly Change[],
  { own, all }: { readonly own: readonly ServiceContainer[]; readonly all: readonly Container[] },
): Affected {
  return {
    attached: attachedBy(project, changes, all),
    dependents: changes.flatMap((change) => dependentsOf(project, change, changes, own)),
  };
}

/** What Compose makes again anyway is not among them. */
function attachedBy(
  { name }: ComposeProject,
  changes: readonly Change[],
  all: readonly Container[],
): readonly AttachedContainer[] {
  const services = new Set(changes.map(({ service }) => service));
  const ids = changes.flatMap(({ containers }) => containers.map(({ id }) => id));
  return attachedTo(all, ids, ({ labels }) => {
    const isOwn =
      labels['com.docker.compose.project'] === name && labels['com.docker.compose.oneoff'] !== 'True';
    return isOwn && services.has(labels['com.docker.compose.service'] ?? '');
  });
}

/** Services that depend on it, run, and aren't replaced themselves. */
function dependentsOf(
  { services }: ComposeProject,
  { service: on, containers }: Change,
  changes: readonly Change[],
  own: readonly ServiceContainer[],
): readonly Dependent[] {
  const replaced = new Set(changes.map(({ service }) => service));
  return [...services.values()].flatMap(({ name, traits }) => {
    const need = traits.dependencies.find(({ service }) => service === on);
    const fine = own.filter((container) => container.service === name && isReady(container));
    if (!need || replaced.has(name) || fine.length === 0) return [];
    const { restart } = need;
    return [
      {
        service: name,
        on,
        restart,
        containers: fine.map(({ id }) => id),
        names: fine.map((one) => one.name),
        replaced: containers.map(({ id }) => id),
      },
    ];
  });
}

function restarted({ dependents }: Affected): readonly Dependent[] {
  return dependents.filter(({ restart }) => restart);
}

/** Steps that come after those of the replacements. */
export function affectedSteps(affected: Affected): readonly PlanStep[] {
  return attachSteps(affected.attached);
}

/** What a replacement's step says of what is restarted with it. */
export function restartWords({ dependents }: Affected, service: string) {
  const names = dependents.filter(({ on, restart }) => restart && on === service).map((one) => one.service);
  if (names.length === 0) return [];
  const verb = names.length === 1 ? 'depends' : 'depend';
  return phrase` Then ${named(names)}, which ${verb} on it, ${names.length === 1 ? 'is' : 'are'} restarted.`;
}

export function affectedEffects(affected: Affected): readonly Effect[] {
  const names = [...new Set(restarted(affected).flatMap(({ names }) => names))];
  return [
    ...attachEffects(affected.attached),
    ...names.flatMap((target): readonly Effect[] => [
      { kind: 'stop', target },
      { kind: 'start', target },
    ]),
  ];
}

export function affectedTouches(project: string, affected: Affected): readonly string[] {
  const own = restarted(affected).map(({ service }) => `service:${project}/${service}`);
  return [...new Set([...attachTouches(affected.attached), ...own])];
}

/** What the fingerprint covers of them; nothing where there are none. */
export function affectedTargets(affected: Affected): Record<string, Json> {
  const { attached } = affected;
  const names = restarted(affected).map(({ service }) => service);
  return {
    ...(attached.length > 0 ? { [INSTANCES]: attachTargets(attached) } : {}),
    ...(names.length > 0 ? { restarted: names } : {}),
  };
}
