import * as z from 'zod';
import { PROBLEM_TYPE, titleOf } from '../problem.js';
import type { Answer, Operation } from './operation.js';
import { ProblemView } from './schemas.js';

/** Problems that every operation with a key can answer with. */
const ALWAYS = [401, 403, 500] as const;
const WITH_BODY = [400, 408, 413, 415, 422] as const;

/** The OpenAPI 3.1 description of these operations, made of the schemas that check their input. */
export function openApiDocument(operations: readonly Operation[], version: string) {
  const components = new Map<string, object>();
  // Each schema by itself, with what it refers to put beside it once.
  const input = schemaWriter('input', components);
  const output = schemaWriter('output', components);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const path = paths[operation.path] ?? {};
    path[operation.method.toLowerCase()] = describe(operation, input, output);
    paths[operation.path] = path;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'ChatOps for Discord',
      version,
      description: 'Runs what intents allow. docs/http-api.md shows each call with curl.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: { apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' } },
    },
  };
}

type Write = (schema: z.ZodType) => object;

function describe(operation: Operation, input: Write, output: Write) {
  const { id, summary, description, endpoint, params, query, body, requestHeaders, answers } = operation;
  const isOpen = endpoint === null || endpoint === 'webhook';
  const problems = new Set([
    ...(isOpen ? [500] : ALWAYS),
    ...(body ? WITH_BODY : []),
    ...(query ? [422] : []),
    ...(operation.limited ? [429] : []),
    ...(operation.problems ?? []),
  ]);
  const told = Object.entries(answers).map(([status, answer]) => [status, answered(answer, output)] as const);
  const refused = [...problems]
    .sort()
    .filter((status) => !(status in answers))
    .map((status) => [String(status), problem(status, output)] as const);
  return {
    operationId: id,
    summary,
    ...(description ? { description } : {}),
    ...(isOpen ? { security: [] } : { security: [{ apiKey: [] }] }),
    parameters: [
      ...(params ? parameters('path', input(params)) : []),
      ...(query ? parameters('query', input(query)) : []),
      ...Object.entries(requestHeaders ?? {}).map(([name, text]) => ({
        name,
        in: 'header',
        required: false,
        description: text,
        schema: { type: 'string' },
      })),
    ],
    ...(body
      ? { requestBody: { required: true, content: { 'application/json': { schema: input(body) } } } }
      : {}),
    responses: Object.fromEntries([...told, ...refused]),
  };
}

function answered({ description, schema, type, headers }: Answer, write: Write) {
  const content = schema
    ? { 'application/json': { schema: write(schema) } }
    : type && { [type]: { schema: { type: 'string' } } };
  const told = Object.entries(headers ?? {}).map(
    ([name, text]) => [name, { description: text, schema: { type: 'string' } }] as const,
  );
  return {
    description,
    ...(told.length > 0 ? { headers: Object.fromEntries(told) } : {}),
    ...(content ? { content } : {}),
  };
}

function problem(status: number, write: Write) {
  const retry = { 'Retry-After': 'Seconds until the next call is let through.' };
  const told = { description: `${titleOf(status)}.`, ...(status === 429 ? { headers: retry } : {}) };
  return {
    ...answered(told, write),
    content: { [PROBLEM_TYPE]: { schema: write(ProblemView) } },
  };
}

function parameters(place: 'path' | 'query', schema: object) {
  const { properties = {}, required = [] } = schema as {
    properties?: Record<string, { description?: string }>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description ? { description } : {}),
    schema: rest,
  }));
}

const POINTER = '#/$defs/';

/** Writes JSON Schemas; named schemas go into `components` and are referred to. */
function schemaWriter(io: 'input' | 'output', components: Map<string, object>): Write {
  return (schema) => {
    // The id of a schema itself would make it the document's root; wrapped, it is a reference like any other.
    const written = z.toJSONSchema(z.object({ it: schema }), { io, override: plainer });
    const { $defs = {}, properties = {} } = moved(written) as {
      $defs?: Record<string, object>;
      properties?: Record<string, object>;
    };
    for (const [name, definition] of Object.entries($defs)) components.set(name, definition);
    return properties.it ?? {};
  };
}

/** Leaves out what every number that JSON can hold fulfils, and patterns that a format says shorter. */
function plainer({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
}

/** A copy in which references lead to the components, and ids, which would be base URIs, are left out. */
function moved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(moved);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, member]) => !((key === 'id' || key === '$id') && typeof member === 'string'))
      .map(([key, member]) =>
        key === '$ref' && typeof member === 'string'
          ? [key, member.replace(POINTER, '#/components/schemas/')]
          : [key, moved(member)],
      ),
  );
}
