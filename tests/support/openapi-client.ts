import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

interface Operation {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly parameters: readonly {
    readonly name: string;
    readonly in: 'path' | 'query' | 'header';
    readonly required: boolean;
    readonly schema: object;
  }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface Arguments {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * A client made of nothing but an OpenAPI document. Throws when a call is not as described, and when an answer
 * has an undescribed status, content type or body.
 */
export class OpenApiClient {
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  readonly #operations = new Map<string, { method: string; path: string; operation: Operation }>();
  /** The operations that were called, and the statuses that came back. */
  readonly seen = new Map<string, Set<number>>();

  constructor(
    private readonly document: OpenApiDocument,
    private readonly url: string,
    private readonly key: string,
  ) {
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        this.#operations.set(operation.operationId, { method: method.toUpperCase(), path, operation });
      }
    }
  }

  get operationIds(): string[] {
    return [...this.#operations.keys()].sort();
  }

  async call(operationId: string, { parameters = {}, body }: Arguments = {}): Promise<Answered> {
    const found = this.#operations.get(operationId);
    if (!found) throw new Error(`${operationId} is not described`);
    const { method, path, operation } = found;
    let target = path;
    const query = new URLSearchParams();
    const headers = new Headers(operation.security.length > 0 ? { 'x-api-key': this.key } : {});
    for (const parameter of operation.parameters) {
      const value = parameters[parameter.name];
      if (value === undefined && parameter.required) throw new Error(`${parameter.name} is required`);
      if (value === undefined) continue;
      if (parameter.in === 'path') target = target.replace(`{${parameter.name}}`, encodeURIComponent(value));
      else if (parameter.in === 'query') query.set(parameter.name, value);
      else headers.set(parameter.name, value);
    }
    const wanted = operation.requestBody?.content?.['application/json'];
    if (wanted) {
      this.#check(`the body of ${operationId}`, wanted.schema, body);
      headers.set('content-type', 'application/json');
    }
    // The side port closes a connection that rests for long, which the next call on it would find out.
    headers.set('connection', 'close');
    const response = await fetch(`${this.url}${target}?${query}`, {
      method,
      headers,
      ...(wanted ? { body: JSON.stringify(body) } : {}),
    });
    return this.#answered(operationId, operation, response);
  }

  async #answered(operationId: string, { responses }: Operation, response: Response): Promise<Answered> {
    const { status, headers } = response;
    const text = await response.text();
    this.seen.set(operationId, (this.seen.get(operationId) ?? new Set()).add(status));
    const described = responses[status];
    if (!described) throw new Error(`${operationId} answered ${status}, which is not described: ${text}`);
    const [type = ''] = (headers.get('content-type') ?? '').split(';');
    if (!described.content) {
      if (text !== '') throw new Error(`${operationId} ${status} has a body: ${text}`);
      return { status, headers, body: null };
    }
    const content = described.content[type];
    if (!content) throw new Error(`${operationId} ${status} answered ${type}, which is not described`);
    const body: unknown = type.endsWith('json') ? JSON.parse(text) : text;
    this.#check(`the answer ${status} of ${operationId}`, content.schema, body);
    return { status, headers, body };
  }

  #check(what: string, schema: object, value: unknown): void {
    const validate: ValidateFunction = this.#ajv.compile({ ...schema, components: this.document.components });
    if (validate(value)) return;
    throw new Error(`${what} is not as described: ${this.#ajv.errorsText(validate.errors)}`);
  }
}
