import { beginsAtOnce } from '../../core/consent.js';
import { phrase } from '../../core/phrase.js';
import { notice } from '../../core/reasons.js';
import { unknownRun } from '../../core/refusals.js';
import type { RunRequest } from '../../core/request.js';
import { isFinal, type Run } from '../../core/run.js';
import type { Ticket } from '../../core/ticket.js';
import type { ChannelMessages } from './channel-messages.js';
import type { Conversation } from './conversation.js';
import type { DiscordDeps } from './deps.js';
import type { Outcomes } from './outcomes.js';
import { refusal } from './render/notices.js';
import { previewMessage } from './render/preview.js';
import { type DiscordShown, shownAt } from './shown.js';

export type OpenDeps = DiscordDeps & {
  readonly messages: ChannelMessages;
  readonly outcomes: Outcomes;
};

/** What a command or a Retry asks for; who asks and from where is added here. */
export type Wish = Omit<RunRequest, 'actor' | 'source'>;

/** From a wish to its preview: refused privately, or planned and shown to everybody. */
export async function openRun(talk: Conversation, deps: OpenDeps, wish: Wish): Promise<void> {
  if (talk.missing.length > 0) return talk.tell(lacks(talk.missing));
  const admission = await deps.pipeline.admit({ ...wish, actor: talk.actor, source: 'discord' });
  if (!admission.ok) return talk.tell(refusal(deps.redact(admission.notice)));

  const messageId = await talk.think();
  const run = await preview(talk, deps, admission.ticket, messageId);
  if (run.state === 'awaiting' && beginsAtOnce(run)) await begin(talk, deps, run);
}

/** Plans the run and shows it. Until it is drawn, nothing else writes to its message. */
async function preview(talk: Conversation, deps: OpenDeps, ticket: Ticket, messageId: string): Promise<Run> {
  const release = deps.outcomes.hold(messageId);
  try {
    const shown = shownAt(talk.channelId, messageId, deps.now());
    const run = await deps.pipeline.prepare(ticket, shown);
    await draw(talk, deps, run, shown);
    if (isFinal(run.state)) await deps.pipeline.reported(run.id);
    return run;
  } finally {
    release();
  }
}

/** Nobody has to agree: it begins in the name of the one who asked. */
async function begin(talk: Conversation, { pipeline, redact }: OpenDeps, run: Run): Promise<void> {
  const decision = await pipeline.decide(run.id, talk.actor, 'confirm');
  if (!decision.ok) await talk.tell(refusal(redact(decision.notice)));
}

/** The same wish as an earlier run's, asked for by the one who pressed. */
export async function openAgain(talk: Conversation, deps: OpenDeps, runId: string): Promise<void> {
  const run = await deps.runs.get(runId);
  if (run === null) return talk.tell(refusal(unknownRun(runId).notice));
  const { intent, params, dryRun, action } = run;
  await openRun(talk, deps, { intent, params, dryRun, action, previous: run.id });
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
