import { beginsAtOnce } from '../../core/model/consent.js';
import { phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import { isFinal, type Run } from '../../core/model/run.js';
import type { Ticket } from '../../core/model/ticket.js';
import type { ChannelMessages } from './channel-messages.js';
import type { Conversation } from './conversation.js';
import type { DiscordDeps } from './deps.js';
import type { Outcomes } from './outcomes.js';
import type { Drafts } from './params/drafts.js';
import { refusal } from './render/notices.js';
import { paramsRefusal } from './render/param-notices.js';
import { planningMessage, previewMessage } from './render/preview.js';
import { type DiscordShown, discordShown, shownAt } from './shown.js';
import type { Wish } from './wish.js';

export type OpenDeps = DiscordDeps & {
  readonly messages: ChannelMessages;
  readonly outcomes: Outcomes;
  readonly drafts: Drafts;
};

/**
 * From a wish to its preview: refused privately, or planned and shown to everybody.
 * @param asked the parameters that the person was asked for in a form
 */
export async function openRun(
  talk: Conversation,
  deps: OpenDeps,
  wish: Wish,
  asked: readonly string[] = [],
): Promise<void> {
  if (talk.missing.length > 0) return talk.tell(lacks(talk.missing));
  const admission = await deps.pipeline.admit({ ...wish, actor: talk.actor, source: 'discord' });
  if (!admission.ok) return talk.tell(refused(talk, deps, wish, asked, admission.notice));

  const messageId = await talk.think();
  const run = await preview(talk, deps, admission.ticket, messageId);
  if (run.state === 'awaiting' && beginsAtOnce(run)) await begin(talk, deps, run);
}

/** Plans the run and shows it. Until it is drawn, nothing else writes to its message. */
async function preview(talk: Conversation, deps: OpenDeps, ticket: Ticket, messageId: string): Promise<Run> {
  const release = deps.outcomes.hold(messageId);
  try {
    const shown = shownAt(talk.channelId, messageId, deps.now());
    const run = await planned(talk, deps, ticket, shown);
    await draw(talk, deps, run, shown);
    if (isFinal(run.state)) await deps.pipeline.reported(run.id);
    return run;
  } finally {
    release();
  }
}

/** While the plan takes long, its message says what it waits for, and has a way out. */
async function planned(
  talk: Conversation,
  { pipeline, redact, log }: OpenDeps,
  ticket: Ticket,
  shown: DiscordShown,
): Promise<Run> {
  let last: Promise<void> = Promise.resolve();
  const unsubscribe = pipeline.events.subscribe((event) => {
    if (event.type !== 'planning' || discordShown(event.run)?.messageId !== shown.messageId) return;
    const { run, waitsFor } = redact({ run: event.run, waitsFor: event.waitsFor });
    last = last
      .then(() => talk.answer(planningMessage(run, waitsFor)))
      .catch((error: unknown) =>
        log.warn({ err: error, runId: run.id }, 'a plan that takes long could not be shown'),
      );
  });
  try {
    return await pipeline.prepare(ticket, shown);
  } finally {
    unsubscribe();
    await last;
  }
}

/** Nobody has to agree: it begins in the name of the one who asked. */
async function begin(talk: Conversation, { pipeline, redact }: OpenDeps, run: Run): Promise<void> {
  const decision = await pipeline.decide(run.id, talk.actor, 'confirm', { atOnce: true });
  if (!decision.ok) await talk.tell(refusal(redact(decision.notice)));
}

/** Wrong values can be put right: a form brings them back. Those of a roll back or a resumed run are not typed. */
function refused(
  { actor }: Conversation,
  { drafts, catalogue, redact }: OpenDeps,
  wish: Wish,
  asked: readonly string[],
  why: Notice,
) {
  const intent = catalogue.find(wish.intent);
  const typed = wish.undoes === undefined && wish.resumes === undefined;
  if (why.code !== 'params_invalid' || !typed || intent === null) return refusal(redact(why));
  const key = drafts.keep({ userId: actor.id, wish, text: null, asked });
  return paramsRefusal(redact(why), redact(intent), wish.params, key);
}

/** Planning can outlast the interaction's token (15 minutes); then the preview is a message of its own. */
async function draw(talk: Conversation, deps: OpenDeps, run: Run, shown: DiscordShown): Promise<void> {
  const message = previewMessage(deps.redact(run));
  try {
    await talk.answer(message);
  } catch (error) {
    deps.log.warn({ err: error, runId: run.id }, 'the preview could not answer the command; it is sent anew');
    const id = await deps.messages.send(shown.channelId, message);
    await deps.pipeline.show(run.id, shownAt(shown.channelId, id, deps.now()));
  }
}

function lacks(missing: readonly string[]) {
  const names = missing.join(', ');
  return refusal(
    notice(
      'permissions_missing',
      phrase`the bot lacks ${{ code: names }} in this channel, so it could not show you the run.`,
    ),
  );
}
