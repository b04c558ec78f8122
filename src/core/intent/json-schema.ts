import { z } from 'zod';
import { OwnSchedule } from '../schedule/fields.js';
import { ACTIONS, BACKUP_TYPES } from './kind-of.js';
import { KINDS } from './kinds/kinds.js';
import { ParamDecl } from './param-decls.js';

type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema (draft 7, as YAML editors understand it) of one document of an intent, made of the same
 * zod schemas that read it. Which kind's fields apply is decided by `action`, `backup_type` and
 * `database_type`, so that an editor offers and checks only those.
 */
export function intentJsonSchema(): JsonSchema {
  const is = (field: string, ...values: readonly string[]): JsonSchema => ({
    properties: { [field]: { enum: values } },
    required: [field],
  });
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
      schedule: schemaOf(z.union([z.string(), OwnSchedule])),
    },
    ...choose(
      [is('action', 'scale'), schemaOf(KINDS.scale.schema)],
      [is('action', 'rollout'), schemaOf(KINDS.rollout.schema)],
      [{ anyOf: [{ required: ['database_type'] }, is('backup_type', 'plex')] }, schemaOf(KINDS.plex.schema)],
      [is('backup_type', 'docker_volumes'), schemaOf(KINDS.docker_volumes.schema)],
      [is('backup_type', 'vm_proxmox'), schemaOf(KINDS.vm_proxmox.schema)],
      [is('backup_type', 'database'), { required: ['database_type'] }],
      [is('backup_type', 'files'), schemaOf(KINDS.files.schema)],
      [{}, { properties: { backup_type: { enum: BACKUP_TYPES } }, required: ['backup_type'] }],
    ),
  };
}

/** `if … then … else if … then …`; the last condition holds always. */
function choose(...branches: readonly (readonly [when: JsonSchema, then: JsonSchema])[]): JsonSchema {
  const [first, ...others] = branches;
  if (!first) return {};
  const [when, then] = first;
  return others.length === 0 ? then : { if: when, then, else: choose(...others) };
}

function schemaOf(zod: z.ZodType): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(zod, { target: 'draft-7', io: 'input' });
  return schema;
}
