import { canonicalJson, sha256 } from '../text/canonical.js';
import type { StackFields } from './fields.js';
import type { FieldsByKind, IntentKind, IntentStep } from './intent.js';

/**
 * What is backed up and where to: what an artifact, a remembered number or a duration belongs to, whatever the intent is
 * called that made it.
 */
export type Origin = {
  readonly host: 'local';
  readonly kind: IntentKind;
  /** With the values of the parameters in it. */
  readonly source: string;
  /** Without what parameters and the date put into it, which is `*` here. */
  readonly destination: string;
  /** Other fields that decide what is inside, such as `exclude`, where parameters put something into them. */
  readonly shape: { readonly [field: string]: string };
};

/** By what things of one origin are found. */
export interface OriginKeys {
  readonly key: string;
  /** As it was stored before origins were: with the destination as it is written to. Null: the same, or not to be told. */
  readonly before: string | null;
  /** Nothing but the intent's name tells of things of before: they belong to it. False: parameters tell them apart. */
  readonly isPlain: boolean;
}

type Place = Pick<Origin, 'source' | 'destination'>;

const PLACES: { readonly [Kind in IntentKind]: (fields: FieldsByKind[Kind]) => Place } = {
  files: ({ source, destination }) => ({ source, destination }),
  docker_volumes: ({ source, destination }) => ({ source, destination }),
  plex: ({ source, source_container, source_path, destination, destination_container }) => ({
    source: source ?? `${source_container}:${source_path ?? ''}`,
    destination: destination_container === null ? destination : `${destination_container}:${destination}`,
  }),
  vm_proxmox: ({ vm_id, storage }) => ({ source: `vm ${vm_id}`, destination: storage }),
  scale: (fields) => ({ source: `${stackOf(fields)} ${fields.service}`, destination: '' }),
  rollout: (fields) => ({
    source: [stackOf(fields), ...[...fields.services].sort()].join(' '),
    destination: '',
  }),
};

function stackOf({ compose, project }: StackFields): string {
  const files = typeof compose === 'string' ? compose : compose.join(' ');
  return project === undefined ? files : `${files} ${project}`;
}

/** From where to where a step works, with all values in it. */
export function placeOf({ kind, fields }: Pick<IntentStep, 'kind' | 'fields'>): Place {
  return (PLACES[kind] as (fields: IntentStep['fields']) => Place)(fields);
}

export function originOf(step: IntentStep): Origin {
  const { source, destination } = placeOf(step);
  return {
    host: 'local',
    kind: step.kind,
    source,
    destination: step.taken?.destination ?? destination,
    shape: step.taken?.shape ?? {},
  };
}

export function originKey(origin: Origin): string {
  return canonicalJson(origin);
}

export function keysOf(step: IntentStep): OriginKeys {
  const origin = originOf(step);
  const key = originKey(origin);
  const isPlain = (step.taken?.label ?? '') === '';
  const before = isPlain ? originKey({ ...origin, destination: placeOf(step).destination }) : null;
  return { key, before: before === key ? null : before, isPlain };
}

const LONGEST_LABEL = 40;

/**
 * Values as a part of a file's name: at most 40 characters of letters, digits, dots, dashes and `+`, so never the `_` that
 * the name's parts are told apart by. What could be taken for other values has a few digits of a checksum.
 */
export function labelOf(values: readonly string[]): string {
  if (values.length === 0) return '';
  const tame = values.map((value) => value.replaceAll(/[^A-Za-z0-9.-]+/g, '-')).join('+');
  const isExact = values.every((value) => /^[A-Za-z0-9.-]+$/.test(value));
  if (isExact && tame.length <= LONGEST_LABEL) return tame;
  const mark = sha256(canonicalJson(values)).slice(0, 8);
  return `${tame.slice(0, LONGEST_LABEL - mark.length - 1)}-${mark}`;
}
