import type { IncomingMessage } from 'node:http';
import type { Notice, ReasonCode } from '../../../core/model/reasons.js';
import type { Actor } from '../../../core/model/request.js';
import type { Endpoint } from '../api/operation.js';
import { type Problem, ProblemError, problemOf } from '../problem.js';
import { clientAddress, type Networks } from './address.js';
import type { ApiKeys } from './api-keys.js';
import { type RateLimiter, rateKey } from './rate-limit.js';
import type { WrongKeys } from './wrong-keys.js';

/** Why somebody was not let in, as `chatops_auth_failures_total` names it. */
export type AuthFailureReason =
  | 'invalid_key'
  | 'missing_key'
  | 'ip_blocked'
  | 'label_mismatch'
  | 'invalid_signature'
  | 'policy';

export interface AuthFailure {
  readonly reason: AuthFailureReason;
  /** The client's address, with the key's name where that is known. */
  readonly from: string;
}

/** Who may call what. */
export interface Access {
  readonly keys: ApiKeys;
  /** Addresses that may call; null lets every address. */
  readonly allowlist: Networks | null;
  /** Proxies whose `X-Forwarded-For` is believed. */
  readonly proxies: Networks;
  readonly limiter: RateLimiter;
  readonly wrongKeys: WrongKeys;
  /** Null when this key may use the endpoint, else why not. */
  mayUse(actor: Actor, endpoint: Exclude<Endpoint, 'webhook' | null>): Notice | null;
  onAuthFailure(failure: AuthFailure): void;
}

/** What the guard needs to know of a request, before its body is read. */
export interface Arrival {
  readonly operation: { readonly id: string; readonly endpoint: Endpoint; readonly limited?: boolean };
  /** The client's address. */
  readonly from: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Visitor {
  readonly actor: Actor;
  readonly from: string;
  /** A valid key was presented. */
  readonly hasKey: boolean;
}

/** Who calls an operation that needs no key; nothing can be done as this actor. */
const NOBODY: Actor = { kind: 'user', id: '', name: 'nobody' };

/** Who sent this; see {@link clientAddress}. */
export function senderOf(
  { proxies }: Pick<Access, 'proxies'>,
  { socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>,
): string {
  return clientAddress(socket.remoteAddress, single(headers['x-forwarded-for']), proxies);
}

/** Lets a request in, or throws its problem: address, rate, key, right, in this order. */
export async function letIn(access: Access, { operation, from, headers }: Arrival): Promise<Visitor> {
  if (operation.endpoint === null) return { actor: NOBODY, from, hasKey: false };
  const refuse = (reason: AuthFailureReason, who: string, problem: Problem): ProblemError => {
    access.onAuthFailure({ reason, from: who });
    return new ProblemError(problem);
  };
  if (access.allowlist && !access.allowlist.has(from)) {
    throw refuse('ip_blocked', from, denial(403, 'ip_blocked', `The address ${from} may not call ChatOps.`));
  }
  // Webhooks are known by their signature, which is over the body.
  if (operation.endpoint === 'webhook') return { actor: NOBODY, from, hasKey: false };
  if (operation.limited) await limit(access, operation.id, from);

  const presented = single(headers['x-api-key']);
  if (!presented) {
    throw refuse('missing_key', from, unauthorized('missing_key', 'The call has no API key.'));
  }
  const key = await access.keys.find(presented);
  const wait = access.wrongKeys.wait(from, key?.name ?? null);
  if (wait > 0) throw tooManyWrong(from, wait);
  if (key) access.wrongKeys.right(from, key.name);
  else access.wrongKeys.wrong(from);
  if (!key) throw refuse('invalid_key', from, unauthorized('invalid_key', 'Nobody has this API key.'));
  const actor: Actor = { kind: 'api_key', id: key.name, name: key.name };
  const denied = access.mayUse(actor, operation.endpoint);
  if (denied) throw refuse('policy', `${key.name} (${from})`, problemOf(denied));
  return { actor, from, hasKey: true };
}

async function limit({ limiter }: Access, operation: string, from: string): Promise<void> {
  const { allowed, retryAfter } = await limiter.hit(`${operation}:${rateKey(from)}`);
  if (allowed) return;
  throw new ProblemError({
    ...denial(429, 'rate_limited', `${from} called too often.`, `Try again in ${retryAfter} s.`),
    headers: { 'retry-after': String(retryAfter) },
  });
}

/** Refuses to look at another key, token or signature of this address. */
export function tooManyWrong(from: string, seconds: number): ProblemError {
  return new ProblemError({
    ...denial(429, 'rate_limited', `${from} presented too many wrong keys.`, `Try again in ${seconds} s.`),
    headers: { 'retry-after': String(seconds) },
  });
}

/** RFC 9110 wants to be told how one authenticates; no registered scheme fits a header of one's own. */
function unauthorized(code: ReasonCode, detail: string): Problem {
  return { ...denial(401, code, detail), headers: { 'www-authenticate': 'ApiKey header="X-API-Key"' } };
}

function denial(status: number, code: ReasonCode, detail: string, remedy?: string): Problem {
  return { status, code, detail, ...(remedy === undefined ? {} : { remedy }) };
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
