import { type AlertEvent, downIn, type Incident, isMuted, isTrouble } from '../../../core/model/incident.js';
import type { Delivery, IncidentStore } from '../../../core/ports/store.js';
import { failureOf } from '../api-error.js';
import { cardMark } from '../render/incident-buttons.js';
import { type CardView, cardMessage, replacedCard } from '../render/incident-card.js';
import type { OpsDeps } from './deps.js';
import { type Attempt, asJson, type Place, placeOf } from './place.js';

/** A card is edited for so long; Discord limits edits of messages over an hour old (error 30046). */
const FRESH_FOR_MS = 55 * 60 * 1000;
const TROUBLES_SHOWN = 8;
const EVENTS_READ = 50;

/** All that a card needs, read from the store and redacted. */
export async function cardView(
  {
    incidents,
    redact,
    now,
  }: Pick<OpsDeps, 'redact' | 'now'> & {
    readonly incidents: Pick<IncidentStore, 'troubles' | 'events'>;
  },
  incident: Incident,
  place: Pick<Place, 'cardId' | 'threadId'>,
  role: string | null,
): Promise<CardView> {
  const troubles = await incidents.troubles(incident.id, TROUBLES_SHOWN);
  const recovery = await recoveryOf(incidents, incident, troubles[0]?.seq ?? 0);
  const threadId = place.threadId === place.cardId ? null : place.threadId;
  return { ...redact({ incident, troubles, recovery, threadId }), now: now(), role };
}

/** The success that ended it, or that came since the last trouble while what it is about stayed down. */
async function recoveryOf(
  incidents: Pick<IncidentStore, 'events'>,
  incident: Incident,
  since: number,
): Promise<AlertEvent | null> {
  const { id, newest, resolved } = incident;
  if (resolved?.by) return null;
  if (resolved !== null) return (await incidents.events(id, { after: newest - 1, limit: 1 }))[0] ?? null;
  if (downIn(incident).length === 0) return null;
  const events = await incidents.events(id, { after: since, limit: EVENTS_READ });
  return events.findLast(({ kind, runId }) => kind === 'recovered' && runId !== null) ?? null;
}

/** Does the news deserve a new card at the channel's end? When there is none, a mute ended, or trouble came and it is old. */
export function wantsCard(
  incident: Incident,
  delivery: Delivery,
  news: readonly AlertEvent[],
  now: Date,
): boolean {
  const place = placeOf(delivery);
  if (place.cardId === null) return true;
  if (incident.resolved !== null || isMuted(incident, now)) return false;
  return endsMute(delivery, news) || (isOld(place, now) && news.some(({ kind }) => isTrouble(kind)));
}

/** Does the next card call people? The first one does, and the one that says that a mute has ended. */
export function callsPeople(
  incident: Incident,
  delivery: Delivery,
  news: readonly AlertEvent[],
  now: Date,
): boolean {
  if (incident.resolved !== null || isMuted(incident, now)) return false;
  return placeOf(delivery).cards === 0 || endsMute(delivery, news);
}

function endsMute({ shown }: Delivery, news: readonly AlertEvent[]): boolean {
  return news.some(({ kind, seq }) => kind === 'unmuted' && seq > shown);
}

/** Too old to be edited freely. */
export function isOld(place: Place, now: Date): boolean {
  return now.getTime() - place.cardSince > FRESH_FOR_MS;
}

/** Sends the incident's card, or its next one: marks it, sends it, notes it. */
export async function sendCard(
  deps: OpsDeps,
  incident: Incident,
  delivery: Delivery,
  calls: boolean,
): Promise<void> {
  const { incidents, messages, channelId, destination, now, roleId } = deps;
  const place = placeOf(delivery);
  const attempt: Attempt = { what: 'card', since: now().getTime(), upTo: incident.newest };
  await incidents.record(destination, incident.id, { attempt: asJson(attempt) });
  const at = { cardId: null, threadId: place.threadId };
  const message = cardMessage(await cardView(deps, incident, at, calls ? roleId : null));
  const nonce = `${incident.id}:card${place.cards + 1}`;
  const cardId = await messages.send(channelId, message, { nonce, silent: isMuted(incident, now()) });
  await cardSent(deps, incident.id, { ...place, calls }, attempt, cardId);
}

/** Looks for a card whose sending was cut off, and takes it for one's own. False when it was never sent. */
export async function adoptCard(
  deps: OpsDeps,
  incident: Incident,
  delivery: Delivery,
  attempt: Attempt,
  calls: boolean,
): Promise<boolean> {
  const place = { ...placeOf(delivery), calls };
  const known = [place.cardId, place.formerId];
  const found = await deps.threads.find(
    deps.channelId,
    attempt.since,
    ({ id, components }) =>
      !known.includes(id) && JSON.stringify(components ?? []).includes(`"${cardMark(incident.id)}`),
  );
  if (found !== null) await cardSent(deps, incident.id, place, attempt, found);
  return found !== null;
}

async function cardSent(
  { incidents, destination }: OpsDeps,
  id: string,
  old: Place,
  attempt: Attempt,
  cardId: string,
): Promise<void> {
  const place: Place = {
    cardId,
    cardSince: attempt.since,
    cards: old.cards + 1,
    formerId: old.cardId ?? old.formerId,
    threadId: old.threadId,
    calls: old.calls,
  };
  await incidents.record(destination, id, { attempt: null, shown: attempt.upTo, place: asJson(place) });
}

/** Brings the card up to date. A card that is gone is noted as gone, so that a new one is sent. */
export async function redrawCard(deps: OpsDeps, incident: Incident, place: Place): Promise<void> {
  const { incidents, messages, channelId, destination, roleId } = deps;
  if (place.cardId === null) return;
  // An edit calls nobody again: the name stays, so that whoever was called finds it.
  const message = cardMessage(await cardView(deps, incident, place, place.calls ? roleId : null));
  try {
    await messages.edit(channelId, place.cardId, message, 'keep');
    await incidents.record(destination, incident.id, { shown: incident.newest });
  } catch (error) {
    const failure = failureOf(error);
    if (failure !== 'message_gone' && failure !== 'message_old') throw error;
    const formerId = failure === 'message_old' ? place.cardId : null;
    await incidents.record(destination, incident.id, { place: asJson({ ...place, cardId: null, formerId }) });
  }
}

/** Says on a card that a newer one took its place. When that can't be said, it is left as it is. */
export async function retireCard(deps: OpsDeps, incident: Incident, place: Place): Promise<void> {
  const { incidents, messages, channelId, destination, guildId, log } = deps;
  if (place.formerId === null || place.cardId === null) return;
  const link = `https://discord.com/channels/${guildId() ?? '@me'}/${channelId}/${place.cardId}`;
  const message = replacedCard(await cardView(deps, incident, place, null), link);
  await messages.edit(channelId, place.formerId, message, 'keep').catch((error: unknown) => {
    log.info({ err: error, incident: incident.id }, 'the earlier alert card could not be closed');
  });
  await incidents.record(destination, incident.id, { place: asJson({ ...place, formerId: null }) });
}
