import { adoptCard, callsPeople, retireCard, sendCard, wantsCard } from './card.js';
import type { OpsDeps } from './deps.js';
import { adoptEntries, mendThread, nextEntries, openThread, sendEntries } from './entries.js';
import { attemptOf, placeOf } from './place.js';

/** Messages about one incident in one go; others wait for their turn meanwhile. */
const MESSAGES_AT_ONCE = 5;

/**
 * Tells the ops channel what it does not know of an incident yet, except for edits of its card. Each step reads
 * anew how far it is, and notes it when it is done, so that it may end anywhere and go on in another process.
 */
export async function tellIncident(deps: OpsDeps, id: string): Promise<void> {
  for (let step = 0; step < MESSAGES_AT_ONCE; step += 1) {
    if (!(await nextStep(deps, id))) return;
  }
}

/** False when there is nothing left to tell. */
async function nextStep(deps: OpsDeps, id: string): Promise<boolean> {
  const { incidents, destination, now } = deps;
  const incident = await incidents.get(id);
  if (incident === null) return false;
  const delivery = await incidents.delivery(destination, id);
  const place = placeOf(delivery);
  const attempt = attemptOf(delivery);
  const events = await nextEntries(
    deps,
    incident,
    delivery.told,
    attempt?.what === 'entries' ? attempt : null,
  );

  const calls = callsPeople(incident, delivery, events, now());
  if (attempt?.what === 'card') {
    if (!(await adoptCard(deps, incident, delivery, attempt, calls)))
      await sendCard(deps, incident, delivery, calls);
    return true;
  }
  if (attempt?.what === 'entries') {
    if (events.length === 0) {
      await incidents.record(destination, id, { attempt: null });
      return true;
    }
    if (await adoptEntries(deps, incident, delivery, attempt, events)) return true;
  }
  if (wantsCard(incident, delivery, events, now())) {
    await sendCard(deps, incident, delivery, calls);
    return true;
  }
  if (place.formerId !== null) {
    await retireCard(deps, incident, place);
    return true;
  }
  if (events.length === 0) return false;
  const opened = await openThread(deps, incident, place);
  if (opened === null || opened.threadId === null) return true;
  try {
    await sendEntries(deps, incident, opened.threadId, events);
  } catch (error) {
    await mendThread(deps, incident, opened, error);
  }
  return true;
}
