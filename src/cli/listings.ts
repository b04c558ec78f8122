import { visibleIntents } from '../core/admission/admission.js';
import { openCatalogue } from '../core/intent/catalogue.js';
import { isBeingPlanned, stateText } from '../core/model/run.js';
import { durationMs, stateSymbol } from '../core/model/wording.js';
import { openPolicy } from '../core/policy/source.js';
import { formatDuration } from '../core/text/format.js';
import { intentJson, summaryJson } from '../core/views/views.js';
import type { Context } from './context.js';
import type { CliDeps } from './deps.js';
import { CliError, EXIT } from './errors.js';
import type { Output } from './output.js';
import { warningLine } from './preview.js';
import { clean, localTime, table } from './text.js';

/** `chatops intents`: what may be done. Broken files are named on stderr; the others still work. */
export async function intentsCommand(deps: CliDeps, out: Output): Promise<number> {
  const catalogue = await openCatalogue({ dir: deps.intentsDir(), reads: deps.reads });
  const policy = await openPolicy({ ...deps.policyFiles(), reads: deps.reads });
  const away = catalogue.problems().find(({ file }) => file === deps.intentsDir());
  if (away) throw new CliError(EXIT.failed, 'intents_unreadable', away.message, away.hint);
  const intents = visibleIntents({ catalogue, policy, now: deps.now }, deps.operator);
  if (out.json) {
    out.result(intents.map((intent) => intentJson(intent, catalogue.warning(intent.name))));
  } else if (intents.length === 0) {
    out.lines(['There are no intents yet. docs/intents.md shows how to write one.']);
  } else {
    const rows = intents.map(({ name, action, stack, description }) =>
      [name, action, stack, description].map(clean),
    );
    const [head = '', ...lines] = table([['NAME', 'ACTION', 'STACK', 'DESCRIPTION'], ...rows]);
    out.lines([out.style.dim(head), ...lines]);
    const warnings = intents.map(({ name }) => catalogue.warning(name)).filter((found) => found !== null);
    out.lines(warnings.map((notice) => warningLine(notice, out.style)));
  }
  const broken = new Set(catalogue.problems().map(({ file }) => file)).size;
  if (broken > 0) {
    out.aside(
      `${broken === 1 ? '1 intent file has an error' : `${broken} intent files have errors`}. chatops validate says which.`,
    );
  }
  return EXIT.done;
}

export interface RunsOptions {
  readonly limit: number;
  readonly intent?: string;
}

/** `chatops runs`: the history, newest first. */
export async function runsCommand({ app, deps, out }: Context, options: RunsOptions): Promise<number> {
  const runs = (await app.pipeline.seen(await app.runs.list(options))).filter(
    (run) => app.pipeline.check(deps.operator, 'view', run) === null,
  );
  if (out.json) {
    out.result(runs.map(summaryJson));
    return EXIT.done;
  }
  if (runs.length === 0) {
    out.lines(['No runs yet.']);
    return EXIT.done;
  }
  const rows = runs.map((run) => {
    const took = durationMs(run);
    return [
      run.id,
      `${stateSymbol(run.state)} ${isBeingPlanned(run) ? 'being planned' : stateText(run.state)}${run.dryRun ? ' (dry run)' : ''}`,
      clean(run.intent),
      run.action,
      localTime(run.createdAt),
      took === null ? '' : formatDuration(took),
      clean(run.actor.name),
    ];
  });
  const [head = '', ...lines] = table([['RUN', 'STATE', 'INTENT', 'ACTION', 'ASKED', 'TOOK', 'BY'], ...rows]);
  out.lines([out.style.dim(head), ...lines]);
  return EXIT.done;
}
