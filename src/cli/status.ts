import { conditionOf, countsText, isUp, stackSymbol } from '../core/model/condition.js';
import type { Observation } from '../core/model/observation.js';
import type { RunSummary } from '../core/model/run.js';
import { headline } from '../core/model/wording.js';
import type { StackStatus } from '../core/views/status.js';
import { statusJson } from '../core/views/views.js';
import { circuitLine } from './circuits.js';
import type { Context } from './context.js';
import { EXIT } from './errors.js';
import { lockLine } from './lock.js';
import { warningLine } from './preview.js';
import { clean, localTime, type Style, sentence } from './text.js';

/** `chatops status`: what runs in each stack, what is amiss first, and what was last done to it. */
export async function statusCommand({ app, deps, out }: Context): Promise<number> {
  const stacks = await app.pipeline.status(deps.operator);
  if (out.json) out.result(stacks.map(statusJson));
  else if (stacks.length === 0) {
    out.lines(['There are no stacks yet: there are no intents. docs/intents.md shows how to write one.']);
  } else {
    const paused = app.circuitDesk.list(deps.operator).map((circuit) => circuitLine(circuit, out.style));
    if (paused.length > 0) out.lines([...paused, '']);
    out.lines(
      stacks.flatMap((stack, index) => [...(index === 0 ? [] : ['']), ...stackLines(stack, out.style)]),
    );
  }
  if (app.missing === null) return EXIT.done;
  out.aside(`${app.missing.message} Earlier runs and open alerts are not known.`);
  out.aside(app.missing.remedy);
  return app.missing.exitCode;
}

function stackLines({ stack, things, notices, runs, lock }: StackStatus, style: Style): string[] {
  const counts = countsText(things);
  const symbol = stackSymbol({ things, notices });
  return [
    `${symbol === '' ? '' : `${symbol} `}${style.bold(clean(stack))}${counts === '' ? '' : `: ${counts}`}`,
    ...(lock ? [`  ${lockLine(lock, style)}`] : []),
    ...things.map((thing) => `  ${thingLine(thing, style)}`),
    ...notices.map((notice) => `  ${warningLine(notice, style)}`),
    ...(runs.length === 0 ? ['  No runs yet.'] : ['  Last runs:', ...runs.map((run) => `  ${runLine(run)}`)]),
  ];
}

function thingLine(thing: Observation, style: Style): string {
  const { symbol, word } = conditionOf(thing);
  const since =
    thing.since === undefined ? '' : `${isUp(thing) ? ', up' : ''} since ${localTime(thing.since)}`;
  const detail = thing.detail.length === 0 ? '' : `: ${sentence(thing.detail, style)}`;
  return `${symbol} ${clean(thing.name)} ${word}${since}${detail}`;
}

function runLine(run: RunSummary): string {
  const { symbol, title } = headline(run);
  return `${symbol} ${title}: ${clean(run.intent)} ${run.id}, ${localTime(run.createdAt)}, ${clean(run.actor.name)}`;
}
