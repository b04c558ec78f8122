import type { Reads } from '../core/documents/reads.js';
import { HttpClientError } from '../core/ports/http-client.js';

const LARGEST = 1024 * 1024;

/**
 * A file of certificates in PEM, whose share may not answer.
 * @throws HttpClientError `untrusted`: without it nothing can be trusted
 */
export async function readCertificate(file: string, reads: Reads): Promise<string> {
  const found = await reads.text(file, LARGEST);
  if (found.ok) return found.text;
  const why =
    found.why === 'unanswered'
      ? `is on ${found.mount}, which doesn’t answer`
      : 'can’t be read as a text file';
  throw new HttpClientError('untrusted', `${file} ${why}`, false);
}
