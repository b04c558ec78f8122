import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { ServiceContainer } from '../compose/containers.js';
import type { ComposeProject } from '../compose/project.js';
import type { Container } from '../docker/container.js';
import { isCutOff } from '../docker/namespaces.js';
import type { Comparison } from './compare.js';

/** The project, with each `container:<name>` that means a container of its own as the service that it is of. */
export function withContainerModes(
  project: ComposeProject,
  containers: readonly ServiceContainer[],
): ComposeProject {
  const serviceOf = (used: string): readonly string[] =>
    containers.flatMap(({ id, name, service }) => (id === used || name === used ? [service] : []));
  const services = [...project.services].map(([name, service]) => {
    const used = service.traits.usesContainers.flatMap(serviceOf);
    return [
      name,
      used.length === 0 ? service : { ...service, livesIn: [...service.livesIn, ...used] },
    ] as const;
  });
  return { ...project, services: new Map(services) };
}

/**
 * Services that live in a replaced container's namespace are replaced with it, although nothing of theirs changed; so are
 * those whose is gone. One that is started needs another container only where the one that it lives in is another one.
 */
export function withNamespaceSharers(
  project: ComposeProject,
  comparisons: readonly Comparison[],
  all: readonly Container[],
): readonly Comparison[] {
  const replaced = new Set(comparisons.filter(isChange).map(({ service }) => service));
  const remade = new Set(comparisons.filter(isRemade).map(({ service }) => service));
  return comparisons.map((comparison) => {
    if (isChange(comparison) && !isRemade(comparison)) {
      const isGone = comparison.containers.some(({ namespaces }) =>
        namespaces.some((used) => all.every(({ id, name }) => id !== used && name !== used)),
      );
      if (!isGone && !livesInOneOf(project, comparison.service, remade)) return comparison;
      remade.add(comparison.service);
      const { replacement } = comparison;
      return { ...comparison, replacement: { ...replacement, reasons: ['start', 'namespace'] } };
    }
    if (comparison.state !== 'current' && comparison.state !== 'kept') return comparison;
    const isCut = comparison.containers.some((container) => isCutOff(container, all));
    if (!isCut && !livesInOneOf(project, comparison.service, replaced)) return comparison;
    replaced.add(comparison.service);
    remade.add(comparison.service);
    const { replacement } = comparison;
    return { ...comparison, state: 'changes', replacement: { ...replacement, reasons: ['namespace'] } };
  });
}

/** Running services outside of this rollout that would break. */
export function leftBehind(
  project: ComposeProject,
  comparisons: readonly Comparison[],
  running: ReadonlySet<string>,
): readonly Notice[] {
  const replaced = new Set(comparisons.filter(isChange).map(({ service }) => service));
  const chosen = new Set(comparisons.map(({ service }) => service));
  return [...running]
    .filter((service) => !chosen.has(service) && livesInOneOf(project, service, replaced))
    .map((service) =>
      notice(
        'dependents_affected',
        phrase`${code(service)} lives in the network or process space of a container that is replaced, and would break.`,
        phrase`Add ${code(service)} to ${code('service')} in the intent, so that both are replaced.`,
      ),
    );
}

function isChange(one: Comparison): one is Extract<Comparison, { replacement: unknown }> {
  return one.state === 'changes';
}

/** Will it have other containers? What is only started keeps its own. */
function isRemade(one: Comparison): boolean {
  return isChange(one) && (one.containers.length === 0 || one.replacement.reasons.join() !== 'start');
}

function livesInOneOf(project: ComposeProject, service: string, replaced: ReadonlySet<string>): boolean {
  return project.services.get(service)?.livesIn.some((other) => replaced.has(other)) ?? false;
}
