import { downIn, type Incident } from '../model/incident.js';
import { type LeftDown, type Started, stateOf } from '../model/left-down.js';
import type { Observation } from '../model/observation.js';
import { code, type Phrase, phrase } from '../model/phrase.js';
import type { RunSummary } from '../model/run.js';
import type { CoreDeps } from '../ports/deps.js';

/** How long what a run started is looked at after its end, in ms. */
const WATCH_MS = 10 * 60_000;
/** More runs than this don't end in that time. */
const RUNS = 50;
/** States into which nobody brings it on purpose. */
const CRASHED: readonly LeftDown['state'][] = ['restarting', 'crashed', 'start_failed', 'unhealthy'];

type AfterDeps = Pick<CoreDeps, 'store' | 'now'>;

/**
 * Looks at what runs started that ended well a short while ago, whoever ran them, and raises the alert of the intent when some
 * of it doesn't stay up. Of each thing the newest run counts.
 * @param unwell open incidents: what they tell already is not told again
 * @param look what runs of all that an intent is about; null: nobody could see all of it
 */
export async function lookAfterRuns(
  { store, now }: AfterDeps,
  unwell: readonly Incident[],
  look: (intent: string) => Promise<readonly Observation[] | null>,
): Promise<void> {
  const at = now();
  const told = new Set(unwell.flatMap((incident) => downIn(incident).map(({ key }) => key)));
  const ended = await store.runs.list({ limit: RUNS, states: ['succeeded'] });
  for (const run of ended) {
    const age = at.getTime() - Date.parse(run.finishedAt ?? '');
    const started = (run.outcome?.started ?? []).filter(({ key }) => !told.has(key));
    if (!(age <= WATCH_MS) || started.length === 0) continue;
    for (const { key } of started) told.add(key);
    const seen = await look(run.intent);
    const down = seen === null ? [] : started.flatMap((thing) => crashedOf(thing, seen));
    if (seen !== null && down.length > 0) await raise(store, run, down, seen, at);
  }
}

function crashedOf(thing: Started, seen: readonly Observation[]): readonly LeftDown[] {
  const state = stateOf(thing, seen);
  return state !== null && CRASHED.includes(state) ? [{ ...thing, state }] : [];
}

async function raise(
  store: AfterDeps['store'],
  { id, intent, action, stack }: RunSummary,
  down: readonly LeftDown[],
  seen: readonly Observation[],
  at: Date,
): Promise<void> {
  await store.incidents.raise({
    subject: { key: `intent:${intent}`, intent: { name: intent, action, stack } },
    event: {
      kind: 'failed',
      at: at.toISOString(),
      runId: id,
      reason: 'did_not_stay',
      by: null,
      text: [
        ...down.map((thing) => saidOf(thing, seen)),
        phrase`Next: look at its last lines, or go back to the version from before.`,
      ],
      count: 1,
      mark: null,
    },
    left: down,
  });
}

function saidOf({ key, name, state }: LeftDown, seen: readonly Observation[]): Phrase {
  const restarts = Math.max(0, ...seen.map((one) => (one.of === key ? (one.restarts ?? 0) : 0)));
  const how =
    state === 'restarting'
      ? `keeps crashing: it was restarted ${restarts === 1 ? 'once' : `${restarts} times`}`
      : state === 'unhealthy'
        ? 'turned unhealthy'
        : 'crashed';
  return phrase`${code(name)} was fine when the run ended; since then it ${how}.`;
}
