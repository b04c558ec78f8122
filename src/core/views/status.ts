import { authorize } from '../access/authorize.js';
import { viewableIntents } from '../admission/admission.js';
import { urgency } from '../model/condition.js';
import type { Intent } from '../model/intent.js';
import { type Lock, stacksOfIntents } from '../model/lock.js';
import type { Observation, Observed } from '../model/observation.js';
import type { Actor } from '../model/request.js';
import type { RunState, RunSummary } from '../model/run.js';
import { type Look, lookout } from '../planning/lookout.js';
import type { CoreDeps } from '../ports/deps.js';
import { asSeen } from '../records/seen-runs.js';
import { canonicalJson } from '../text/canonical.js';

/** One stack as it is now, and what was last done to it. */
export interface StackStatus extends Observed {
  readonly stack: string;
  /** What runs or could run, each once; what is amiss first, then by name. */
  readonly things: readonly Observation[];
  /** The last runs that did something or still do, newest first. */
  readonly runs: readonly RunSummary[];
  /** Somebody's hold on it. */
  readonly lock?: Lock;
}

/** Nobody waits longer than this for a look at what runs, in ms; what is not known by then is said to be so. */
const LOOK_MS = 10_000;
const RUNS_SHOWN = 3;
/** Runs of one intent that are looked through for those that did something. */
const RUNS_READ = 25;
/** Refused, expired and unanswered previews did nothing. */
const DID_SOMETHING = [
  'queued',
  'running',
  'succeeded',
  'failed',
  'rolled_back',
  'cancelled',
  'interrupted',
] as const satisfies readonly RunState[];

/**
 * What runs in the stacks of the intents that this actor may see, by stack. A tool that fails or does not
 * answer in `lookMs` costs a notice in its stack and nothing else. Changes nothing.
 */
export async function readStatus(
  deps: CoreDeps,
  actor: Actor,
  closing: AbortSignal,
  lookMs = LOOK_MS,
): Promise<readonly StackStatus[]> {
  const intents = viewableIntents(deps, actor);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), lookMs);
  try {
    const look = lookout(deps, AbortSignal.any([closing, late.signal]));
    const stacks = [...stacksOfIntents(intents)].sort();
    const locks = await deps.store.locks.list(deps.now().toISOString());
    return await Promise.all(
      stacks.map(async (stack) => {
        const lock = locks.find((each) => each.stack === stack);
        return { ...(await stackStatus(deps, look, stack, intents, actor)), ...(lock ? { lock } : {}) };
      }),
    );
  } finally {
    clearTimeout(timer);
    // Also ends what was not waited for.
    late.abort();
  }
}

async function stackStatus(
  deps: CoreDeps,
  look: Look,
  stack: string,
  intents: readonly Intent[],
  actor: Actor,
): Promise<StackStatus> {
  const looks = intents.flatMap((intent) =>
    intent.steps.filter((step) => step.stack === stack).map((step) => look(intent, step)),
  );
  const own = intents.filter((intent) => intent.stack === stack);
  const [seen, runs] = await Promise.all([Promise.all(looks), lastRuns(deps, own, actor)]);
  const things = new Map(seen.flatMap((each) => each.things).map((thing) => [thing.key, thing]));
  const notices = new Map(seen.flatMap((each) => each.notices).map((one) => [canonicalJson(one), one]));
  return deps.redactor.told({
    stack,
    things: [...things.values()].sort(byTrouble),
    notices: [...notices.values()],
    runs,
  });
}

/** The intents are those that this actor may see; a run may have been of another action or stack then. */
async function lastRuns(
  deps: CoreDeps,
  intents: readonly Intent[],
  actor: Actor,
): Promise<readonly RunSummary[]> {
  const found = await Promise.all(
    intents.map(({ name }) =>
      deps.store.runs.list({ intent: name, states: DID_SOMETHING, limit: RUNS_READ }),
    ),
  );
  const runs = found
    .flat()
    .filter((run) => authorize(deps, actor, 'view', [run]) === null)
    .filter(({ state, startedAt }) => state !== 'cancelled' || startedAt !== null)
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
    .slice(0, RUNS_SHOWN);
  return asSeen(deps, runs);
}

function byTrouble(a: Observation, b: Observation): number {
  return urgency(a) - urgency(b) || a.name.localeCompare(b.name, 'en', { numeric: true });
}
