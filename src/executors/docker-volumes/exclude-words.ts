import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import { formatBytes, formatCount } from '../../core/text/format.js';

/** What an intent's patterns leave out. Folders are not counted. */
export interface Excluded {
  readonly files: number;
  readonly bytes: number;
  /** Patterns that match nothing. */
  readonly idle: readonly string[];
}

export const NOTHING_EXCLUDED: Excluded = { files: 0, bytes: 0, idle: [] };

/** A sentence for the preview; empty where nothing is left out. */
export function excludedText({ files, bytes }: Excluded): Phrase {
  return files === 0 ? [] : phrase` Excluded: ${formatCount(files, 'file')}, ${formatBytes(bytes)}.`;
}

/** A warning for each pattern without effect. */
export function idleNotices(source: string, { idle }: Excluded): readonly Notice[] {
  return idle.map((pattern) =>
    notice(
      'exclude_without_effect',
      phrase`The exclude ${code(pattern)} matches nothing in ${code(source)}.`,
    ),
  );
}
