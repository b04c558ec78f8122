import * as z from 'zod';
import type { Json } from '../../../core/model/plan.js';
import type { Delivery } from '../../../core/ports/store.js';

const Snowflake = z.string().regex(/^\d{1,20}$/);

/** Where the ops channel shows an incident, as the store keeps it. */
const Place = z.object({
  /** Null: it has none yet, or none that can still be used. */
  cardId: Snowflake.nullable(),
  /** When that card was sent, in ms since 1970: Discord limits edits of messages over an hour old. */
  cardSince: z.number(),
  /** How many cards there have been: part of the nonce of the next one. */
  cards: z.number(),
  /** A card that a newer one takes the place of, and that does not say so yet. */
  formerId: Snowflake.nullable(),
  threadId: Snowflake.nullable(),
  /** That card names the role that is called when an alert opens. */
  calls: z.boolean().default(false),
});
export type Place = z.infer<typeof Place>;

/** A message that is being sent: marked before, so that after a crash it is looked for. */
const Attempt = z.object({
  what: z.enum(['card', 'entries']),
  /** When it was begun, in ms since 1970. */
  since: z.number(),
  /** It tells of events up to this one. */
  upTo: z.number(),
});
export type Attempt = z.infer<typeof Attempt>;

const NOWHERE: Place = { cardId: null, cardSince: 0, cards: 0, formerId: null, threadId: null, calls: false };

export function placeOf({ place }: Delivery): Place {
  return Place.safeParse(place).data ?? NOWHERE;
}

export function attemptOf({ attempt }: Delivery): Attempt | null {
  return Attempt.safeParse(attempt).data ?? null;
}

/** As the store takes it. */
export function asJson(value: Place | Attempt): Json {
  return { ...value };
}
