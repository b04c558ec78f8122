import { timingSafeEqual } from 'node:crypto';
import { hashOfLine, readKeyLines } from '../../../core/policy/key-lines.js';
import { sha256 } from '../../../core/text/canonical.js';

/** Who a presented key belongs to; null for a key that nobody has. */
export interface ApiKeys {
  find(presented: string): Promise<{ readonly name: string } | null>;
}

interface Known {
  readonly name: string;
  readonly hash: Buffer;
}

/**
 * The keys of `CHATOPS_API_KEY` or its file.
 * @param current the text as it is now; asked for at each call, so that keys change without a restart
 */
export function createApiKeys(current: () => string | null | Promise<string | null>): ApiKeys {
  let text: string | null = null;
  let known: readonly Known[] = [];
  return {
    find: async (presented) => {
      const now = await current();
      if (now !== text) {
        text = now;
        known = (readKeyLines(now ?? '') ?? []).map(({ name, key }) => ({ name, hash: hashOf(key) }));
      }
      const hash = Buffer.from(sha256(presented), 'hex');
      // Each key is compared, so that the time says nothing about which one was close.
      const found = known.filter((key) => timingSafeEqual(key.hash, hash));
      return found[0] ? { name: found[0].name } : null;
    },
  };
}

function hashOf(key: string): Buffer {
  return Buffer.from(hashOfLine(key) ?? sha256(key), 'hex');
}
