import type { IncomingMessage, ServerResponse } from 'node:http';
import type { World } from '../world/world.js';

/** Where uploaded files are served: `/attachments/<secret>/<channel>/<id>/<name>`. */
export const FILES_PATH = '/attachments';

/** Answers with an uploaded file's bytes. */
export function serveFile(world: World, request: IncomingMessage, response: ServerResponse): void {
  const id = (request.url ?? '').split('/').at(-2) ?? '';
  const file = world.files.get(id);
  if (!file) {
    response.writeHead(404).end();
    return;
  }
  // Uploads are hostile: a browser must save them, never show them as a page of this origin.
  response.writeHead(200, {
    'Content-Type': file.contentType,
    'Content-Length': file.data.length,
    'Content-Disposition': `attachment; filename="${file.filename}"`,
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(file.data);
}
