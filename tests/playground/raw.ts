import type { LocalDiscord } from '../../src/playground/local-discord.js';
import { objectOf } from '../../src/playground/wire/json.js';

/** What the API answered: its status, Discord's code, and the whole body (a list by its indexes). */
export interface RawAnswer {
  readonly status: number;
  readonly code: unknown;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}

/** A request to the API without discord.js, which would refuse or repair some of them itself. */
export async function call(
  discord: LocalDiscord,
  method: string,
  path: string,
  body?: unknown,
  files: readonly { readonly name: string; readonly data: Uint8Array<ArrayBuffer> }[] = [],
): Promise<RawAnswer> {
  const headers: Record<string, string> = { authorization: `Bot ${discord.token}` };
  let payload: string | FormData | null = null;
  if (files.length > 0) {
    payload = new FormData();
    payload.append('payload_json', JSON.stringify(body));
    for (const [index, { name, data }] of files.entries()) {
      payload.append(`files[${index}]`, new Blob([data]), name);
    }
  } else if (body !== undefined) {
    payload = typeof body === 'string' ? body : JSON.stringify(body);
    headers['content-type'] = 'application/json';
  }
  const response = await fetch(`${discord.apiUrl}/v10${path}`, { method, headers, body: payload });
  const text = await response.text();
  const parsed: unknown = text === '' ? {} : JSON.parse(text);
  const answer = Array.isArray(parsed) ? objectOf({ ...parsed }) : objectOf(parsed);
  return { status: response.status, code: answer.code, body: answer, headers: response.headers };
}
