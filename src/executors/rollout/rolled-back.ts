import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { Replacement } from './data.js';
import { shortId } from './wording.js';

/** What became of one service on the way back. */
export interface RolledBack {
  readonly ok: boolean;
  readonly sentence: Phrase;
}

export function notBack({ service, oldId }: Replacement, why: Phrase): RolledBack {
  const sentence = phrase`Putting back ${code(service)} as it was before (${code(shortId(oldId))}) failed: ${why}.`;
  return { ok: false, sentence };
}
