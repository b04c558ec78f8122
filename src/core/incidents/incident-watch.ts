import { lookAfterRuns } from '../execution/after-watch.js';
import { chainOf } from '../intent/chain.js';
import { downIn, type Incident } from '../model/incident.js';
import { type LeftDown, stateOf } from '../model/left-down.js';
import type { Observation } from '../model/observation.js';
import { code, type Phrase, type PhrasePart, phrase } from '../model/phrase.js';
import { lookout } from '../planning/lookout.js';
import type { CoreDeps } from '../ports/deps.js';

const LOOK_EVERY_MS = 15_000;
const LOOK_MS = 10_000;
/** Something that ends again at once has not come back. */
const STEADY_MS = 10_000;

type WatchDeps = Pick<
  CoreDeps,
  | 'store'
  | 'catalogue'
  | 'executors'
  | 'hosts'
  | 'secrets'
  | 'planningSlot'
  | 'events'
  | 'redactor'
  | 'log'
  | 'now'
>;

/** Times for tests, in ms. */
interface Pace {
  readonly everyMs: number;
  readonly steadyMs: number;
}

/**
 * Ends mutes when their time is up; looks at what open incidents are about, and ends those whose things run again,
 * whoever started them; and looks for a while at what a run started. Costs three questions to the store while nothing is
 * down. Returns the function that ends this.
 */
export function watchIncidents(
  deps: WatchDeps,
  { everyMs, steadyMs }: Pace = { everyMs: LOOK_EVERY_MS, steadyMs: STEADY_MS },
): () => void {
  const closing = new AbortController();
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    try {
      await deps.store.incidents.endMutes(deps.now().toISOString());
      const unwell = await deps.store.incidents.unwell();
      const lookAtOne = (name: string): Promise<readonly Observation[] | null> =>
        lookAt(deps, name, AbortSignal.any([closing.signal, AbortSignal.timeout(LOOK_MS)]));
      await lookAfterRuns(deps, unwell, lookAtOne);
      for (const incident of unwell) {
        const seen = incident.intent && (await lookAtOne(incident.intent.name));
        if (seen !== null && !closing.signal.aborted) await note(deps, incident, seen, steadyMs);
      }
    } catch (error) {
      if (!closing.signal.aborted)
        deps.log.warn({ err: error }, 'what incidents are about could not be seen');
    } finally {
      looking = false;
    }
  };
  const timer = setInterval(() => void look(), everyMs);
  const unsubscribe = deps.events.subscribe(({ type }) => {
    if (type === 'finished') void look();
  });
  void look();
  return () => {
    closing.abort();
    unsubscribe();
    clearInterval(timer);
  };
}

/** What runs of all that an intent is about; null: nobody could see all of it. */
async function lookAt(
  deps: WatchDeps,
  name: string,
  signal: AbortSignal,
): Promise<readonly Observation[] | null> {
  const intent = deps.catalogue.find(name);
  if (!intent) return null;
  const look = lookout(deps, signal);
  const chain = chainOf(deps.catalogue, intent);
  const seen = await Promise.all(chain.flatMap((link) => link.steps.map((step) => look(link, step))));
  if (seen.some(({ notices }) => notices.length > 0)) return null;
  return deps.redactor.told(seen.flatMap(({ things }) => things));
}

/** Stores what changed. That the last thing runs again ends the incident. */
async function note(
  { store, now }: WatchDeps,
  incident: Incident,
  seen: readonly Observation[],
  steadyMs: number,
): Promise<void> {
  const at = now();
  const back = downIn(incident).flatMap((thing): LeftDown[] => {
    const steady = seen.every(
      ({ of, since }) =>
        of !== thing.key || since === undefined || at.getTime() - Date.parse(since) >= steadyMs,
    );
    return steady && stateOf(thing, seen) === 'running' ? [{ ...thing, state: 'running' }] : [];
  });
  if (back.length === 0) return;
  const { key, intent } = incident;
  await store.incidents.raise({
    subject: { key, intent },
    event: {
      kind: 'recovered',
      at: at.toISOString(),
      runId: null,
      reason: 'done',
      by: null,
      text: [phrase`${namesOf(back)} ${back.length === 1 ? 'runs' : 'run'} again.`],
      count: 1,
      mark: null,
    },
    left: back,
  });
}

/** `radarr`, `sonarr and plex`. */
export function namesOf(things: readonly LeftDown[]): Phrase {
  return things.flatMap(({ name }, index): readonly PhrasePart[] => {
    const joint = index === 0 ? '' : index === things.length - 1 ? ' and ' : ', ';
    return joint === '' ? [code(name)] : [joint, code(name)];
  });
}
