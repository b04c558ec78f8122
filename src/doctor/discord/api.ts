import { type HttpClient, HttpClientError } from '../../core/ports/http-client.js';

/** What Discord answered to a GET. Texts in it are hostile. */
export type Answer =
  | { readonly kind: 'data'; readonly data: unknown; readonly heard: Heard }
  /** `code` is Discord's own (JSON error codes), 0 without one. */
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly code: number;
      readonly said: string;
      readonly heard: Heard;
    }
  | { readonly kind: 'silent'; readonly why: string };

/** When an answer came, by both clocks. Milliseconds since 1970. */
export interface Heard {
  /** The answer's `Date`, in whole seconds; null without one. */
  readonly theirs: number | null;
  readonly asked: number;
  readonly answered: number;
}

/** Asks Discord; never rejects. */
export interface DiscordApi {
  get(path: string): Promise<Answer>;
}

export interface ApiSettings {
  readonly http: HttpClient;
  /** DISCORD_API_URL. */
  readonly url: string;
  readonly hasToken: boolean;
  readonly version: string;
  readonly signal: AbortSignal;
  now(): number;
}

/** Milliseconds for one answer. */
export const ANSWER_MS = 5000;

/** Discord's REST API v10, for reading only. */
export function discordApi({ url, hasToken, version, ...settings }: ApiSettings): DiscordApi {
  const headers = {
    accept: 'application/json',
    // Discord turns away what does not introduce itself in this form.
    'user-agent': `DiscordBot (chatops-discord, ${version})`,
    ...(hasToken ? { authorization: ['Bot ', { secret: 'DISCORD_TOKEN' }] } : {}),
  };
  return { get: (path) => ask(`${url}/v10${path}`, headers, settings) };
}

type Headers = Parameters<HttpClient['request']>[0]['headers'];

/** One GET of any address; never rejects because of the network. */
export async function ask(
  url: string,
  headers: Headers,
  { http, signal, now }: Pick<ApiSettings, 'http' | 'signal' | 'now'>,
): Promise<Answer> {
  const asked = now();
  try {
    const response = await http.request({
      method: 'GET',
      url,
      signal,
      timeoutMs: ANSWER_MS,
      ...(headers ? { headers } : {}),
    });
    const theirs = Date.parse(response.headers.date ?? '');
    const heard = { theirs: Number.isNaN(theirs) ? null : theirs, asked, answered: now() };
    const data = parse(response.body);
    if (response.status === 200) return { kind: 'data', data, heard };
    const { code, message } = (data ?? {}) as { code?: unknown; message?: unknown };
    const said = typeof message === 'string' ? message : response.statusText;
    return {
      kind: 'refused',
      status: response.status,
      code: typeof code === 'number' ? code : 0,
      said,
      heard,
    };
  } catch (error) {
    if (error instanceof HttpClientError) return { kind: 'silent', why: error.message };
    throw error;
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return null;
  }
}

/** Why there is no data, as the end of a sentence. */
export function whyNot(answer: Exclude<Answer, { kind: 'data' }>): string {
  return answer.kind === 'silent'
    ? answer.why.replace(/\.$/, '')
    : `status ${answer.status}${answer.said === '' ? '' : `, “${answer.said.slice(0, 200)}”`}`;
}
