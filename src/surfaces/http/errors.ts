import type { FastifyError } from 'fastify';
import type { Log } from '../../core/ports/log.js';
import { StoreError } from '../../core/ports/store.js';
import { type Problem, ProblemError } from './problem.js';

const DETAILS: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'The body is too large.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'The body’s content type is not application/json.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'The body is not as long as its Content-Length says.'],
  FST_ERR_BAD_URL: [400, 'The path holds a % that is followed by no character.'],
  FST_ERR_MAX_PARAM_LENGTH: [414, 'The path has a part that is too long.'],
};

/** What a client is told about an error. Only defects are logged, and none of their text is told. */
export function problemFor(error: FastifyError, log: Log, url: string): Problem {
  if (error instanceof ProblemError) return error.problem;
  const [status, detail] = DETAILS[error.code] ?? [error.statusCode ?? 500, 'The request could not be read.'];
  if (status < 500) return { status, code: 'request_invalid', detail };
  log.error({ err: error, url }, 'the side port could not answer');
  return error instanceof StoreError
    ? { status: 503, code: 'store_unavailable', detail: 'The database does not answer.' }
    : { status: 500, code: 'internal_error', detail: 'ChatOps could not answer. Its log says why.' };
}
