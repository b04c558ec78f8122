import type { Socket } from 'node:net';
import { PROBLEM_TYPE, type Problem, problemDocument, titleOf } from './problem.js';

const REFUSALS: Readonly<Record<string, Pick<Problem, 'status' | 'detail'>>> = {
  HPE_HEADER_OVERFLOW: { status: 431, detail: 'The request’s headers are larger than 8 KiB.' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'The request was not sent in time.' },
};
const UNREADABLE = { status: 400, detail: 'The request is not HTTP.' };

/** What is no HTTP, too large or too slow gets one short answer, and the connection ends. */
export function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const refusal = REFUSALS[error.code ?? ''] ?? UNREADABLE;
  const body = `${JSON.stringify(problemDocument({ ...refusal, code: 'request_invalid' }))}\n`;
  const head = [
    `HTTP/1.1 ${refusal.status} ${titleOf(refusal.status)}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
