import type { FastifyInstance } from 'fastify';
import { jsonErrorOffset, placeText } from './json-place.js';
import { ProblemError } from './problem.js';

/** Most of what anybody sends is a name; the largest thing is an intent's file to be checked. */
export const BODY_LIMIT = 256 * 1024;

/** A push with hundreds of commits. */
export const RAW_BODY_LIMIT = 2 * 1024 * 1024;

/**
 * Bodies are JSON. `curl -d` calls what it sends a form, so that is read as JSON too. Names that would reach
 * into JavaScript's own objects (`__proto__`) are refused.
 */
export function acceptJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>(
    ['application/json', 'application/x-www-form-urlencoded'],
    { parseAs: 'string' },
    (request, text, done) => {
      if (text.trim() === '') return done(null, undefined);
      parse(request, text, (error, value) => done(error ? notJson(text) : null, value));
    },
  );
}

/** Leaves a body as the bytes that came: a signature is over them. */
export function acceptBytes(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes));
}

function notJson(text: string): ProblemError {
  const offset = jsonErrorOffset(text);
  const detail =
    offset === null
      ? 'The body holds a name that is not allowed, such as __proto__.'
      : `The body is not JSON: ${placeText(text, offset)}.`;
  const remedy = `Send JSON, such as {"name": "backup_media"}.`;
  return new ProblemError({ status: 400, code: 'request_invalid', detail, remedy });
}
