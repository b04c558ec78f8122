import { createHmac, timingSafeEqual } from 'node:crypto';
import { sha256 } from '../../../core/text/canonical.js';

/**
 * Was this body signed with the secret, as GitHub does it: HMAC-SHA256 over the body's bytes as they came, in
 * `X-Hub-Signature-256: sha256=<hex>`?
 */
export function isSignedByGithub(body: Buffer, secret: string, signature: string | undefined): boolean {
  const hex = /^sha256=([0-9a-f]{64})$/.exec(signature ?? '')?.[1];
  if (hex === undefined) return false;
  return timingSafeEqual(createHmac('sha256', secret).update(body).digest(), Buffer.from(hex, 'hex'));
}

/** Is it the token? Hashed on both sides, so that the time says nothing about its length or its beginning. */
export function isToken(expected: string, presented: string | undefined): boolean {
  return (
    presented !== undefined && timingSafeEqual(Buffer.from(sha256(expected)), Buffer.from(sha256(presented)))
  );
}
