import type { ScaleFields } from '../../core/model/fields.js';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Effect, INSTANCES, type PlanDraft, type PlanStep } from '../../core/model/plan.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { PlanContext } from '../../core/ports/executor.js';
import { bringUpArgvs } from '../compose/bring-up.js';
import { type ComposeService, isConfigChanged } from '../compose/config.js';
import type { ServiceContainer } from '../compose/containers.js';
import { definitionNotices } from '../compose/definitions.js';
import { inputsOf } from '../compose/inputs.js';
import { needsOf } from '../compose/needs.js';
import { endsOf } from '../compose/one-shot.js';
import { timeoutWarning } from '../compose/patience.js';
import { unknownService } from '../compose/project.js';
import { readStack } from '../compose/stack.js';
import { touchesOf } from '../compose/touches.js';
import { isUp } from '../docker/condition.js';
import { inspectImage } from '../docker/image.js';
import { dockerFirst } from '../docker/missing.js';
import { checkBounds, checkPossible } from './bounds.js';
import { type Change, changeTo } from './change.js';
import { wouldBeCutOff } from './cut-off.js';
import type { ScaleData } from './data.js';
import { groundBlockers } from './ground.js';
import { replicasOf } from './wanted.js';
import { describe } from './wording.js';

/** Looks at the service and its containers, and says which ones would be created, started or removed. */
export async function plan(fields: ScaleFields, ctx: PlanContext): Promise<PlanDraft<ScaleData>> {
  const { host, stack } = ctx;
  const read = await readStack(host, fields);
  if (!read.ok) return blocked(fields, stack, await dockerFirst(host, read.blockers));
  const { project, containers, all, differences: strangers } = read.stack;
  const service = project.services.get(fields.service);
  const outOfBounds = checkBounds(fields);
  const early = [
    ...(service ? [] : [unknownService(project, fields.service)]),
    ...(outOfBounds ? [outOfBounds] : []),
    ...strangers,
  ];
  if (!service || early.length > 0) return blocked(fields, stack, early, project.name);

  const existing = containers.filter((container) => container.service === service.name);
  const wanted = fields.replicas ?? 0;
  const change = changeTo(wanted, existing, project.name, service);
  const { created, started } = change;
  const ground = await groundBlockers(host, existing, change, all);
  const image = created.length > 0 ? await localImage(ctx, service) : null;
  const defined = await definitionNotices(host, project.config, created.length > 0 ? [service.name] : []);
  const isOneShot = endsOf(service, project.services.values()) !== 'never';
  const data: ScaleData = {
    inputs: project.inputs,
    project: project.name,
    service: service.name,
    image: service.image,
    rendered: service.rendered,
    needs: needsOf(project, service.name, containers),
    wanted,
    isOneShot,
    before: existing.map((container) => ({
      id: container.id,
      name: container.name,
      running: isUp(container),
    })),
    timeout: fields.timeout,
    stableFor: fields.stable_for,
  };
  return {
    steps: stepsOf(data, change),
    effects: effectsOf(change),
    touches: touchesOf(stack, project.name, [service.name]),
    warnings: [
      ...project.warnings,
      ...(isNothing(change) ? [nothingToDo(data)] : differences(service, existing, change, image)),
      ...defined.warnings,
      ...(created.length + started.length > 0 ? timeoutWarning(service, existing, fields.timeout) : []),
    ],
    blockers: [
      ...ground,
      ...defined.blockers,
      ...checkPossible(service, wanted),
      ...(image === 'missing' ? [imageMissing(service)] : []),
      ...wouldBeCutOff(all, existing.slice(wanted)),
    ],
    targets: {
      project: project.name,
      wanted,
      image,
      rendered: service.rendered,
      [INSTANCES]: existing.map((container) => ({ id: container.id, running: isUp(container) })),
    },
    data,
  };
}

function blocked(
  fields: ScaleFields,
  stack: string,
  blockers: readonly Notice[],
  project = '',
): PlanDraft<ScaleData> {
  const { service, timeout, stable_for: stableFor } = fields;
  const inputs = inputsOf(fields);
  const wanted = fields.replicas ?? 0;
  return {
    steps: [],
    effects: [],
    touches: touchesOf(stack, project, [service]),
    warnings: [],
    blockers,
    targets: null,
    data: {
      inputs,
      project,
      service,
      image: '',
      rendered: '',
      needs: [],
      wanted,
      isOneShot: false,
      before: [],
      timeout,
      stableFor,
    },
  };
}

/** The id of the image that new containers get. */
async function localImage({ host }: PlanContext, { image }: ComposeService): Promise<string> {
  const found = await inspectImage(host, image);
  return found.state === 'found' ? found.value.id : 'missing';
}

function imageMissing({ name, image }: ComposeService): Notice {
  return notice(
    'image_missing',
    phrase`The image of ${code(name)}, ${code(image)}, is not on this host, and a scale pulls nothing.`,
    phrase`Pull or build it (${code(`docker pull ${image}`)}), or roll the service out first.`,
  );
}

function stepsOf(data: ScaleData, change: Change): readonly PlanStep[] {
  if (isNothing(change)) return [{ title: describe(data, change), commands: [] }];
  const scale: PlanStep = {
    title: describe(data, change),
    commands: bringUpArgvs(data.inputs, replicasOf(data, data.wanted)),
  };
  return change.created.length + change.started.length === 0
    ? [scale]
    : [scale, { title: waitTitle(data), commands: [] }];
}

function waitTitle({ stableFor, isOneShot }: ScaleData): Phrase {
  if (isOneShot) {
    return phrase`Wait until each new one has ended with exit code 0, or has stayed up for ${stableFor} s; otherwise roll back.`;
  }
  return phrase`Wait until each new one is up, and healthy where it has a check, for ${stableFor} s. Else go back.`;
}

function effectsOf({ created, started, removed }: Change): readonly Effect[] {
  return [
    ...created.map((target): Effect => ({ kind: 'create', target })),
    ...started.map((target): Effect => ({ kind: 'start', target })),
    ...removed.map((target): Effect => ({ kind: 'remove', target })),
  ];
}

function isNothing({ created, started, removed }: Change): boolean {
  return created.length + started.length + removed.length === 0;
}

function nothingToDo({ service, wanted }: ScaleData): Notice {
  return notice('nothing_to_do', phrase`${code(service)} has ${wanted} already: nothing changes.`);
}

/** New containers are made as the Compose file and the local image are now; the others stay as they are. */
function differences(
  service: ComposeService,
  existing: readonly ServiceContainer[],
  { created }: Change,
  image: string | null,
): readonly Notice[] {
  if (created.length === 0) return [];
  const name = code(service.name);
  const otherImage = existing.some(({ imageId }) => imageId !== image);
  const otherConfig = existing.some(({ configHash }) => isConfigChanged(service, configHash));
  return [
    ...(otherImage
      ? [
          notice(
            'image_differs',
            phrase`New containers of ${name} run another image than those that are there.`,
          ),
        ]
      : []),
    ...(otherConfig
      ? [
          notice(
            'config_changed',
            phrase`The configuration of ${name} changed since its containers were made; only new ones get it.`,
          ),
        ]
      : []),
  ];
}
