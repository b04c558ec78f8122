import type { Phrase } from '../../core/model/phrase.js';
import { phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import { someOf } from '../shared/wording.js';

/** That containers can write to what is copied while it is copied. */
export function liveData(names: readonly string[], remedy: Phrase): Notice {
  const run = names.length === 1 ? 'runs and can' : 'run and can';
  return notice(
    'live_data',
    phrase`${someOf(names)} ${run} write to the files while they are copied: databases in the copy may be damaged, not just older.`,
    remedy,
  );
}
