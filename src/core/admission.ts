import { authorize, checkLabel } from './authorize.js';
import { askedConsent, belongsToOps } from './consent.js';
import { nobodyToAsk } from './consent-refusals.js';
import { ruleNow } from './decisions.js';
import type { CoreDeps } from './deps.js';
import { chainOf } from './intent/chain.js';
import type { Intent } from './intent/intent.js';
import { stacksOfIntents } from './lock.js';
import { heldBack } from './locks.js';
import { bindParams } from './params.js';
import { code, type Phrase, phrase } from './phrase.js';
import { type Notice, notice } from './reasons.js';
import type { Action, Actor, RunRequest } from './request.js';
import type { Admission, Refusal, Ticket } from './ticket.js';
import { checkUndo } from './undo.js';

type AdmissionDeps = Pick<CoreDeps, 'catalogue' | 'executors' | 'settings'>;

/** Finds the intent, binds the parameters and checks the rights: a ticket, or why not. Probes nothing. */
export function examine(deps: AdmissionDeps, request: RunRequest): Admission {
  const { catalogue, executors, settings } = deps;
  const intent = catalogue.find(request.intent);
  if (!intent) return authorizedOrNot(request.actor, request.intent) ?? unknownIntent(deps, request);
  const chain = chainOf(catalogue, intent);
  for (const link of chain) {
    const denied =
      authorize(request.actor, 'run', link.name) ??
      checkLabel(link.labelRequired, settings.approvedLabel, link.name);
    if (denied) return { ok: false, notice: denied };
  }
  if (request.action && request.action !== intent.action) return wrongAction(intent, request.action);
  const unsupported = chain.flatMap((link) => link.steps).find((step) => !executors.has(step.kind));
  if (unsupported) {
    return refuse('action_unsupported', phrase`This version can’t run ${code(unsupported.kind)} yet.`);
  }
  // What puts something back has its numbers from the run that it undoes.
  if (request.undoes !== undefined) return { ok: true, ticket: { request, intent, chain } };
  return bindParams({ request, intent, chain });
}

/** Why nothing of this ticket may begin, by what the store says and who could be asked; null: it may. */
export async function mayBegin(deps: CoreDeps, ticket: Ticket): Promise<Notice | null> {
  const { request, intent, chain } = ticket;
  const denied = await checkUndo(deps, request);
  if (denied || request.dryRun) return denied;
  const held = await heldBack(deps, stacksOfIntents(chain));
  if (held) return held;
  const consent = askedConsent(ruleNow(deps, chain), false);
  const nobody = belongsToOps({ ...request, consent }) && !deps.settings.people.opsChannel;
  return nobody ? nobodyToAsk(intent.name) : null;
}

/** The intents that this actor may run, sorted by name. */
export function visibleIntents(deps: AdmissionDeps, actor: Actor, action?: Action): readonly Intent[] {
  return deps.catalogue
    .all()
    .filter((intent) => action === undefined || intent.action === action)
    .filter((intent) => authorize(actor, 'run', intent.name) === null);
}

function refuse(reason: Parameters<typeof notice>[0], message: Phrase, remedy?: Phrase): Refusal {
  return { ok: false, notice: notice(reason, message, remedy) };
}

/** Somebody without rights learns nothing about which intents there are. */
function authorizedOrNot(actor: Actor, intent: string): Refusal | null {
  const denied = authorize(actor, 'run', intent);
  return denied && { ok: false, notice: denied };
}

function unknownIntent({ catalogue }: AdmissionDeps, { intent }: RunRequest): Refusal {
  const warning = catalogue.warning(intent);
  if (warning) return { ok: false, notice: warning };
  const near = catalogue.suggest(intent);
  const hint = near.flatMap((name, index) => (index === 0 ? [code(name)] : [' or ', code(name)]));
  return refuse(
    'intent_unknown',
    phrase`There is no intent ${code(intent)}.`,
    near.length > 0 ? phrase`Did you mean ${hint}?` : undefined,
  );
}

function wrongAction(intent: Intent, asked: Action): Refusal {
  return refuse(
    'action_mismatch',
    phrase`${code(intent.name)} is a ${intent.action}, not a ${asked}.`,
    phrase`Use ${code(`/${intent.action} intent:${intent.name}`)}.`,
  );
}
