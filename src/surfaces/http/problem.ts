import { plain } from '../../core/model/phrase.js';
import { type Notice, REASONS, type ReasonCode } from '../../core/model/reasons.js';

/** An error as HTTP clients read it: RFC 9457, `application/problem+json`, with the reason code as `code`. */
export interface Problem {
  readonly status: number;
  readonly code: ReasonCode;
  /** What happened, in a sentence. */
  readonly detail: string;
  /** The way out; the catalogue's own when there is no better one. */
  readonly remedy?: string;
  /** More members of the document, such as the run that came to nothing. */
  readonly more?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export const PROBLEM_TYPE = 'application/problem+json';

/** The short text of each status that ChatOps answers with. */
const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Request timeout',
  409: 'Conflict',
  413: 'Content too large',
  414: 'URI too long',
  415: 'Unsupported media type',
  422: 'Unprocessable content',
  429: 'Too many requests',
  431: 'Request header fields too large',
  500: 'Internal error',
  503: 'Service unavailable',
};

export function titleOf(status: number): string {
  return TITLES[status] ?? 'Bad request';
}

export function problemDocument({ status, code, detail, remedy, more }: Problem) {
  return {
    type: 'about:blank',
    title: titleOf(status),
    status,
    detail,
    code,
    remedy: remedy ?? REASONS[code].remedy,
    ...more,
  };
}

/** Which status says that something was refused for this reason; all others are conflicts with what is so now. */
const STATUS: Readonly<Partial<Record<ReasonCode, number>>> = {
  not_allowed: 403,
  not_asker: 403,
  label_mismatch: 403,
  intent_unknown: 404,
  run_unknown: 404,
  circuit_unknown: 404,
  schedule_unknown: 404,
  params_invalid: 422,
  action_unsupported: 422,
  shutting_down: 503,
  store_unavailable: 503,
  internal_error: 500,
};

/** A refusal of the core as a problem. */
export function problemOf(
  { code, message, remedy }: Notice,
  more?: Readonly<Record<string, unknown>>,
): Problem {
  return {
    status: STATUS[code] ?? 409,
    code,
    detail: plain(message),
    remedy: plain(remedy),
    ...(more ? { more } : {}),
  };
}

/** Thrown where a request can't be read or answered; it becomes its problem document. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = 'ProblemError';
  }
}
