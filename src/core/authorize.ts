import { phrase } from './phrase.js';
import { type Notice, notice } from './reasons.js';
import type { Actor } from './request.js';

/** What an actor wants to do with an intent. `view`: its runs and their logs. */
export type Right = 'run' | 'stop' | 'view';

/** Whose rights were settled where they came in: at the shell, by a key, by a signature and its origin. */
const TRUSTED: readonly Actor['kind'][] = ['operator', 'api_key', 'webhook'];

/**
 * May this actor do that? Null means yes. Asked at admission, at every button and in autocomplete.
 * The local operator may do everything: whoever can start the command has this machine's rights already.
 * So may whoever has an API key, and a webhook from an allowed branch: the one who set them up gave them these rights.
 * Discord users must be administrators of their server.
 */
export function authorize(actor: Actor, right: Right, intent: string): Notice | null {
  if (TRUSTED.includes(actor.kind)) return null;
  if (actor.kind === 'user' && actor.administrator === true) return null;
  const verb = { run: 'run', stop: 'stop', view: 'see' }[right];
  return notice(
    'not_allowed',
    phrase`${actor.name} can’t ${verb} ${{ code: intent }}. Only administrators of this server may.`,
    phrase`Ask a server administrator to do it.`,
  );
}

/** The intent may ask for a label that the installation must carry (`APPROVED_LABEL`), when that is set. */
export function checkLabel(required: string | null, approved: string | null, intent: string): Notice | null {
  if (required === null || approved === null || required === approved) return null;
  return notice(
    'label_mismatch',
    phrase`${{ code: intent }} asks for the label ${{ code: required }}, and this installation carries another one.`,
  );
}
