/** One request of the bot and what it got. */
export interface LoggedRequest {
  /** When it arrived, milliseconds since 1970 by the local Discord's clock. */
  readonly at: number;
  /** Milliseconds until it was answered. */
  readonly ms: number;
  readonly method: string;
  /** Behind `/api/v10`, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly files: readonly { readonly filename: string; readonly size: number }[];
  /** null: the connection was ended without an answer. */
  readonly status: number | null;
  /** Discord's error code, when it was refused. */
  readonly code: number | null;
}

/** A request that Discord's API doesn't know, or that its official description forbids. */
export interface Violation {
  readonly method: string;
  readonly path: string;
  readonly problems: readonly string[];
}

/** What a validator gets to see of a request. */
export interface CheckedRequest {
  readonly method: string;
  /** Behind `/api/v10`, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** The JSON, of a multipart request its `payload_json`; undefined when there is none. */
  readonly body: unknown;
}

/** Returns what is wrong with a request, in words; nothing when it is right. */
export type RequestValidator = (request: CheckedRequest) => readonly string[];
