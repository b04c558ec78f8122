import type { IncidentStore } from '../../../core/ports/store.js';
import { failureOf } from '../api-error.js';
import { isOld, redrawCard } from './card.js';
import type { OpsDeps } from './deps.js';
import { PASS_LIMIT, startLoop } from './loop.js';
import { attemptOf, placeOf } from './place.js';
import { tellIncident } from './tell.js';

/** What comes within this time goes into one message, in ms. */
const TELL_GAP_MS = 1000;
/** Sends and edits of a channel share about 5 in 5 s: edits of cards leave room for news. */
const REDRAW_GAP_MS = 1500;
const POLL_MS = 3000;

export interface OpsAlertsOptions extends OpsDeps {
  /** Why the channel can't take alerts now; null when it can. */
  readonly lacking: () => string | null;
  /** Times for tests, in ms. */
  readonly pace?: { readonly gapMs: number; readonly pollMs: number };
}

/** The alerts in the ops channel. */
export interface OpsAlerts {
  /** Something happened: look soon. */
  request(): void;
  /** Why alerts can't be delivered now, with the way out; null when they can. */
  problem(): string | null;
  /** Resolves when what is under way has ended. What is not delivered by then waits in the store. */
  end(): Promise<void>;
}

/** Delivers what the store says is owed to the ops channel, from now on. */
export function startOpsAlerts(options: OpsAlertsOptions): OpsAlerts {
  const { incidents, destination, log, now, channelId } = options;
  const problem = problemNote(options);
  const drawn = new Map<string, number>();

  const failed = (id: string, error: unknown, retryInMs: number): void => {
    const failure = failureOf(error);
    if (failure === 'forbidden' || failure === 'channel_gone') {
      problem.refused(
        `Discord refuses alerts in the channel ${channelId}. Check the bot’s permissions there.`,
      );
    }
    log.warn({ err: error, incident: id, retryInMs }, 'an alert could not be delivered; it is tried again');
  };
  const owed = async (): Promise<readonly string[]> => {
    problem.lacks(options.lacking());
    return options.lacking() === null ? incidents.due(destination, PASS_LIMIT) : [];
  };
  const shared = { failed, now, pollMs: options.pace?.pollMs ?? POLL_MS };

  const telling = startLoop({
    ...shared,
    gapMs: options.pace?.gapMs ?? TELL_GAP_MS,
    due: () => only(options, owed, hasNews),
    work: async (id) => {
      await tellIncident(options, id);
      problem.refused(null);
      redrawing.request();
    },
  });
  /** One card in a pass, the one that was drawn longest ago. */
  const redrawing = startLoop({
    ...shared,
    gapMs: options.pace?.gapMs ?? REDRAW_GAP_MS,
    due: async () => {
      const stale = await only(options, owed, (standing) => isStale(standing, now()));
      return [...stale].sort((a, b) => (drawn.get(a) ?? 0) - (drawn.get(b) ?? 0)).slice(0, 1);
    },
    work: async (id) => {
      drawn.set(id, now().getTime());
      const incident = await incidents.get(id);
      const place = placeOf(await incidents.delivery(destination, id));
      if (incident !== null) await redrawCard(options, incident, place);
      telling.request();
    },
  });

  return {
    request: () => {
      telling.request();
      redrawing.request();
    },
    problem: problem.text,
    end: async () => {
      await Promise.all([telling.end(), redrawing.end()]);
    },
  };
}

/** What keeps alerts back, logged once when it begins and once when it is over. */
function problemNote({ log, channelId }: Pick<OpsDeps, 'log' | 'channelId'>) {
  let lack: string | null = null;
  let refusal: string | null = null;
  let said: string | null = null;
  const say = (): void => {
    const text = lack ?? refusal;
    if (text === said) return;
    said = text;
    if (text === null) log.info({ channelId }, 'alerts can be delivered again');
    else log.error({ channelId }, `alerts wait until this is put right: ${text}`);
  };
  return {
    lacks: (text: string | null): void => {
      lack = text;
      say();
    },
    refused: (text: string | null): void => {
      refusal = text;
      say();
    },
    text: (): string | null => said,
  };
}

interface Standing {
  readonly incident: NonNullable<Awaited<ReturnType<IncidentStore['get']>>>;
  readonly delivery: Awaited<ReturnType<IncidentStore['delivery']>>;
}

/** Something to send: a card, entries, or what was cut off. */
function hasNews({ incident, delivery }: Standing): boolean {
  const place = placeOf(delivery);
  return (
    incident.newest > delivery.told ||
    attemptOf(delivery) !== null ||
    place.formerId !== null ||
    place.cardId === null
  );
}

/** A card that shows less than there is, and is not about to be replaced. */
function isStale({ incident, delivery }: Standing, now: Date): boolean {
  const place = placeOf(delivery);
  if (place.cardId === null || incident.newest <= delivery.shown) return false;
  return !isOld(place, now) || delivery.told >= incident.newest;
}

async function only(
  { incidents, destination }: OpsDeps,
  read: () => Promise<readonly string[]>,
  fits: (standing: Standing) => boolean,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const id of await read()) {
    const incident = await incidents.get(id);
    if (incident === null) continue;
    if (fits({ incident, delivery: await incidents.delivery(destination, id) })) found.push(id);
  }
  return found;
}
