import type { RolloutFields, ScaleFields, StackFields } from '../../core/model/fields.js';
import type { Observation, Observed } from '../../core/model/observation.js';
import type { ObserveContext } from '../../core/ports/executor.js';
import type { Container } from '../docker/container.js';
import { isCutOff } from '../docker/namespaces.js';
import { observationOf } from '../docker/observe.js';
import type { ServiceContainer } from './containers.js';
import { inputsOf } from './inputs.js';
import { type Outline, readOutline } from './outline.js';
import { unknownService } from './project.js';
import { everyContainer } from './sharers.js';
import { type ReadStack, readStackBy } from './stack.js';

/** The containers of the service that is scaled. */
export function observeScale(fields: ScaleFields, ctx: ObserveContext): Promise<Observed> {
  return observeServices(ctx, fields, [fields.service]);
}

/** The containers of the services that are rolled out. */
export function observeRollout(fields: RolloutFields, ctx: ObserveContext): Promise<Observed> {
  return observeServices(ctx, fields, fields.services);
}

/** Those of the chosen services; when none is chosen, of all, and what still runs of services that are gone. */
async function observeServices(
  ctx: ObserveContext,
  fields: StackFields,
  chosen: readonly string[],
): Promise<Observed> {
  const stack = await readOnce(ctx, fields);
  if (!stack.ok) return { things: [], notices: stack.blockers };
  const { project, containers, all, differences } = stack.stack;
  const services = chosen.length === 0 ? [...project.services.keys()] : chosen;
  const unknown = services.filter((service) => !project.services.has(service));
  return {
    things: [
      ...services
        .filter((service) => !unknown.includes(service))
        .flatMap((service) => observeService(project, service, containers, all)),
      ...(chosen.length === 0 ? orphansOf(project, containers) : []),
    ],
    notices: [...unknown.map((service) => unknownService(project, service)), ...differences],
  };
}

function observeService(
  project: Outline,
  service: string,
  containers: readonly ServiceContainer[],
  all: readonly Container[],
): readonly Observation[] {
  const own = containers.filter((container) => container.service === service);
  const of = serviceThing(project.name, service);
  if (own.length > 0)
    return own.map((container) => ({ ...observationOf(container), ...cut(container, all), of }));
  return [{ key: of, of, name: service, state: 'no_container', healthy: null, detail: [] }];
}

function cut(container: Container, all: readonly Container[]): Pick<Observation, 'trouble'> {
  return container.running && isCutOff(container, all) ? { trouble: 'cut_off' } : {};
}

/** What still runs of services that the files don't have any more. */
function orphansOf(
  { name, services }: Outline,
  containers: readonly ServiceContainer[],
): readonly Observation[] {
  return containers
    .filter(({ service, running }) => running && !services.has(service))
    .map((container) => ({
      ...observationOf(container),
      of: serviceThing(name, container.service),
      trouble: 'orphaned',
    }));
}

/** A service, however often its containers are made anew. */
export function serviceThing(project: string, service: string): string {
  return `service:${project}/${service}`;
}

/** What was read within one look, which has a signal of its own: several intents are about one Compose file. */
const looks = new WeakMap<AbortSignal, Look>();

interface Look {
  readonly stacks: Map<string, Promise<ReadStack<Outline>>>;
  /** Every container of the engine, for all stacks at once. */
  containers: ReturnType<typeof everyContainer> | null;
}

function readOnce({ signal, host }: ObserveContext, fields: StackFields): Promise<ReadStack<Outline>> {
  const look = looks.get(signal) ?? { stacks: new Map(), containers: null };
  looks.set(signal, look);
  const key = JSON.stringify(inputsOf(fields));
  const list = () => {
    look.containers ??= everyContainer(host);
    return look.containers;
  };
  const stack = look.stacks.get(key) ?? readStackBy(host, fields, readOutline, list);
  look.stacks.set(key, stack);
  return stack;
}
