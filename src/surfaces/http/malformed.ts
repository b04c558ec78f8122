import type { Socket } from 'node:net';
import { PROBLEM_TYPE, type Problem, problemDocument, titleOf } from './problem.js';

/** How long a refused client may take to read its answer, in ms. */
const LINGER_MS = 1000;

/** Why a request was not read to its end: a word for the log and the metric, and what the client is told. */
export interface Unread extends Pick<Problem, 'status' | 'detail'> {
  readonly reason: 'head_too_large' | 'too_slow' | 'malformed';
}

export const TOO_SLOW: Unread = {
  reason: 'too_slow',
  status: 408,
  detail: 'The request was not sent in time.',
};
const UNREADABLE: Unread = { reason: 'malformed', status: 400, detail: 'The request is not HTTP.' };
const FAULTS: Readonly<Record<string, Unread>> = {
  HPE_HEADER_OVERFLOW: {
    reason: 'head_too_large',
    status: 431,
    detail: 'The request’s headers are larger than 8 KiB.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: TOO_SLOW,
};

/** What the server's parser says of a request; null for a client that is gone. */
export function unreadOf({ code = '' }: NodeJS.ErrnoException, socket: Socket): Unread | null {
  // The end of the stream in the middle of a request is somebody who hung up.
  const gone = code === 'ECONNRESET' || code === 'HPE_INVALID_EOF_STATE';
  return socket.writable && !gone ? (FAULTS[code] ?? UNREADABLE) : null;
}

/** What is no HTTP, too large or too slow gets one short answer, and the connection ends. */
export function refuseUnread(socket: Socket, unread: Unread): void {
  const answer = ANSWERS.get(unread) ?? answerOf(unread);
  ANSWERS.set(unread, answer);
  socket.end(answer);
  endSoon(socket);
}

/** The same few, made once: a flood of them must cost little. */
const ANSWERS = new Map<Unread, string>();

function answerOf({ status, detail }: Unread): string {
  const body = `${JSON.stringify(problemDocument({ status, detail, code: 'request_invalid' }))}\n`;
  const head = [
    `HTTP/1.1 ${status} ${titleOf(status)}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/**
 * Ends a connection that its client doesn't end by itself.
 * @param still asked when the time is over: is there a reason yet?
 */
export function endSoon(socket: Socket, still: () => boolean = () => true): void {
  setTimeout(() => {
    if (still()) socket.destroy();
  }, LINGER_MS).unref();
}
