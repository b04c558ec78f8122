import type { IncomingMessage } from 'node:http';
import { refusal } from '../wire/api-error.js';
import { MAX_FILE_BYTES, type Upload } from '../world/attachments.js';

/** A whole request; ten files of the greatest size fit. */
const MAX_REQUEST_BYTES = 10 * MAX_FILE_BYTES + 1024 * 1024;

/** What a request carries: its JSON (undefined when it has none) and its files. */
export interface RequestBody {
  readonly json: unknown;
  readonly uploads: readonly Upload[];
}

/**
 * Reads a request's body: JSON, or multipart with `payload_json` and `files[n]`.
 * @throws {ApiError} 50109 for broken JSON, 40005 when it is too large
 */
export async function readBody(request: IncomingMessage): Promise<RequestBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const data = Buffer.from(chunk);
    size += data.length;
    // What is too much is read and dropped, so that the client gets to hear the answer.
    if (size <= MAX_REQUEST_BYTES) chunks.push(data);
  }
  if (size > MAX_REQUEST_BYTES) throw refusal('tooLarge');
  if (size === 0) return { json: undefined, uploads: [] };
  const bytes = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data')) return readMultipart(bytes, type);
  return { json: parseJson(bytes.toString('utf8')), uploads: [] };
}

async function readMultipart(bytes: Buffer, type: string): Promise<RequestBody> {
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  const uploads: Upload[] = [];
  for (const [name, value] of form.entries()) {
    const key = /^files\[(\d+)\]$/.exec(name)?.[1];
    if (key === undefined || typeof value === 'string') continue;
    uploads.push({
      key,
      filename: value.name,
      contentType: value.type || 'application/octet-stream',
      data: Buffer.from(await value.arrayBuffer()),
    });
  }
  const payload = form.get('payload_json');
  return { json: typeof payload === 'string' ? parseJson(payload) : {}, uploads };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal('invalidJson');
  }
}
