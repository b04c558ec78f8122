import { setTimeout as sleep } from 'node:timers/promises';
import type { Arg } from '../../core/model/plan.js';
import { type HttpClient, HttpClientError, type HttpResponse } from '../../core/ports/http-client.js';
import { lastLine } from '../shared/wording.js';
import {
  type Access,
  isPassing,
  type Method,
  type Params,
  ProxmoxError,
  type ProxmoxFault,
} from './access.js';

/** The way to a Proxmox API. */
export interface ProxmoxApi {
  /** `https://pve.lan:8006`, with or without `/api2/json`. */
  readonly url: string;
  readonly http: HttpClient;
  /** `user@realm!name=uuid`: a reference to the secret. */
  readonly token: Arg;
}

/** pveproxy's own statuses for a node that it can't forward to: no connection, connection broke, too slow. */
const NODE_DOWN = [502, 503, 504, 595, 596, 599];

/** Milliseconds before a question is put once more, and before the last time; up to as much again by chance. */
const AGAIN_AFTER = [200, 800] as const;

/**
 * The HTTPS API. What changes something is never repeated: a POST that got no answer may have been carried out. A
 * question of a run that has begun is put up to three times; a plan, which brings a signal, rather says what is wrong.
 */
export function apiAccess({ url, http, token }: ProxmoxApi, signal?: AbortSignal): Access {
  const base = `${url.replace(/\/+$/, '').replace(/\/api2\/json$/, '')}/api2/json`;
  return {
    call: (method, path, params = {}) =>
      method === 'GET' && !signal ? patiently(() => once(method, path, params)) : once(method, path, params),
  };

  async function once(method: Method, path: readonly string[], params: Params): Promise<unknown> {
    const form = encodeParams(params);
    const address = `${base}/${path.map(encodeURIComponent).join('/')}`;
    const inBody = method === 'POST';
    const response = await answer(() =>
      http.request({
        method,
        url: inBody || form === '' ? address : `${address}?${form}`,
        headers: {
          authorization: ['PVEAPIToken=', token],
          accept: 'application/json',
          ...(inBody ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        },
        ...(inBody ? { body: form } : {}),
        // Only plans and looks bring a signal; what has begun is followed to its end.
        ...(signal ? { signal, onlyLooks: true } : {}),
      }),
    );
    if (response.status !== 200) throw refusalOf(response);
    return dataOf(response);
  }
}

async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (const ms of AGAIN_AFTER) {
    try {
      return await ask();
    } catch (error) {
      const mayPass = isPassing(error) || (error instanceof ProxmoxError && error.fault === 'refused');
      if (!mayPass) throw error;
      await sleep(ms * (1 + Math.random()));
    }
  }
  return ask();
}

function encodeParams(params: Params): string {
  const entries = Object.entries(params).map(([name, value]): [string, string] => [name, String(value)]);
  return new URLSearchParams(entries).toString();
}

async function answer(request: () => Promise<HttpResponse>): Promise<HttpResponse> {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof HttpClientError)) throw error;
    const faults = { untrusted: 'untrusted', aborted: 'stopped' } as const;
    const fault: ProxmoxFault =
      error.fault === 'untrusted' || error.fault === 'aborted' ? faults[error.fault] : 'unreachable';
    throw new ProxmoxError(fault, error.message, error.sent);
  }
}

function refusalOf({ status, statusText, body }: HttpResponse): ProxmoxError {
  const said = lastLine(`${statusText}\n${messageIn(body)}`) || `status ${status}`;
  if (status === 401) return new ProxmoxError('token', said, false);
  if (status === 403) return new ProxmoxError('denied', said, false);
  if (NODE_DOWN.includes(status)) return new ProxmoxError('node_down', said, true);
  return new ProxmoxError('refused', said, false);
}

/** Proxmox puts its reason into the status line, newer versions into `message` and `errors` too. */
function messageIn(body: string): string {
  const parsed = parse(body);
  if (parsed === null || typeof parsed !== 'object') return '';
  const { message, errors } = parsed as { message?: unknown; errors?: unknown };
  const details =
    errors !== null && typeof errors === 'object'
      ? Object.entries(errors).map(([name, why]) => `${name}: ${String(why)}`)
      : [];
  const text = [typeof message === 'string' ? message.trim() : '', ...details];
  return text
    .filter((part) => part !== '')
    .join(' ')
    .replace(/\s+/g, ' ');
}

function dataOf({ body }: HttpResponse): unknown {
  const parsed = parse(body);
  if (parsed === null || typeof parsed !== 'object' || !('data' in parsed)) {
    throw new ProxmoxError('refused', 'What answers at this address is not the Proxmox API.', true);
  }
  return parsed.data;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return null;
  }
}
