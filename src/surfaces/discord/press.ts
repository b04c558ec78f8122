import { alreadyDecided, unknownRun } from '../../core/access/refusals.js';
import type { Answer } from '../../core/approval/decisions.js';
import { consentOf } from '../../core/model/consent.js';
import type { Notice } from '../../core/model/reasons.js';
import { actorRef } from '../../core/model/request.js';
import type { Run } from '../../core/model/run.js';
import { type IncidentDeps, pressIncident } from './alerts/press-incident.js';
import { type CircuitDeps, tryAgain, tryAll } from './circuits.js';
import type { Conversation } from './conversation.js';
import type { LiveRuns } from './live-runs.js';
import { openRun } from './open-run.js';
import { openAgain as again, pressForm, submitForm } from './params/request-run.js';
import type { PressOnce } from './press-once.js';
import { parseCustomId, type Verb } from './render/buttons.js';
import { TRY_ALL } from './render/circuits.js';
import { showCommands } from './render/commands.js';
import { runDetails } from './render/history.js';
import { parseIncidentId } from './render/incident-buttons.js';
import { nameForm, TYPED_NAME } from './render/name-form.js';
import { note, refusal } from './render/notices.js';
import { parseFormId } from './render/param-form.js';
import { parseScheduleId } from './render/schedule-buttons.js';
import { pressSchedule } from './scheduling.js';

export type PressDeps = IncidentDeps & CircuitDeps & { readonly live: LiveRuns; readonly presses: PressOnce };
/** @param now the button says that no name has to be typed */
type Press = (talk: Conversation, deps: PressDeps, runId: string, now: boolean) => Promise<void>;

/** A button was pressed. All that it carries is the run's id and the verb; the state is in the store. */
export async function press(talk: Conversation, deps: PressDeps, customId: string): Promise<void> {
  const incident = parseIncidentId(customId);
  if (incident !== null) return pressIncident(talk, deps, incident);
  const form = parseFormId(customId);
  if (form !== null) return pressForm(talk, deps, form);
  const schedule = parseScheduleId(customId);
  if (schedule !== null) return pressSchedule(talk, deps, schedule);
  if (customId === TRY_ALL) return tryAll(talk, deps);
  const wish = parseCustomId(customId);
  if (wish === null) return talk.tell(note('This button belongs to another version of the bot.'));
  await PRESSES[wish.verb](talk, deps, wish.runId, wish.now);
}

/** A form was sent: values for an intent, or the answer to a preview, with the name that was typed. */
export async function submit(
  talk: Conversation,
  deps: PressDeps,
  customId: string,
  typed: Readonly<Record<string, string>>,
): Promise<void> {
  const form = parseFormId(customId);
  if (form !== null) return submitForm(talk, deps, form, typed);
  const wish = parseCustomId(customId);
  if (wish?.verb !== 'confirm' && wish?.verb !== 'approve') {
    return talk.tell(note('This form belongs to another version of the bot.'));
  }
  await decide(talk, deps, wish.runId, wish.verb, typed[TYPED_NAME] ?? '');
}

const answerPreview =
  (answer: Answer): Press =>
  async (talk, deps, runId, now) => {
    if (!now && (answer === 'confirm' || answer === 'approve')) {
      const run = await deps.runs.get(runId);
      if (run !== null && consentOf(run).typed && (await wantsName(talk, deps, runId, answer))) {
        return talk.ask(nameForm(deps.redact(run), answer));
      }
    }
    await decide(talk, deps, runId, answer);
  };

/** Nothing else speaks against the answer: only the name is missing. */
async function wantsName(
  talk: Conversation,
  deps: PressDeps,
  runId: string,
  answer: Answer,
): Promise<boolean> {
  const missing = await deps.pipeline.foresee(runId, talk.actor, answer, { find: talk.find });
  return missing?.code === 'name_not_typed';
}

function decide(
  talk: Conversation,
  deps: PressDeps,
  runId: string,
  answer: Answer,
  typed?: string,
): Promise<void> {
  const also = { find: talk.find, ...(typed === undefined ? {} : { typed }) };
  return deps.presses.answer(talk, {
    name: `${runId} ${answer} ${typed ?? ''}`,
    act: () => deps.pipeline.decide(runId, talk.actor, answer, also),
    repeated: async () => {
      const run = await deps.runs.get(runId);
      if (run && run.state !== 'awaiting') await talk.tell(refusal(alreadyDecided(run).notice));
    },
    ...refusals(talk, deps, runId),
  });
}

const stop: Press = (talk, deps, runId) =>
  deps.presses.answer(talk, {
    name: `${runId} stop`,
    act: async () => {
      const result = await deps.pipeline.stop(runId, talk.actor);
      if (result.ok) deps.live.stopping(runId, actorRef(talk.actor));
      return result;
    },
    ...refusals(talk, deps, runId),
  });

/** Somebody reads a refusal once; each press that got it is counted. */
function refusals(talk: Conversation, { pipeline, redact }: PressDeps, runId: string) {
  return {
    refuse: (why: Notice) => talk.tell(refusal(redact(why))),
    again: (why: Notice, times: number) => pipeline.deniedAgain(runId, talk.actor, why, times),
  };
}

const rollBack: Press = async (talk, deps, runId) => {
  const run = await deps.runs.get(runId);
  if (run === null) return talk.tell(refusal(unknownRun(runId).notice));
  const { intent, params, action } = run;
  await openRun(talk, deps, { intent, params, dryRun: false, action, previous: run.id, undoes: run.id });
};

/** Goes on from where the run ended: with its values, and without what is done. */
const resume: Press = async (talk, deps, runId) => {
  const run = await deps.runs.get(runId);
  if (run === null) return talk.tell(refusal(unknownRun(runId).notice));
  const { intent, params, action } = run;
  await openRun(talk, deps, { intent, params, dryRun: false, action, previous: run.id, resumes: run.id });
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
  const found = await runs.get(runId);
  const [run = null] = found === null ? [] : await pipeline.seen([found]);
  const denied = run === null ? unknownRun(runId).notice : pipeline.check(talk.actor, 'view', run);
  if (run === null || denied !== null)
    return talk.answer(refusal(redact(denied ?? unknownRun(runId).notice)));
  await show(redact(run));
}

const PRESSES: Readonly<Record<Verb, Press>> = {
  confirm: answerPreview('confirm'),
  cancel: answerPreview('cancel'),
  approve: answerPreview('approve'),
  reject: answerPreview('reject'),
  stop,
  retry: again,
  again,
  resume,
  rollback: rollBack,
  commands,
  details,
  trynow: tryAgain,
};
