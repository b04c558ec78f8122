import type { Check, CheckArea } from '../core/model/diagnosis.js';
import { plain } from '../core/model/phrase.js';
import { HostError, NoAnswerError } from '../core/ports/host.js';
import { formatDuration } from '../core/text/format.js';
import { problem } from './check.js';

/** What is looked at in one go, with a time limit of its own. */
export interface Examination {
  readonly area: CheckArea;
  /** The finding's id when it takes too long or fails. */
  readonly id: string;
  /** The subject of `… gave no answer`. */
  readonly what: string;
  /** The way out when it takes too long. */
  readonly remedy: string;
  /** `signal` ends what is under way. */
  readonly work: (signal: AbortSignal) => Promise<readonly Check[]>;
}

/**
 * Runs an examination for `limitMs` at most. What takes longer is a finding and is left behind; what throws
 * is one too, because one thing that can't be looked at must not hide the others.
 */
export async function limited(examination: Examination, limitMs: number): Promise<readonly Check[]> {
  const { area, id, what, remedy, work } = examination;
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<readonly Check[]>((resolve) => {
    timer = setTimeout(() => {
      late.abort();
      resolve([problem(area, id, `${what} gave no answer within ${formatDuration(limitMs)}.`, remedy)]);
    }, limitMs);
  });
  const done = work(late.signal).catch((error: unknown) => [failed(examination, error)]);
  const checks = await Promise.race([done, deadline]);
  clearTimeout(timer);
  return checks;
}

function failed({ area, id, what, remedy }: Examination, error: unknown): Check {
  if (error instanceof NoAnswerError) {
    const message = `${what} can’t be looked at: ${plain(error.what)}`;
    return problem(
      area,
      id,
      message,
      `Check the mount ${error.path}, and what it needs: its server, the network.`,
    );
  }
  if (error instanceof HostError) {
    const message = `${what} can’t be looked at: ${error.path} is closed to this user (${error.code}).`;
    return problem(area, id, message, `Give the user that runs ChatOps the right to reach ${error.path}.`);
  }
  const why = error instanceof Error ? error.message : String(error);
  return problem(area, id, `${what} could not be looked at: ${why}.`, remedy);
}
