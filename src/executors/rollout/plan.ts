import type { RolloutFields } from '../../core/model/fields.js';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Effect, INSTANCES, type Json, type PlanDraft } from '../../core/model/plan.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { PlanContext } from '../../core/ports/executor.js';
import type { ServiceContainer } from '../compose/containers.js';
import { definitionNotices } from '../compose/definitions.js';
import { readChanges } from '../compose/difference/read.js';
import { inputsOf, namesOf } from '../compose/inputs.js';
import { needsOf } from '../compose/needs.js';
import { endsOf } from '../compose/one-shot.js';
import { timeoutWarning } from '../compose/patience.js';
import { type ComposeProject, unknownService } from '../compose/project.js';
import { readStack } from '../compose/stack.js';
import { touchesOf } from '../compose/touches.js';
import type { Container } from '../docker/container.js';
import { dockerFirst } from '../docker/missing.js';
import { askRegistries } from '../images/registry.js';
import { named } from '../shared/wording.js';
import { affectedBy, affectedEffects, affectedTargets, affectedTouches } from './affected.js';
import { type Comparison, compare } from './compare.js';
import { dangersOf } from './dangers.js';
import type { RolloutData } from './data.js';
import { leftBehind, withContainerModes, withNamespaceSharers } from './dependents.js';
import { type WithDownloads, withDownloads } from './downloads.js';
import { groundServices } from './ground.js';
import { keptNotices } from './kept.js';
import { inDependencyOrder } from './order.js';
import { type Starts, startsOf } from './start.js';
import { stepsOf } from './steps.js';
import { withStrategy } from './strategy.js';

/** Compares each service's running containers with what the registry has and the Compose file says. */
export async function plan(fields: RolloutFields, ctx: PlanContext): Promise<PlanDraft<RolloutData>> {
  const { host, stack } = ctx;
  const read = await readStack(host, fields);
  if (!read.ok) return blocked(fields, stack, await dockerFirst(host, read.blockers));
  const { containers, all, differences, orphans } = read.stack;
  const project = withContainerModes(read.stack.project, containers);
  const unknown = fields.services.filter((service) => !project.services.has(service));
  if (unknown.length > 0) {
    return blocked(
      fields,
      stack,
      unknown.map((service) => unknownService(project, service)),
      project.name,
    );
  }
  if (differences.length > 0) return blocked(fields, stack, differences, project.name);
  const ground = await groundServices(host, project, containers, all);
  const starts = startsOf(fields, project, containers, await ctx.leftDown());
  const comparisons = withNamespaceSharers(
    project,
    await compareAll(ctx, project, fields.services, containers, { ground, starts }),
    all,
  );
  const warnings = [...project.warnings, ...orphans];
  const found = await withDownloads(host, withStrategy(fields, comparisons));
  const replaced = found.comparisons.filter(({ state }) => state === 'changes').map(({ service }) => service);
  const defined = await definitionNotices(host, project.config, replaced);
  const known = { ...project, warnings: [...warnings, ...defined.warnings] };
  const strategy = { ...found, blockers: [...found.blockers, ...defined.blockers] };
  return draft(fields, stack, known, strategy, { own: containers, all });
}

async function compareAll(
  { host }: PlanContext,
  project: ComposeProject,
  chosen: readonly string[],
  containers: readonly ServiceContainer[],
  { ground, starts }: { readonly ground: ReadonlyMap<string, Phrase>; readonly starts: Starts },
): Promise<readonly Comparison[]> {
  const { services } = project;
  const all = [...services.values()].filter(({ name }) => chosen.length === 0 || chosen.includes(name));
  const waiting = [...inDependencyOrder(all).entries()];
  const own = containers.filter(({ service }) => all.some(({ name }) => name === service));
  const changes = await readChanges(host, project, containers, own);
  const comparisons: Comparison[] = [];
  const registries = askRegistries(host);
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, service] = next;
      const why = ground.get(service.name);
      const ofService = own.filter((container) => container.service === service.name);
      const ends = endsOf(service, services.values());
      comparisons[index] = why
        ? { state: 'ground', service: service.name, why }
        : await compare(host, registries, project, service, { existing: ofService, changes, ends, starts });
    }
  };
  // Registries take about a second for each answer; each question is a process of Compose.
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return comparisons;
}

const AT_ONCE = 4;

function draft(
  fields: RolloutFields,
  stack: string,
  project: ComposeProject,
  { comparisons, pullTitle, ...strategy }: WithDownloads,
  containers: { readonly own: readonly ServiceContainer[]; readonly all: readonly Container[] },
): PlanDraft<RolloutData> {
  const changes = comparisons.flatMap((one) => (one.state === 'changes' ? [one] : []));
  const running = new Set(
    containers.own.filter(({ status }) => status === 'running').map(({ service }) => service),
  );
  const kept = keptNotices(comparisons);
  // Where nothing at all could be looked up there is nothing to confirm either.
  const isBlind = comparisons.every(({ state }) => state === 'kept' || state === 'off' || state === 'ground');
  const blockers = [
    ...(isBlind ? kept : []),
    ...leftBehind(project, comparisons, running),
    ...strategy.blockers,
  ];
  const affected = affectedBy(project, changes, containers);
  const planned = new Map(changes.map(({ replacement }) => [replacement.service, replacement.replicas]));
  const data: RolloutData = {
    inputs: project.inputs,
    project: project.name,
    replacements: changes.map(({ replacement, service }) => ({
      ...replacement,
      needs: needsOf(project, service, containers.own, planned),
    })),
    ...affected,
    current: comparisons.flatMap(({ state, service }) => (state === 'current' ? [service] : [])),
    off: comparisons.flatMap((one) => (one.state === 'off' && !one.isMeant ? [one.service] : [])),
    timeout: fields.timeout,
    stableFor: fields.stable_for,
  };
  const dangers = changes.flatMap(({ service, change }) =>
    dangersOf(service, change.settings, project.inputs.folder),
  );
  const nothing = changes.length === 0 && blockers.length === 0 ? [nothingToDo(data)] : [];
  return {
    steps: stepsOf(data, comparisons, pullTitle),
    effects: [...changes.flatMap(effectsOf), ...affectedEffects(affected)],
    touches: [
      ...touchesOf(
        stack,
        project.name,
        data.replacements.map(({ service }) => service),
      ),
      ...affectedTouches(project.name, affected),
    ],
    warnings: [
      ...dangers,
      ...project.warnings,
      ...(isBlind ? [] : kept),
      ...changes.flatMap(({ warnings }) => warnings),
      ...strategy.warnings,
      ...changes.flatMap((one) => timeoutWarnings(project, one, fields)),
      ...nothing,
    ],
    blockers,
    ...(dangers.length > 0 ? { typeName: true } : {}),
    targets: { project: project.name, services: comparisons.map(targetOf), ...affectedTargets(affected) },
    data,
  };
}

function timeoutWarnings(
  { services }: ComposeProject,
  { service, containers }: Extract<Comparison, { state: 'changes' | 'current' }>,
  { timeout }: RolloutFields,
): readonly Notice[] {
  const found = services.get(service);
  return found ? timeoutWarning(found, containers, timeout) : [];
}

function blocked(
  fields: RolloutFields,
  stack: string,
  blockers: readonly Notice[],
  project = '',
): PlanDraft<RolloutData> {
  const { timeout, stable_for: stableFor } = fields;
  const inputs = inputsOf(fields);
  return {
    steps: [],
    effects: [],
    touches: touchesOf(stack, project, []),
    warnings: [],
    blockers,
    targets: null,
    data: {
      inputs,
      project,
      replacements: [],
      attached: [],
      dependents: [],
      current: [],
      off: [],
      timeout,
      stableFor,
    },
  };
}

/** What doesn't run is started, by its own container where it has one that fits. */
function effectsOf({
  service,
  containers,
  replacement,
}: Extract<Comparison, { replacement: unknown }>): Effect[] {
  if (!replacement.reasons.includes('start'))
    return containers.map(({ name }) => ({ kind: 'replace', target: name }));
  const names = containers.length > 0 ? containers.map(({ name }) => name) : [service];
  return names.map((target) => ({ kind: 'start', target }));
}

function nothingToDo({ current, inputs }: RolloutData): Notice {
  if (current.length > 0) {
    return notice('nothing_to_do', phrase`${named(current)}: already current. Nothing changes.`);
  }
  return notice(
    'nothing_to_do',
    phrase`No service of ${code(namesOf(inputs))} is running: nothing changes.`,
    phrase`Start the stack with ${code('docker compose up -d')}, or write ${code('start: all')} into the intent.`,
  );
}

function targetOf(comparison: Comparison): Json {
  const { service, state } = comparison;
  if (comparison.state !== 'current' && comparison.state !== 'changes') return { service, state };
  const { replacement, containers } = comparison;
  return {
    service,
    state,
    reasons: replacement.reasons,
    image: replacement.image,
    rendered: replacement.rendered,
    pull: replacement.pull,
    localId: replacement.localId,
    oldId: replacement.oldId,
    replicas: replacement.replicas,
    [INSTANCES]: containers.map(({ id }) => id),
  };
}
