import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { LocalDiscord } from '../local-discord.js';
import { urlOf } from '../rest/rest-server.js';
import { readAsset } from './assets.js';
import { type Gate, KEY_HEADER, type Refusal } from './gate.js';

const compress = promisify(gzip);

const NO_KEY: Refusal = {
  status: 403,
  text: 'Open the address that the playground printed when it started: it carries a key.',
};

/** Nothing comes from outside, nothing goes there, nobody may frame it. */
function securityHeaders(host: string): Record<string, string> {
  return {
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      // Colours of embeds are set as style attributes by the message components.
      "style-src-attr 'unsafe-inline'",
      "img-src 'self' data: blob:",
      `connect-src 'self' ws://${host}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  };
}

/** Answers the page's requests: its own files, and the files that the bot attached. */
export function createPageHandler(discord: LocalDiscord, gate: Gate, root: URL) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(securityHeaders(request.headers.host ?? ''))) {
      response.setHeader(name, value);
    }
    const refusal = gate.stranger(request);
    if (refusal) return refuse(response, refusal);
    const { pathname, searchParams } = urlOf(request);
    const file = /^\/files\/(\d+)$/.exec(pathname);
    if (file) {
      const key = request.headers[KEY_HEADER];
      if (!gate.isKey(typeof key === 'string' ? key : null)) return refuse(response, NO_KEY);
      return sendFile(discord, file[1] ?? '', response);
    }
    if (gate.isKey(searchParams.get('key'))) response.setHeader('Set-Cookie', gate.cookie);
    else if (searchParams.has('key') || !gate.hasCookie(request)) return refuse(response, NO_KEY);
    await sendAsset(root, pathname, request, response);
  };
}

function refuse(response: ServerResponse, { status, text }: Refusal): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

async function sendAsset(
  root: URL,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asset = await readAsset(root, path);
  if (!asset) {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('There is no such file.\n');
    return;
  }
  response.setHeader('Content-Type', asset.type);
  const zips = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  if (zips) response.setHeader('Content-Encoding', 'gzip');
  response.end(zips ? await compress(asset.body) : asset.body);
}

/** What the bot attached is hostile: it is saved or shown as an image, and never becomes a page of this origin. */
function sendFile(discord: LocalDiscord, id: string, response: ServerResponse): void {
  const file = discord.world.files.get(id);
  if (!file) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': file.data.length,
    'Content-Disposition': 'attachment',
    'Content-Security-Policy': "default-src 'none'; sandbox",
  });
  response.end(file.data);
}
