import { authorize, chainSubjects, checkLabel, subjectsOf } from '../access/authorize.js';
import { tooManyForIntent } from '../access/limits.js';
import { heldBack } from '../access/locks.js';
import { nobodyToAsk } from '../access/nobody-to-ask.js';
import { ruleNow } from '../access/rule-now.js';
import { chainOf } from '../intent/chain.js';
import { askedConsent, belongsToOps } from '../model/consent.js';
import type { Catalogue, Intent } from '../model/intent.js';
import { stacksOfIntents } from '../model/lock.js';
import { code, type Phrase, phrase } from '../model/phrase.js';
import { type Notice, notice } from '../model/reasons.js';
import type { Action, Actor, RunRequest } from '../model/request.js';
import type { Admission, Refusal, Ticket } from '../model/ticket.js';
import { barred, hiddenOrUnknown, type Voice } from '../policy/wording.js';
import type { CoreDeps } from '../ports/deps.js';
import { bindParams, checkArtifacts } from './params.js';
import { checkResume } from './resume.js';
import { checkUndo } from './undo.js';

type VisibleDeps = Pick<CoreDeps, 'policy' | 'now'> & { readonly catalogue: Pick<Catalogue, 'all' | 'find'> };
type AdmissionDeps = Pick<CoreDeps, 'catalogue' | 'executors' | 'settings' | 'policy' | 'now'>;

/**
 * Finds the intent, binds the parameters and checks the rights: a ticket, or why not. Probes nothing.
 * @param at the instant that the request was made, or its plan when it is examined again
 */
export function examine(deps: AdmissionDeps, request: RunRequest, at: Date, voice: Voice = 'you'): Admission {
  const { catalogue, executors, settings } = deps;
  const intent = catalogue.find(request.intent);
  const denied = intent ? mayRun(deps, request, intent, voice) : mayAsk(deps, request, voice);
  if (denied) return { ok: false, notice: denied };
  if (!intent) return unknownIntent(deps, request);
  const chain = chainOf(catalogue, intent);
  for (const link of chain) {
    const mislabelled = checkLabel(link.labelRequired, settings.approvedLabel, link.name);
    if (mislabelled) return { ok: false, notice: mislabelled };
  }
  if (request.action && request.action !== intent.action) return wrongAction(intent, request.action);
  const unsupported = chain.flatMap((link) => link.steps).find((step) => !executors.has(step.kind));
  if (unsupported) {
    return refuse('action_unsupported', phrase`This version can’t run ${code(unsupported.kind)} yet.`);
  }
  // What puts something back has its numbers from the run that it undoes.
  if (request.undoes !== undefined) return { ok: true, ticket: { request, intent, chain } };
  return bindParams({ request, intent, chain }, at);
}

/** Why nothing of this ticket may begin, by what the store says and who could be asked; null: it may. */
export async function mayBegin(deps: CoreDeps, ticket: Ticket): Promise<Notice | null> {
  const { request, intent, chain } = ticket;
  const denied =
    (await checkUndo(deps, request)) ??
    (await checkResume(deps, ticket)) ??
    (await checkArtifacts(deps.store.artifacts, ticket)) ??
    (await tooManyForIntent(deps, request));
  if (denied || request.dryRun) return denied;
  const held = await heldBack(deps, stacksOfIntents(chain));
  if (held) return held;
  const consent = askedConsent(ruleNow(deps, chain), false);
  const nobody = belongsToOps({ ...request, consent }) && !deps.settings.people.opsChannel;
  return nobody ? nobodyToAsk(intent.name) : null;
}

/** The intents that this actor may run, sorted by name; also those that have to wait for their time. */
export function visibleIntents(deps: VisibleDeps, actor: Actor, action?: Action): readonly Intent[] {
  return deps.catalogue
    .all()
    .filter((intent) => action === undefined || intent.action === action)
    .filter(
      (intent) =>
        authorize(deps, actor, 'run', chainSubjects(deps.catalogue, intent), { anyTime: true }) === null,
    );
}

/** The intents that this actor may see, sorted by name. */
export function viewableIntents(deps: AdmissionDeps, actor: Actor): readonly Intent[] {
  return deps.catalogue.all().filter((intent) => maySee(deps, actor, intent));
}

/** Null when the actor may run the intent with all that it runs. A hidden one is as good as unknown. */
function mayRun(deps: AdmissionDeps, request: RunRequest, intent: Intent, voice: Voice): Notice | null {
  const { actor, dryRun, undoes } = request;
  // A dry run begins nothing, and what puts something back should not have to wait.
  const asking = { anyTime: dryRun || undoes !== undefined, voice };
  const denied = authorize(deps, actor, 'run', subjectsOf(intent), asking);
  if (denied) return maySee(deps, actor, intent) ? denied : hidden(deps, request, voice);
  const others = chainOf(deps.catalogue, intent).filter((link) => link !== intent);
  for (const link of others) {
    const refused = authorize(deps, actor, 'run', subjectsOf(link), asking);
    if (!refused) continue;
    if (maySee(deps, actor, link)) return refused;
    const who = voice === 'you' ? 'you' : actor.name;
    return notice(
      'not_allowed',
      phrase`${code(intent.name)} runs another intent ${intent.graph ? 'in a step' : 'first'}, which ${who} may not see.`,
      phrase`Ask an admin for the rights on all that it runs.`,
    );
  }
  return null;
}

/** Null when the actor sees everything, and so learns nothing from hearing that there is no such intent. */
function mayAsk(deps: AdmissionDeps, request: RunRequest, voice: Voice): Notice | null {
  const anything = [{ intent: null, action: null, stack: null }] as const;
  const all = deps.catalogue.all();
  const seesAll = all.every((intent) => maySee(deps, request.actor, intent));
  if (seesAll && authorize(deps, request.actor, 'view', anything) === null) return null;
  return hidden(deps, request, voice);
}

function hidden(deps: AdmissionDeps, { actor, intent }: RunRequest, voice: Voice): Notice {
  const nothing = barred(deps.policy.rules(), actor, voice);
  if (nothing) return nothing;
  const seen = new Set(viewableIntents(deps, actor).map(({ name }) => name));
  const near = deps.catalogue.suggest(intent).filter((name) => seen.has(name));
  return hiddenOrUnknown(actor, intent, near, voice);
}

function maySee(deps: AdmissionDeps, actor: Actor, intent: Intent): boolean {
  return authorize(deps, actor, 'view', subjectsOf(intent)) === null;
}

function refuse(reason: Parameters<typeof notice>[0], message: Phrase, remedy?: Phrase): Refusal {
  return { ok: false, notice: notice(reason, message, remedy) };
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
