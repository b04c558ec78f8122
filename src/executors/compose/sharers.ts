import * as z from 'zod';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { Effect, Json, PlanStep } from '../../core/model/plan.js';
import type { Host } from '../../core/ports/host.js';
import { type Container, type Inspected, listContainers } from '../docker/container.js';
import { sharersOf } from '../docker/namespaces.js';
import { TWIN } from '../docker/twin/labels.js';
import { listed, named } from '../shared/wording.js';

/** A container that lives in the namespace of one that is replaced, and is made again in that of its successor. */
export type AttachedContainer = {
  readonly id: string;
  readonly name: string;
  /** The Compose service that it is of; null: it was made without Compose. */
  readonly owner: { readonly project: string; readonly service: string } | null;
  readonly isRunning: boolean;
  /** The containers whose namespaces it uses; their successors have the same names. */
  readonly uses: readonly { readonly id: string; readonly name: string }[];
};

export const ATTACHED_SCHEMA: z.ZodType<readonly AttachedContainer[]> = z.array(
  z.strictObject({
    id: z.string(),
    name: z.string(),
    owner: z.strictObject({ project: z.string(), service: z.string() }).nullable(),
    isRunning: z.boolean(),
    uses: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  }),
);

/** Every container of the host, running or not. */
export function everyContainer(host: Host): Promise<Inspected<readonly Container[]>> {
  return listContainers(host, ['-a']);
}

/**
 * What is cut off when these containers are replaced, wherever on the host it belongs.
 * @param isReplacedToo what Compose makes again in any case
 */
export function attachedTo(
  all: readonly Container[],
  ids: Iterable<string>,
  isReplacedToo: (container: Container) => boolean,
): readonly AttachedContainer[] {
  const names = new Map(all.map(({ id, name }) => [id, name]));
  return sharersOf(all, ids)
    .filter(({ container }) => !(TWIN in container.labels) && !isReplacedToo(container))
    .map(({ container, uses }) => ({
      id: container.id,
      name: container.name,
      owner: ownerOf(container),
      isRunning: container.running,
      uses: uses.map((id) => ({ id, name: names.get(id) ?? id })),
    }));
}

function ownerOf({ labels }: Container): AttachedContainer['owner'] {
  const project = labels['com.docker.compose.project'];
  const service = labels['com.docker.compose.service'];
  return project && service ? { project, service } : null;
}

/** The step of a plan that attaches them again; none where there are none. */
export function attachSteps(attached: readonly AttachedContainer[]): readonly PlanStep[] {
  if (attached.length === 0) return [];
  const used = [...new Set(attached.flatMap(({ uses }) => uses.map(({ name }) => name)))];
  const names = listed(attached.map(({ name, owner }) => phrase`${code(name)}${ofStack(owner)}`));
  const verb = attached.length === 1 ? 'It lives in its network and is' : 'They live in its network and are';
  return [
    {
      title: phrase`Attach ${names} to the new ${named(used)}. ${verb} made again.`,
      commands: [],
    },
  ];
}

function ofStack(owner: AttachedContainer['owner']): Phrase {
  return owner === null ? [] : phrase` (stack ${code(owner.project)})`;
}

export function attachEffects(attached: readonly AttachedContainer[]): readonly Effect[] {
  return attached.map(({ name }) => ({ kind: 'replace', target: name }));
}

/** Nobody else may work on them meanwhile. */
export function attachTouches(attached: readonly AttachedContainer[]): readonly string[] {
  return [
    ...new Set(
      attached.flatMap(({ name, owner }) => [
        `container:${name}`,
        ...(owner === null ? [] : [`compose:${owner.project}`, `service:${owner.project}/${owner.service}`]),
      ]),
    ),
  ];
}

/** What the fingerprint covers of them. */
export function attachTargets(attached: readonly AttachedContainer[]): Json {
  return attached.map(({ id }) => id);
}
