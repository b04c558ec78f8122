import { setTimeout as sleep } from 'node:timers/promises';
import type { Circuits } from '../core/ports/circuit.js';
import {
  type HttpClient,
  HttpClientError,
  type HttpRequest,
  type HttpResponse,
} from '../core/ports/http-client.js';

/** Statuses of something that stands before a service that is away. */
const AWAY = [502, 503, 504];
/** Before a question is repeated, in ms; up to twice as long, and twice that before the next one. */
const REPEAT_MS = 150;
const REPEATS = 2;

/**
 * A client that learns which services don't answer; questions of who only looks are refused there at once. Questions
 * that fail quickly are repeated; what changes something is sent once.
 * @param kind what is spoken to, for the target's name: `proxmox`
 */
export function circuitHttpClient(client: HttpClient, circuits: Circuits, kind: string): HttpClient {
  return {
    request: async (request) => {
      const target = `${kind}:${new URL(request.url).hostname}`;
      const pass = await circuits.enter(target, { must: request.onlyLooks !== true });
      try {
        const response = await asked(client, request);
        if (AWAY.includes(response.status))
          pass.unanswered(`status ${response.status} ${response.statusText}`);
        else pass.answered();
        return response;
      } catch (error) {
        if (isSilence(error)) pass.unanswered(error.message);
        else if (error instanceof HttpClientError && error.fault !== 'aborted') pass.answered();
        throw error;
      } finally {
        pass.unknown();
      }
    },
  };
}

async function asked(client: HttpClient, request: HttpRequest): Promise<HttpResponse> {
  for (let repeat = 0; ; repeat += 1) {
    const isLast = request.method !== 'GET' || repeat === REPEATS;
    try {
      const response = await client.request(request);
      if (isLast || !AWAY.includes(response.status)) return response;
    } catch (error) {
      // A time that is over was long enough.
      if (isLast || !isSilence(error) || error.fault === 'timeout') throw error;
    }
    const wait = REPEAT_MS * 2 ** repeat * (1 + Math.random());
    await sleep(wait, undefined, request.signal ? { signal: request.signal } : {}).catch(() => {});
  }
}

function isSilence(error: unknown): error is HttpClientError {
  return error instanceof HttpClientError && (error.fault === 'unreachable' || error.fault === 'timeout');
}
