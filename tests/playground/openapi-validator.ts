import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { CheckedRequest, RequestValidator } from '../../src/playground/rest/request-log.js';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, unknown>> };
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Where the official description is, or null with one loud line. */
export function openapiFile(): string | null {
  const file = process.env.DISCORD_OPENAPI_FILE;
  if (file) return file;
  process.stderr.write(
    '\nSKIPPED: DISCORD_OPENAPI_FILE is not set, so requests are not checked against Discord’s description.\n\n',
  );
  return null;
}

/**
 * Checks requests against Discord's official description of its API: the path, the query's and the path's
 * parameters, and the JSON body, in which it allows no field that the description doesn't know.
 */
export function createOpenapiValidator(file: string): RequestValidator {
  const description = JSON.parse(readFileSync(file, 'utf8')) as Description;
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true, verbose: true });
  ajv.addSchema({ ...description, $id: 'discord' }, 'discord');
  // Parameters are text in a request; their schemas mean numbers and booleans.
  const coercing = new Ajv2020({ strict: false, validateFormats: false, coerceTypes: true });
  coercing.addSchema({ ...description, $id: 'discord' }, 'discord');

  const templates = Object.keys(description.paths)
    .map((path) => ({ path, pattern: patternOf(path), fixed: path.split('/').filter(isFixed).length }))
    .sort((a, b) => b.fixed - a.fixed);
  const compiled = new Map<string, ValidateFunction>();

  function validatorFor(instance: Ajv2020, pointer: string, closed: boolean): ValidateFunction {
    const known = compiled.get(pointer);
    if (known) return known;
    const schema = { $ref: `discord#${pointer}`, ...(closed ? { unevaluatedProperties: false } : {}) };
    const made = instance.compile(schema);
    compiled.set(pointer, made);
    return made;
  }

  return (request) => {
    const template = templates.find(({ pattern }) => pattern.test(request.path));
    if (!template) return [`no path ${request.path}`];
    const method = request.method.toLowerCase();
    const item = description.paths[template.path];
    const operation = item?.[method] as Operation | undefined;
    if (!item || !operation) return [`no ${request.method} ${template.path}`];
    const base = `/paths/${escapePointer(template.path)}`;
    return [
      ...checkParameters(item.parameters, `${base}/parameters`, request, template),
      ...checkParameters(operation.parameters, `${base}/${method}/parameters`, request, template),
      ...checkUnknownQuery([item.parameters, operation.parameters], request),
      ...checkBody(operation, `${base}/${method}`, request),
    ];
  };

  function checkParameters(
    list: unknown,
    pointer: string,
    request: CheckedRequest,
    { path, pattern }: { readonly path: string; readonly pattern: RegExp },
  ): readonly string[] {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const values = pattern.exec(request.path) ?? [];
    return parametersOf(list).flatMap((parameter, index) => {
      const value =
        parameter.in === 'path' ? values[names.indexOf(parameter.name) + 1] : request.query[parameter.name];
      if (value === undefined) return parameter.required ? [`${parameter.name}: missing`] : [];
      const validate = validatorFor(coercing, `${pointer}/${index}/schema`, false);
      return validate(value) ? [] : [`${parameter.name}: ${coercing.errorsText(validate.errors)}`];
    });
  }

  function checkBody(operation: Operation, pointer: string, { body }: CheckedRequest): readonly string[] {
    const { requestBody } = operation;
    if (!requestBody) return body === undefined ? [] : ['a body where none belongs'];
    if (body === undefined) return requestBody.required ? ['no body'] : [];
    if (!requestBody.content['application/json']) return ['a JSON body where none belongs'];
    const schema = `${pointer}/requestBody/content/application~1json/schema`;
    const validate = validatorFor(ajv, schema, !Array.isArray(body));
    if (validate(body)) return [];
    return (validate.errors ?? [])
      .filter(isReal)
      .map(({ instancePath, message, params }) => `body${instancePath} ${message} ${JSON.stringify(params)}`);
  }
}

/** discord.js sends these with edits of messages and threads on messages, where Discord ignores them. */
const IGNORED_FIELDS = ['tts', 'enforce_nonce', 'type'];

/**
 * Two differences between the description and what everybody does: fields that are ignored, and permission
 * bits, which are integers there but decimal strings in Discord's documentation.
 */
function isReal({ keyword, params, data }: ErrorObject): boolean {
  if (keyword === 'unevaluatedProperties' && IGNORED_FIELDS.includes(params.unevaluatedProperty))
    return false;
  const wantsInteger = keyword === 'type' && String(params.type).includes('integer');
  return !(wantsInteger && typeof data === 'string' && /^\d+$/.test(data));
}

function parametersOf(list: unknown): readonly Parameter[] {
  return Array.isArray(list) ? (list as readonly Parameter[]) : [];
}

function checkUnknownQuery(lists: readonly unknown[], { query }: CheckedRequest): readonly string[] {
  const known = lists.flatMap(parametersOf).map(({ name }) => name);
  return Object.keys(query)
    .filter((name) => !known.includes(name))
    .map((name) => `${name}: not a parameter`);
}

function isFixed(part: string): boolean {
  return !part.startsWith('{');
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`);
}

function escapePointer(path: string): string {
  return path.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D');
}
