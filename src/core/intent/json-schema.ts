import * as z from 'zod';
import { ParamDecl } from '../documents/param-decls.js';
import { OwnSchedule } from '../documents/schedule-fields.js';
import { isFillable } from './fill-document.js';
import { ACTIONS, BACKUP_TYPES } from './kind-of.js';
import type { Kind } from './kinds/kind.js';
import { KINDS } from './kinds/kinds.js';
import { MOST_STEPS, OF_THE_WHOLE, REFERENCE, STEP, STEP_NAME, STEPS } from './steps-fields.js';

type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema (draft 7, as YAML editors understand it) of one document of an intent, made of the same
 * zod schemas that read it. Which kind's fields apply is decided by `action`, `backup_type` and
 * `database_type`, so that an editor offers and checks only those.
 */
export function intentJsonSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'ChatOps intent',
    description: 'What may be done, by name. docs/intents.md explains every field.',
    type: 'object',
    properties: {
      action: { enum: ACTIONS, description: 'What kind of thing this does.' },
      backup_type: { anyOf: [{ enum: BACKUP_TYPES }, {}], description: 'What is backed up, and how.' },
      database_type: { description: 'Whose database is backed up; plex is the one there is.' },
    },
    required: ['action'],
    definitions: {
      params: schemaOf(z.record(z.string(), ParamDecl)),
      values: schemaOf(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
      schedule: schemaOf(z.union([z.string(), OwnSchedule])),
      step: stepSchema(),
      steps: {
        type: 'object',
        propertyNames: { pattern: STEP_NAME.source },
        additionalProperties: { $ref: '#/definitions/step' },
        minProperties: 1,
        maxProperties: MOST_STEPS,
      },
    },
    ...choose([is('action', 'steps'), schemaOf(STEPS)], ...kinds(({ schema }) => schema)),
  };
}

/** One step: a reference to another intent, or the fields of an action without those of a whole intent. */
function stepSchema(): JsonSchema {
  const inline = ({ schema }: Kind): z.ZodObject => {
    const own = Object.entries(schema.shape).filter(([field]) => !OF_THE_WHOLE.includes(field));
    return z.strictObject({ ...Object.fromEntries(own), ...STEP });
  };
  return {
    type: 'object',
    ...choose(
      [{ required: ['intent'] }, schemaOf(REFERENCE)],
      [{ not: is('action', ...WORK) }, { properties: { action: { enum: WORK } }, required: ['action'] }],
      ...kinds(inline),
    ),
  };
}

const WORK = ACTIONS.filter((action) => action !== 'steps');

function is(field: string, ...values: readonly string[]): JsonSchema {
  return { properties: { [field]: { enum: values } }, required: [field] };
}

/** Fields that can take in parameters may hold a template, whatever they must be once it is filled in. */
function templated(schema: JsonSchema): JsonSchema {
  const fields = Object.entries(schema.properties ?? {}).map(([field, own]: [string, JsonSchema]) => {
    if (!isFillable(field) || Object.hasOwn(STEP, field)) return [field, own];
    const { description, ...rule } = own;
    return [field, { description, anyOf: [rule, { type: 'string', pattern: TEMPLATE }] }];
  });
  return { ...schema, properties: Object.fromEntries(fields) };
}

const TEMPLATE = '\\{\\{[\\s\\S]*\\}\\}';

/** Which kind's fields apply, as a schema of them. */
function kinds(fields: (kind: Kind) => z.ZodObject): readonly Branch[] {
  return [
    [is('action', 'scale'), templated(schemaOf(fields(KINDS.scale)))],
    [is('action', 'rollout'), templated(schemaOf(fields(KINDS.rollout)))],
    [
      { anyOf: [{ required: ['database_type'] }, is('backup_type', 'plex')] },
      templated(schemaOf(fields(KINDS.plex))),
    ],
    [is('backup_type', 'docker_volumes'), templated(schemaOf(fields(KINDS.docker_volumes)))],
    [is('backup_type', 'vm_proxmox'), templated(schemaOf(fields(KINDS.vm_proxmox)))],
    [is('backup_type', 'database'), { required: ['database_type'] }],
    [is('backup_type', 'files'), templated(schemaOf(fields(KINDS.files)))],
    [{}, { properties: { backup_type: { enum: BACKUP_TYPES } }, required: ['backup_type'] }],
  ];
}

type Branch = readonly [when: JsonSchema, then: JsonSchema];

/** `if … then … else if … then …`; the last condition holds always. */
function choose(...branches: readonly Branch[]): JsonSchema {
  const [first, ...others] = branches;
  if (!first) return {};
  const [when, then] = first;
  return others.length === 0 ? then : { if: when, then, else: choose(...others) };
}

function schemaOf(zod: z.ZodType): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(zod, { target: 'draft-7', io: 'input' });
  return schema;
}
