import type { RequestPart } from '../../../../commands/request-part.js';
import { unknownRun } from '../../../core/access/refusals.js';
import { askable } from '../../../core/intent/askable.js';
import type { Intent } from '../../../core/model/intent.js';
import { code, phrase } from '../../../core/model/phrase.js';
import type { Conversation } from '../conversation.js';
import { type OpenDeps, openRun } from '../open-run.js';
import { refusal } from '../render/notices.js';
import { paramForm, TYPED_TEXT, textForm } from '../render/param-form.js';
import { draftGone, formGone, tooManyMissing, unreadableParams } from '../render/param-notices.js';
import type { Wish } from '../wish.js';
import { backupsFor } from './backups.js';
import { fitsFields, MOST_FIELDS, missing, wantedOf } from './form-fields.js';
import { readParamText, writeParamText } from './param-text.js';

/** A slash command that asks for a run. A form asks for the values that are missing. */
export async function requestRun(talk: Conversation, deps: OpenDeps, part: RequestPart): Promise<void> {
  const { typed, ...wish } = part;
  const intent = mayAsk(talk, deps, wish);
  // The refusal, with its audit row, is the pipeline's.
  if (intent === null) return openRun(talk, deps, wish);
  await withText(talk, deps, intent, wish, typed ?? '', 'command');
}

/** The same wish as an earlier run's, asked for by the one who pressed. */
export async function openAgain(talk: Conversation, deps: OpenDeps, runId: string): Promise<void> {
  const run = await deps.runs.get(runId);
  if (run === null) return talk.tell(refusal(unknownRun(runId).notice));
  const { intent: name, params, dryRun, action } = run;
  // A preview that was never answered is asked for as it was; what ran is asked for from the beginning.
  const { resumes } = run.startedAt === null ? run.plan : {};
  const goesOn = resumes === undefined ? {} : { resumes };
  const wish = { intent: name, params, dryRun, action, previous: run.id, ...goesOn };
  const intent = mayAsk(talk, deps, wish);
  if (intent === null || resumes !== undefined) return openRun(talk, deps, wish);
  await askOrOpen(talk, deps, intent, wish, []);
}

/** The button that brings a form back was pressed. */
export async function pressForm(talk: Conversation, deps: OpenDeps, key: string): Promise<void> {
  const draft = deps.drafts.find(key, talk.actor.id);
  if (draft === null) return talk.tell(draftGone());
  const { wish, text, asked } = draft;
  const intent = mayAsk(talk, deps, wish);
  if (intent === null) return openRun(talk, deps, wish);
  const names = askable(intent).map(({ name }) => name);
  if (text !== null) return talk.ask(textForm(key, wish, text, names));
  const wanted = wantedOf(intent, wish.params, asked);
  if (!fitsFields(intent, wish.params, wanted)) {
    const open = missing(intent, wish.params).map(({ name }) => `${name}=`);
    const written = [writeParamText(wish.params), ...open].filter((part) => part !== '').join('\n');
    return talk.ask(textForm(key, wish, written, names));
  }
  await talk.ask(paramForm(key, wish, wanted, await backupsFor(deps, talk.actor, wanted.params)));
}

/** A form was sent, after which everything is checked again as if it had been typed with the command. */
export async function submitForm(
  talk: Conversation,
  deps: OpenDeps,
  key: string,
  typed: Readonly<Record<string, string>>,
): Promise<void> {
  const draft = deps.drafts.find(key, talk.actor.id);
  if (draft === null) return talk.tell(formGone(typed));
  const { wish, asked } = draft;
  const intent = mayAsk(talk, deps, wish);
  if (intent === null) return openRun(talk, deps, wish);
  const { [TYPED_TEXT]: text, ...values } = typed;
  if (text !== undefined) return withText(talk, deps, intent, { ...wish, params: {} }, text, 'form');
  const names = [...new Set([...asked, ...Object.keys(values)])];
  await openRun(talk, deps, { ...wish, params: { ...wish.params, ...values } }, names);
}

/** Adds what was typed as text. A form can't be answered with another form: then the refusal offers one. */
async function withText(
  talk: Conversation,
  deps: OpenDeps,
  intent: Intent,
  wish: Wish,
  text: string,
  from: 'command' | 'form',
): Promise<void> {
  const read = readParamText(text);
  const twice = read.ok ? Object.keys(read.values).find((name) => name in wish.params) : undefined;
  if (!read.ok || twice !== undefined) {
    const why = read.ok ? phrase`${code(twice ?? '')} is given twice.` : read.why;
    const key = deps.drafts.keep({ userId: talk.actor.id, wish, text, asked: [] });
    return talk.tell(unreadableParams(deps.redact(why), key));
  }
  const known = askable(intent).map(({ name }) => name);
  // A name that the intent does not have is refused with the one that was perhaps meant.
  const strays = read.open.filter((name) => !known.includes(name)).map((name) => [name, '']);
  const given = { ...wish, params: { ...wish.params, ...read.values, ...Object.fromEntries(strays) } };
  if (from === 'form') return openRun(talk, deps, given, read.open);
  await askOrOpen(talk, deps, intent, given, read.open);
}

/** @param open parameters that were named without a value */
async function askOrOpen(
  talk: Conversation,
  deps: OpenDeps,
  intent: Intent,
  wish: Wish,
  open: readonly string[],
): Promise<void> {
  const lacking = missing(intent, wish.params);
  if ((lacking.length === 0 && open.length === 0) || talk.missing.length > 0)
    return openRun(talk, deps, wish);
  const key = deps.drafts.keep({ userId: talk.actor.id, wish, text: null, asked: open });
  if (lacking.length > MOST_FIELDS) return talk.tell(tooManyMissing(intent, lacking, key));
  const wanted = wantedOf(intent, wish.params, open);
  if (!fitsFields(intent, wish.params, wanted)) return openRun(talk, deps, wish, open);
  await talk.ask(paramForm(key, wish, wanted, await backupsFor(deps, talk.actor, wanted.params)));
}

/** The intent, when this person may ask for it with these words; nobody else learns what it takes. */
function mayAsk(
  { actor }: Conversation,
  { catalogue, pipeline }: OpenDeps,
  { intent: name, action, dryRun }: Wish,
): Intent | null {
  const intent = catalogue.find(name);
  if (intent === null || (action !== undefined && action !== intent.action)) return null;
  const may = dryRun
    ? pipeline.visible(actor, intent.action).some((other) => other.name === name)
    : pipeline.check(actor, 'run', { ...intent, intent: name }) === null;
  return may ? intent : null;
}
