import { randomBytes } from 'node:crypto';
import type { Wish } from '../wish.js';

/** A request whose values are not all there, or don't all fit. */
export interface Draft {
  readonly userId: string;
  /** With the values that were given so far. */
  readonly wish: Wish;
  /** What was typed and could not be read as values; null when it could. */
  readonly text: string | null;
  /** Parameters that the person was asked for, or named without a value. */
  readonly asked: readonly string[];
}

/** Drafts between a command and its form. */
export interface Drafts {
  /** Returns the key under which it is found again. */
  keep(draft: Draft): string;
  /** Null when it is gone, or somebody else's. */
  find(key: string, userId: string): Draft | null;
}

/** Nobody has a form open for longer. */
const KEPT_MS = 60 * 60 * 1000;
const KEPT_MOST = 500;

/**
 * Drafts in memory: a draft is worth nothing to anybody but the one who has the form open, and a form that is
 * sent after a restart brings what was typed with it, so nothing is lost with this process.
 */
export function createDrafts(now: () => Date): Drafts {
  const kept = new Map<string, { readonly draft: Draft; readonly until: number }>();

  return {
    keep: (draft) => {
      const at = now().getTime();
      for (const [key, { until }] of kept) if (until <= at) kept.delete(key);
      for (const key of [...kept.keys()].slice(0, Math.max(0, kept.size - KEPT_MOST + 1))) kept.delete(key);
      const key = randomBytes(9).toString('hex');
      kept.set(key, { draft, until: at + KEPT_MS });
      return key;
    },
    find: (key, userId) => {
      const found = kept.get(key);
      if (found === undefined || found.until <= now().getTime()) return null;
      return found.draft.userId === userId ? found.draft : null;
    },
  };
}
