import { timingSafeEqual } from 'node:crypto';
import { type ApiKey, ENVIRONMENT_KEY, type Rules } from '../model/policy.js';
import type { Secrets } from '../ports/redact.js';
import { sha256 } from '../text/canonical.js';

/**
 * Whose key this is: its name, or null when it is nobody's. Every known key is compared, in constant time; a key
 * whose secret is not set is nobody's.
 * @param environmentKey the value of CHATOPS_API_KEY, which acts under that name unless it is listed under another
 */
export function keyHolder(
  rules: Rules,
  presented: string,
  secrets: Secrets,
  environmentKey: string | null,
): string | null {
  const known = keysOf(rules).map((key) => ({ name: key.name, hash: hashOf(key, secrets) }));
  if (environmentKey) known.push({ name: ENVIRONMENT_KEY, hash: sha256(environmentKey) });
  if (known.length === 0) return null;
  const hash = Buffer.from(sha256(presented), 'hex');
  const [holder] = known.filter(
    (key) => key.hash !== null && timingSafeEqual(Buffer.from(key.hash, 'hex'), hash),
  );
  return holder?.name ?? null;
}

function keysOf(rules: Rules): readonly ApiKey[] {
  if (rules.kind === 'closed') return [];
  return (rules.kind === 'policy' ? rules.policy : rules.keys)?.apiKeys ?? [];
}

function hashOf({ sha256: hash, secret }: ApiKey, secrets: Secrets): string | null {
  if (hash !== null) return hash;
  return secret !== null && secrets.has(secret) ? sha256(secrets.resolve(secret)) : null;
}
