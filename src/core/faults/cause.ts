import { code, phrase } from '../model/phrase.js';
import { type Notice, notice } from '../model/reasons.js';
import { HostError, noAnswerOf } from '../ports/host.js';
import { StoreError } from '../ports/store.js';
import { storeUnavailable } from './store-fault.js';

/**
 * Why something threw, as people read it, and the way out. What a machine does is told as that: a defect is only
 * what nothing else explains.
 */
export function causeOf(error: unknown): Notice {
  if (error instanceof StoreError) return storeUnavailable(error);
  if (error instanceof HostError) return hostFailed(error);
  return notice(
    'internal_error',
    phrase`ChatOps itself failed: this is a defect.`,
    phrase`Report it with the run’s id and the log.`,
  );
}

function hostFailed(error: HostError): Notice {
  const { code: system, path } = error;
  const unanswered = noAnswerOf(error);
  if (unanswered) return notice('no_answer', unanswered);
  return notice(
    'command_failed',
    phrase`${code(path)} could not be used (${code(system)}).`,
    phrase`Check that path on the host, then retry.`,
  );
}
