import { unknownRun } from '../../core/refusals.js';
import { actorRef } from '../../core/request.js';
import type { Run } from '../../core/run.js';
import { type IncidentDeps, pressIncident } from './alerts/press-incident.js';
import type { Conversation } from './conversation.js';
import type { LiveRuns } from './live-runs.js';
import { openAgain as again, openRun } from './open-run.js';
import { parseCustomId, type Verb } from './render/buttons.js';
import { showCommands } from './render/commands.js';
import { runDetails } from './render/history.js';
import { parseIncidentId } from './render/incident-buttons.js';
import { note, refusal } from './render/notices.js';

export type PressDeps = IncidentDeps & { readonly live: LiveRuns };
type Press = (talk: Conversation, deps: PressDeps, runId: string) => Promise<void>;

/** A button was pressed. All that it carries is the run's id and the verb; the state is in the store. */
export async function press(talk: Conversation, deps: PressDeps, customId: string): Promise<void> {
  const incident = parseIncidentId(customId);
  if (incident !== null) return pressIncident(talk, deps, incident);
  const wish = parseCustomId(customId);
  if (wish === null) return talk.tell(note('This button belongs to another version of the bot.'));
  await PRESSES[wish.verb](talk, deps, wish.runId);
}

/** The first answer comes before anything is done: who saw "interaction failed" has started nothing. */
const answerPreview =
  (answer: 'confirm' | 'cancel'): Press =>
  async (talk, { pipeline }, runId) => {
    await talk.accept();
    const decision = await pipeline.decide(runId, talk.actor, answer);
    if (!decision.ok) await talk.tell(refusal(decision.notice));
  };

const stop: Press = async (talk, { pipeline, live }, runId) => {
  await talk.accept();
  const result = await pipeline.stop(runId, talk.actor);
  if (!result.ok) return talk.tell(refusal(result.notice));
  live.stopping(runId, actorRef(talk.actor));
};

const rollBack: Press = async (talk, deps, runId) => {
  const run = await deps.runs.get(runId);
  if (run === null) return talk.tell(refusal(unknownRun(runId).notice));
  const { intent, params, action } = run;
  await openRun(talk, deps, { intent, params, dryRun: false, action, previous: run.id, undoes: run.id });
};

const commands: Press = (talk, deps, runId) =>
  look(talk, deps, runId, async (run) => talk.answer(showCommands(run)));

const details: Press = (talk, deps, runId) =>
  look(talk, deps, runId, async (run) =>
    talk.answer(runDetails(run, deps.redact(await deps.runs.readLog(runId)))),
  );

/** Something for this person's eyes only. */
async function look(
  talk: Conversation,
  { pipeline, runs, redact }: PressDeps,
  runId: string,
  show: (run: Run) => Promise<void>,
): Promise<void> {
  await talk.thinkPrivately();
  const run = await runs.get(runId);
  const denied = run === null ? unknownRun(runId).notice : pipeline.check(talk.actor, 'view', run);
  if (run === null || denied !== null) return talk.answer(refusal(denied ?? unknownRun(runId).notice));
  await show(redact(run));
}

const PRESSES: Readonly<Record<Verb, Press>> = {
  confirm: answerPreview('confirm'),
  cancel: answerPreview('cancel'),
  stop,
  retry: again,
  again,
  rollback: rollBack,
  commands,
  details,
};
