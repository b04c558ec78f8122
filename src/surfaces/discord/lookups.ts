import { unknownRun } from '../../core/access/refusals.js';
import type { Notice } from '../../core/model/reasons.js';
import type { Action, Actor } from '../../core/model/request.js';
import type { RunSummary } from '../../core/model/run.js';
import { StoreError } from '../../core/ports/store.js';
import { closest } from '../../core/text/closest.js';
import type { Conversation } from './conversation.js';
import type { DiscordDeps } from './deps.js';
import { help, intentList } from './render/catalogue.js';
import { runDetails, runList } from './render/history.js';
import { refusal } from './render/notices.js';
import { statusMessage } from './render/status.js';
import { explanationMessage } from './render/why.js';

const RUNS_SHOWN = 10;
/** How many runs are looked through for those that this person may see. */
const RUNS_READ = 100;

type LookupDeps = Pick<DiscordDeps, 'pipeline' | 'catalogue' | 'runs' | 'circuits' | 'faults' | 'redact'>;

/** The last runs that this person may see, newest first. */
export async function visibleRuns(deps: LookupDeps, actor: Actor): Promise<readonly RunSummary[]> {
  const runs = await deps.runs.list({ limit: RUNS_READ });
  return (await deps.pipeline.seen(runs)).filter((run) => deps.pipeline.check(actor, 'view', run) === null);
}

/** `/runs` */
export async function showRuns(talk: Conversation, deps: LookupDeps): Promise<void> {
  await talk.thinkPrivately();
  const runs = await visibleRuns(deps, talk.actor);
  const barred = deps.pipeline.barred(talk.actor);
  if (runs.length === 0 && barred) return talk.answer(refusal(deps.redact(barred)));
  await talk.answer(runList(deps.redact(runs.slice(0, RUNS_SHOWN))));
}

/** `/run id:` */
export async function showRun(talk: Conversation, deps: LookupDeps, id: string): Promise<void> {
  await talk.thinkPrivately();
  const found = await deps.runs.get(id);
  const [run] = found === null ? [] : await deps.pipeline.seen([found]);
  if (run === undefined) {
    const known = (await visibleRuns(deps, talk.actor)).map((other) => other.id);
    return talk.answer(refusal(unknownRun(id).notice, closest(id, known, 3)));
  }
  const denied = deps.pipeline.check(talk.actor, 'view', run);
  if (denied !== null) return talk.answer(refusal(deps.redact(denied)));
  await talk.answer(runDetails(deps.redact(run), deps.redact(await deps.runs.readLog(run.id))));
}

/** `/intents` */
export async function showIntents(talk: Conversation, deps: LookupDeps): Promise<void> {
  const barred = deps.pipeline.barred(talk.actor);
  if (barred) return talk.tell(refusal(deps.redact(barred)));
  const { catalogue, pipeline, redact } = deps;
  const runnable = new Set(pipeline.visible(talk.actor).map(({ name }) => name));
  const seen = pipeline
    .viewable(talk.actor)
    .map((intent) => ({ intent, runnable: runnable.has(intent.name) }));
  const seesAll = pipeline.check(talk.actor, 'view', { intent: null, action: null, stack: null }) === null;
  const outdated = catalogue.outdated();
  // Of all intents it is said once.
  const warningOf = (name: string): Notice | null => {
    const warning = catalogue.warning(name);
    return warning?.code === outdated?.code ? null : warning;
  };
  await talk.tell(
    intentList(redact(seen), warningOf, {
      outdated: redact(outdated),
      problems: seesAll && outdated === null ? redact(catalogue.problems()) : [],
    }),
  );
}

/** `/why intent:` */
export async function showWhy(talk: Conversation, deps: LookupDeps, intent: string): Promise<void> {
  const why = deps.pipeline.why(talk.actor, intent);
  const { redact } = deps;
  await talk.tell(why.known ? explanationMessage(redact(why.explanation)) : refusal(redact(why.notice)));
}

/** `/status` */
export async function showStatus(talk: Conversation, deps: LookupDeps): Promise<void> {
  await talk.thinkPrivately();
  const barred = deps.pipeline.barred(talk.actor);
  if (barred) return talk.answer(refusal(deps.redact(barred)));
  const status = deps.pipeline.status(talk.actor);
  const stacks = await status.catch((error: unknown) => {
    // What is wrong with the store is told below.
    if (error instanceof StoreError && deps.faults?.list().length) return [];
    throw error;
  });
  const faults = (deps.faults?.list() ?? []).filter(({ key }) => !key.startsWith('circuit:'));
  const told = deps.redact({ stacks, circuits: deps.circuits?.list(talk.actor) ?? [], faults });
  await talk.answer(statusMessage(told.stacks, told.circuits, told.faults));
}

/** `/help` */
export async function showHelp(talk: Conversation, deps: LookupDeps): Promise<void> {
  const barred = deps.pipeline.barred(talk.actor);
  if (barred) return talk.tell(refusal(deps.redact(barred)));
  const count = (action: Action): number => deps.pipeline.visible(talk.actor, action).length;
  await talk.tell(
    help({
      backup: count('backup'),
      scale: count('scale'),
      rollout: count('rollout'),
      steps: count('steps'),
    }),
  );
}
