import type { ServerResponse } from 'node:http';
import type * as z from 'zod';
import type { Actor } from '../../../core/model/request.js';

/** What one call is about, checked. */
export interface Call<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** The bytes of the body, where the operation asked for them. */
  readonly raw: Buffer;
  /** Who asks; on operations without a key nobody in particular. */
  readonly actor: Actor;
  /** The client's address. */
  readonly from: string;
  /** By lower-case name; several values of one name are joined. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** What a call is answered with. A string is sent as it is, everything else as JSON. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
  /** The content type of a string. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that goes on: the function writes to the response and ends it. */
export interface Stream {
  readonly stream: (response: ServerResponse) => void;
}

/** One possible answer, as the OpenAPI document tells it. */
export interface Answer {
  readonly description: string;
  /** Of `application/json`; without one the answer has no JSON body. */
  readonly schema?: z.ZodType;
  /** Another content type than JSON, whose body is text. */
  readonly type?: string;
  /** Headers that matter, with what they say. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a key may be allowed to use. `null` is open to everybody, `webhook` to every allowed address. */
export type Endpoint =
  | 'status'
  | 'intents'
  | 'runs'
  | 'validate'
  | 'run'
  | 'orchestrate'
  | 'schedules'
  | 'schedules_reload'
  | 'schedules_run_now'
  | 'openapi'
  | 'webhook'
  | null;

/** One endpoint: its schemas check what comes in and describe it in the OpenAPI document. */
export interface Operation<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
> {
  /** The `operationId`. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With `{name}` for parameters. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly endpoint: Endpoint;
  /** Calls count against the client's rate limit, each such operation by itself. */
  readonly limited?: boolean;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** The body's bytes are handed over unread; `body` only describes them. */
  readonly rawBody?: boolean;
  /** Request headers with a meaning, and what they do. */
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Statuses of problem documents that this operation itself answers with. */
  readonly problems?: readonly number[];
  handle(
    call: Call<z.output<Params>, z.output<Query>, z.output<Body>>,
  ): Promise<Reply | Stream> | Reply | Stream;
}

/** An operation whose handler knows the types of its schemas. */
export function operation<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>(
  definition: Operation<Params, Query, Body>,
): Operation {
  return definition as unknown as Operation;
}

export function json(status: number, body: unknown, headers?: Readonly<Record<string, string>>): Reply {
  return { status, body, ...(headers ? { headers } : {}) };
}
