import type { Json } from '../../core/model/plan.js';
import type { ExecOptions, Host } from '../../core/ports/host.js';
import { READ, whyFailed } from './container.js';
import { parseAnswer } from './http-answer.js';

/** One request to the Docker Engine's API. */
export interface EngineRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** With its query, both encoded: {@link enginePath}. */
  readonly path: string;
  readonly body?: unknown;
}

/** What the engine answered; `why` is its own words, in one line. */
export type EngineAnswer =
  | { readonly ok: true; readonly body: Json; readonly headers: ReadonlyMap<string, string> }
  | {
      readonly ok: false;
      /** Null: there was no answer. */
      readonly status: number | null;
      readonly why: string;
    };

const PATIENT = { ...READ, timeoutMs: 120_000, afterStopMs: 20_000 } as const;

/**
 * Asks the engine for what the docker command has no words for. `docker system dial-stdio` connects to the very engine that
 * every other docker command means: by a socket, a context or ssh. Without a version in its path, a request is of the
 * engine's own newest one, so that what it says of a container can be handed back to it.
 */
export async function askEngine(
  host: Host,
  { method, path, body }: EngineRequest,
  options: Pick<ExecOptions, 'timeoutMs' | 'afterStopMs'> = {},
): Promise<EngineAnswer> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const head = [
    `${method} ${path} HTTP/1.1`,
    'Host: docker',
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
  ];
  // An engine takes the end of its input as a client that hung up, and may give up what it is doing.
  const said = await host.exec(['docker', 'system', 'dial-stdio'], {
    ...PATIENT,
    ...options,
    stdin: `${head.join('\r\n')}\r\n\r\n${text}`,
    holdsStdin: true,
  });
  const answer = parseAnswer(said.stdout);
  if (answer === null) {
    const why = said.ok ? 'the engine’s answer broke off' : whyFailed(said);
    return { ok: false, status: null, why };
  }
  const json = parseJson(answer.body);
  if (answer.status < 400) return { ok: true, body: json, headers: answer.headers };
  return { ok: false, status: answer.status, why: messageOf(json) ?? `the engine answered ${answer.status}` };
}

/** A path of the API with names and a query in it. */
export function enginePath(parts: readonly string[], query: Readonly<Record<string, string>> = {}): string {
  const path = parts.map((part) => `/${encodeURIComponent(part)}`).join('');
  const search = new URLSearchParams(query).toString();
  return search === '' ? path : `${path}?${search}`;
}

function parseJson(text: string): Json {
  try {
    return text === '' ? null : (JSON.parse(text) as Json);
  } catch {
    return null;
  }
}

function messageOf(json: Json): string | null {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) return null;
  const { message } = json as { readonly message?: Json };
  return typeof message === 'string' ? (message.split('\n')[0] ?? '').replace(/[.?!]+$/, '') : null;
}
