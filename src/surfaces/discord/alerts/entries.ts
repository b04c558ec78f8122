import { type AlertEvent, type Incident, isMuted } from '../../../core/model/incident.js';
import type { Delivery } from '../../../core/ports/store.js';
import { failureOf } from '../api-error.js';
import {
  ENTRIES_AT_MOST,
  entriesMark,
  type ThreadEntry,
  threadMessage,
  threadName,
} from '../render/incident-thread.js';
import type { OpsDeps } from './deps.js';
import { type Attempt, asJson, type Place, placeOf } from './place.js';

/** The events that the next message tells of: those that an attempt began with, or all that the incident knows of. */
export async function nextEntries(
  { incidents }: Pick<OpsDeps, 'incidents'>,
  { id, newest }: Incident,
  told: number,
  attempt: Attempt | null,
): Promise<readonly AlertEvent[]> {
  const events = await incidents.events(id, { after: told, limit: ENTRIES_AT_MOST });
  const upTo = attempt?.upTo ?? newest;
  return events.filter(({ seq }) => seq <= upTo);
}

/** Starts the card's thread, when there is none. Null when the card is gone: then a new one comes first. */
export async function openThread(deps: OpsDeps, incident: Incident, place: Place): Promise<Place | null> {
  const { incidents, threads, channelId, destination } = deps;
  const { cardId } = place;
  if (place.threadId !== null || cardId === null) return place.threadId === null ? null : place;
  let next: Place = { ...place, threadId: cardId };
  try {
    await threads.start(channelId, cardId, threadName(deps.redact(incident)));
  } catch (error) {
    const failure = failureOf(error);
    // A thread has its message's id, so that one that is there already is known.
    if (failure === 'message_gone') next = { ...place, cardId: null };
    else if (failure !== 'thread_exists') throw error;
  }
  await incidents.record(destination, incident.id, { place: asJson(next) });
  return next.cardId === null ? null : next;
}

/** Sends one message about these events into the thread: marks it, sends it, notes it. */
export async function sendEntries(
  deps: OpsDeps,
  incident: Incident,
  threadId: string,
  events: readonly AlertEvent[],
): Promise<void> {
  const { incidents, messages, destination, now, redact } = deps;
  const upTo = events.at(-1)?.seq ?? 0;
  const attempt: Attempt = { what: 'entries', since: now().getTime(), upTo };
  await incidents.record(destination, incident.id, { attempt: asJson(attempt) });
  const entries = await Promise.all(events.map((event) => entryOf(deps, event)));
  await messages.send(threadId, threadMessage(redact(incident), redact(entries)), {
    nonce: `${incident.id}:e${upTo}`,
    silent: isMuted(incident, now()),
  });
  await incidents.record(destination, incident.id, { attempt: null, told: upTo });
}

/** Looks for entries whose sending was cut off. False when they were never sent. */
export async function adoptEntries(
  deps: OpsDeps,
  incident: Incident,
  delivery: Delivery,
  attempt: Attempt,
  events: readonly AlertEvent[],
): Promise<boolean> {
  const { threadId } = placeOf(delivery);
  if (threadId === null) return false;
  const mark = entriesMark(incident.id, events);
  const found = await deps.threads
    .find(threadId, attempt.since, ({ content }) => content.endsWith(mark))
    .catch((error: unknown) => {
      if (failureOf(error) === 'channel_gone') return null;
      throw error;
    });
  if (found !== null) {
    await deps.incidents.record(deps.destination, incident.id, { attempt: null, told: attempt.upTo });
  }
  return found !== null;
}

/** A thread that takes nothing any more: opened again when it is closed, else given up for a new card's. */
export async function mendThread(
  deps: OpsDeps,
  incident: Incident,
  place: Place,
  error: unknown,
): Promise<void> {
  const failure = failureOf(error);
  if (failure !== 'channel_gone' && failure !== 'thread_closed' && failure !== 'forbidden') throw error;
  if (failure !== 'channel_gone' && place.threadId !== null) {
    const reopened = await deps.threads.reopen(place.threadId).catch((refused: unknown) => {
      if (failureOf(refused) === 'forbidden' || failureOf(refused) === 'thread_closed') return null;
      throw refused;
    });
    if (reopened === true) return;
    if (reopened === false) throw error;
  }
  const lost: Place = { ...place, cardId: null, formerId: place.cardId, threadId: null };
  await deps.incidents.record(deps.destination, incident.id, { place: asJson(lost) });
}

async function entryOf({ runs }: Pick<OpsDeps, 'runs'>, event: AlertEvent): Promise<ThreadEntry> {
  const run = event.runId === null ? null : await runs.get(event.runId);
  return { event, run, log: run === null ? '' : await runs.readLog(run.id) };
}
