import { unknownRun } from '../../../core/access/refusals.js';
import type { Conversation } from '../conversation.js';
import type { DiscordDeps } from '../deps.js';
import type { OpenDeps } from '../open-run.js';
import { openAgain } from '../params/request-run.js';
import { runDetails } from '../render/history.js';
import type { IncidentVerb } from '../render/incident-buttons.js';
import { note, refusal } from '../render/notices.js';

type Alerts = NonNullable<DiscordDeps['alerts']>;

/** What was pressed on which card. */
export interface IncidentPress {
  readonly incidentId: string;
  readonly verb: IncidentVerb;
}

export type IncidentDeps = OpenDeps & {
  /** Somebody did something about an incident: its card is out of date. */
  readonly alertsChanged: () => void;
};

/** A button of an alert card was pressed. */
export async function pressIncident(
  talk: Conversation,
  deps: IncidentDeps,
  { incidentId, verb }: IncidentPress,
): Promise<void> {
  const { alerts } = deps;
  if (alerts === undefined) return talk.tell(note('This button belongs to another version of the bot.'));
  if (verb === 'retry') return retry(talk, deps, alerts, incidentId);
  if (verb === 'details') return details(talk, deps, alerts, incidentId);
  await talk.accept();
  const deed = { ack: alerts.desk.acknowledge, mute: alerts.desk.mute, resolve: alerts.desk.resolve }[verb];
  const answer = await deed(incidentId, talk.actor, 'discord');
  if (!answer.ok) return talk.tell(refusal(deps.redact(answer.notice)));
  deps.alertsChanged();
}

/** Planning must be refused before it is promised, so the rights are checked where every run's are. */
async function retry(talk: Conversation, deps: OpenDeps, alerts: Alerts, incidentId: string): Promise<void> {
  const answer = await alerts.desk.look(incidentId, talk.actor, 'discord');
  if (!answer.ok) return talk.tell(refusal(deps.redact(answer.notice)));
  const runId = await lastRun(alerts, incidentId);
  if (runId === null) return talk.tell(note('Nothing of this can be run again.'));
  await openAgain(talk, deps, runId);
}

/** How the run that ended the incident went, for this person's eyes only. */
async function details(
  talk: Conversation,
  deps: OpenDeps,
  alerts: Alerts,
  incidentId: string,
): Promise<void> {
  await talk.thinkPrivately();
  const runId = await lastRun(alerts, incidentId);
  const run = runId === null ? null : await deps.runs.get(runId);
  if (run === null)
    return talk.answer(runId === null ? note('There was no run.') : refusal(unknownRun(runId).notice));
  const denied = deps.pipeline.check(talk.actor, 'view', run);
  if (denied !== null) return talk.answer(refusal(deps.redact(denied)));
  await talk.answer(runDetails(deps.redact(run), deps.redact(await deps.runs.readLog(run.id))));
}

/** The newest run of an incident: its recovery, or its last attempt. */
async function lastRun({ incidents }: Alerts, incidentId: string): Promise<string | null> {
  const incident = await incidents.get(incidentId);
  if (incident === null) return null;
  const [last] = await incidents.events(incidentId, { after: incident.newest - 1, limit: 1 });
  const [trouble] = await incidents.troubles(incidentId, 1);
  return last?.runId ?? trouble?.runId ?? null;
}
