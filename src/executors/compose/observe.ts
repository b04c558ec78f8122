import type { ObserveContext } from '../../core/executor.js';
import type { Host } from '../../core/host.js';
import type { RolloutFields, ScaleFields, StackFields } from '../../core/intent/fields.js';
import type { Observation, Observed } from '../../core/observation.js';
import type { Notice } from '../../core/reasons.js';
import { dockerMissing, dockerSaid } from '../docker/missing.js';
import { observationOf } from '../docker/observe.js';
import { type ServiceContainer, serviceContainers } from './containers.js';
import { inputsOf } from './inputs.js';
import { type ComposeProject, readDefinition, unknownService } from './project.js';

/** The containers of the service that is scaled. */
export function observeScale(fields: ScaleFields, ctx: ObserveContext): Promise<Observed> {
  return observeServices(ctx, fields, [fields.service]);
}

/** The containers of the services that are rolled out. */
export function observeRollout(fields: RolloutFields, ctx: ObserveContext): Promise<Observed> {
  return observeServices(ctx, fields, fields.services);
}

/** A Compose file with the containers that were made from it. */
type Stack =
  | {
      readonly ok: true;
      readonly project: ComposeProject;
      readonly containers: readonly ServiceContainer[];
    }
  | { readonly ok: false; readonly notices: readonly Notice[] };

/** Those of the chosen services, or of all when none is chosen. */
async function observeServices(
  ctx: ObserveContext,
  fields: StackFields,
  chosen: readonly string[],
): Promise<Observed> {
  const stack = await readOnce(ctx, fields);
  if (!stack.ok) return { things: [], notices: stack.notices };
  const { project, containers } = stack;
  const services = chosen.length === 0 ? [...project.services.keys()] : chosen;
  const unknown = services.filter((service) => !project.services.has(service));
  return {
    things: services
      .filter((service) => !unknown.includes(service))
      .flatMap((service) => observeService(project, service, containers)),
    notices: unknown.map((service) => unknownService(project, service)),
  };
}

function observeService(
  project: ComposeProject,
  service: string,
  containers: readonly ServiceContainer[],
): readonly Observation[] {
  const own = containers.filter((container) => container.service === service);
  const of = serviceThing(project.name, service);
  if (own.length > 0) return own.map((container) => ({ ...observationOf(container), of }));
  return [{ key: of, of, name: service, state: 'no_container', healthy: null, detail: [] }];
}

/** A service, however often its containers are made anew. */
export function serviceThing(project: string, service: string): string {
  return `service:${project}/${service}`;
}

/** What was read within one look, which has a signal of its own: several intents are about one Compose file. */
const looks = new WeakMap<AbortSignal, Map<string, Promise<Stack>>>();

function readOnce({ signal, host }: ObserveContext, fields: StackFields): Promise<Stack> {
  const read = looks.get(signal) ?? new Map<string, Promise<Stack>>();
  looks.set(signal, read);
  const key = JSON.stringify(inputsOf(fields));
  const stack = read.get(key) ?? readStack(host, fields);
  read.set(key, stack);
  return stack;
}

async function readStack(host: Host, fields: StackFields): Promise<Stack> {
  const read = await readDefinition(host, fields);
  if (!read.ok) return { ok: false, notices: read.blockers };
  const found = await serviceContainers(host, read.project.name);
  if (found.state === 'found') return { ok: true, project: read.project, containers: found.value };
  const missing = await dockerMissing(host);
  return { ok: false, notices: missing.length > 0 ? missing : [dockerSaid(found)] };
}
