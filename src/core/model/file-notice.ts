import type { IntentProblem } from './intent.js';
import { code, phrase } from './phrase.js';
import { type Notice, notice } from './reasons.js';

/** Told after each reading of a file of rules: why it can't be read, with what counts meanwhile; null when it can. */
export type OnFile<File extends string> = (file: File, fault: Notice | null) => void;

/** A file that people configured: how it is called in a sentence, and what counts while it can't be read. */
interface FileWords {
  readonly code: 'policy_unavailable' | 'schedules_unavailable';
  /** As in "The policy file … does not exist." */
  readonly name: string;
  /** A sentence, while a version of it that was read before counts. */
  readonly kept: string;
  /** A sentence, when none was ever read. */
  readonly never: string;
}

/**
 * Why a file can't be read, and what counts meanwhile.
 * @param problem whose message begins with "The file"
 * @param wasRead a version of it that was read before counts
 */
export function fileNotice(
  words: FileWords,
  { file, message, hint }: IntentProblem,
  wasRead: boolean,
): Notice {
  const what = message.replace(/^The file /, '');
  const meanwhile = wasRead ? words.kept : words.never;
  return notice(words.code, phrase`The ${words.name} ${code(file)} ${what} ${meanwhile}`, phrase`${hint}`);
}
