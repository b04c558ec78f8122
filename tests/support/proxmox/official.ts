import { readFileSync } from 'node:fs';

/** What Proxmox's API description says of one parameter, as far as it is checked here. */
interface Parameter {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly optional?: number;
}

interface Method {
  readonly parameters?: {
    readonly additionalProperties?: number;
    readonly properties?: Readonly<Record<string, Parameter>>;
  };
}

type Description = Readonly<Record<string, Readonly<Record<string, Method>>>>;

/**
 * `DELETE …/content/{volume}` is a documented call of the API that extracts of its description may lack; its
 * parameters are the ones of pve-storage's API2/Storage/Content.pm.
 */
const DELETE_VOLUME: Description = {
  '/nodes/{node}/storage/{storage}/content/{volume}': {
    DELETE: {
      parameters: {
        additionalProperties: 0,
        properties: {
          node: { type: 'string' },
          storage: { type: 'string', optional: 1 },
          volume: { type: 'string' },
          delay: { type: 'integer', minimum: 1, maximum: 30, optional: 1 },
        },
      },
    },
  },
};

/** Checks calls against the official description that PROXMOX_API_FILE names; null without it. */
export function officialCheck(): ((method: string, template: string, params: Params) => Errors) | null {
  const file = process.env.PROXMOX_API_FILE;
  if (!file) {
    process.stderr.write(
      'SKIPPED: PROXMOX_API_FILE is not set, calls are not checked against Proxmox’s API description\n',
    );
    return null;
  }
  const description = { ...DELETE_VOLUME, ...(JSON.parse(readFileSync(file, 'utf8')) as Description) };
  return (method, template, params) => {
    const known = description[template]?.[method];
    if (!known) return { call: `no such call: ${method} ${template}` };
    return errorsOf(known, params);
  };
}

export type Params = Readonly<Record<string, string>>;
/** By parameter, what is wrong with it. */
export type Errors = Readonly<Record<string, string>>;

function errorsOf({ parameters }: Method, params: Params): Errors {
  const properties = parameters?.properties ?? {};
  const unknown = Object.keys(params).filter((name) => !(name in properties));
  const missing = Object.entries(properties).filter(([name, { optional }]) => !optional && !(name in params));
  const wrong = Object.entries(params).flatMap(([name, value]) => {
    const parameter = properties[name];
    const fault = parameter ? faultOf(parameter, value) : null;
    return fault === null ? [] : [[name, fault] as const];
  });
  return Object.fromEntries([
    ...unknown.map((name) => [name, 'property is not defined in schema'] as const),
    ...missing.map(([name]) => [name, 'property is missing and it is not optional'] as const),
    ...wrong,
  ]);
}

function faultOf(parameter: Parameter, value: string): string | null {
  const { type, minimum, maximum, maxLength } = parameter;
  if (parameter.enum && !parameter.enum.includes(value))
    return `value '${value}' does not have a value in the enumeration`;
  if (type === 'boolean' && !/^[01]$/.test(value)) return "type check ('boolean') failed";
  if (maxLength !== undefined && value.length > maxLength)
    return `value may only be ${maxLength} characters long`;
  if (type !== 'integer') return null;
  if (!/^-?\d+$/.test(value)) return "type check ('integer') failed";
  if (minimum !== undefined && Number(value) < minimum)
    return `value must have a minimum value of ${minimum}`;
  if (maximum !== undefined && Number(value) > maximum)
    return `value must have a maximum value of ${maximum}`;
  return null;
}
