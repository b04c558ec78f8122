import * as z from 'zod';
import { type Incident, isMuted } from '../../../core/model/incident.js';
import type { Delivery } from '../../../core/ports/store.js';

const GROWN_BY = 10;
const GROWN_GAP_MS = 5 * 60_000;
const HOUR_MS = 60 * 60_000;

/** What the webhook was told of an incident last: how often it went wrong, and when that was told. */
const LastTold = z.object({ count: z.number(), at: z.number() });
export type LastTold = z.infer<typeof LastTold>;

export function lastTold({ place }: Delivery): LastTold | null {
  return LastTold.safeParse(place).data ?? null;
}

/**
 * Is an incident worth a message now? Its beginning and its end by success are; while it lasts, every tenth time
 * (at most every five minutes) or whatever came after an hour, unless it is muted.
 */
export function isNews(incident: Incident, told: LastTold | null, now: Date): boolean {
  if (incident.resolved !== null) return incident.resolved.by === null;
  if (told === null) return true;
  if (isMuted(incident, now)) return false;
  const more = incident.count - told.count;
  const passed = now.getTime() - told.at;
  return (more >= GROWN_BY && passed >= GROWN_GAP_MS) || (more > 0 && passed >= HOUR_MS);
}
