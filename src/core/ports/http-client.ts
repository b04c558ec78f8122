import type { Arg } from '../model/plan.js';

/** One HTTP request. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Absolute, with its query. Never holds a secret: it may be logged. */
  readonly url: string;
  /** A value of several parts is joined without a separator; secrets are resolved when it is sent. */
  readonly headers?: Readonly<Record<string, Arg | readonly Arg[]>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** Nothing has begun: a service that is known not to answer isn't asked, which is a `HostError`. */
  readonly onlyLooks?: boolean;
  /** Milliseconds until the whole answer must be there; the client has a default. */
  readonly timeoutMs?: number;
}

export interface HttpResponse {
  readonly status: number;
  /** The reason phrase of the status line; Proxmox explains itself there. Hostile text. */
  readonly statusText: string;
  /** Names in lower case; one that came several times is joined with commas. Hostile text. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded as UTF-8. */
  readonly body: string;
}

/**
 * Speaks HTTP with one service. Any status is an answer; what never became an answer throws
 * {@link HttpClientError}. TLS is always verified, and redirects are not followed.
 */
export interface HttpClient {
  request(request: HttpRequest): Promise<HttpResponse>;
}

/**
 * Why there was no answer: `unreachable` (no connection, or it broke), `untrusted` (the certificate can't
 * be verified), `timeout`, `too_large` (the answer), `aborted` (by the request's signal).
 */
export type HttpFault = 'unreachable' | 'untrusted' | 'timeout' | 'too_large' | 'aborted';

export class HttpClientError extends Error {
  constructor(
    readonly fault: HttpFault,
    message: string,
    /** False when the service can't have seen the request. */
    readonly sent: boolean,
  ) {
    super(message);
    this.name = 'HttpClientError';
  }
}
