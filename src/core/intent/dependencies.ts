import { closest } from './closest.js';
import type { Intent, IntentProblem } from './intent.js';
import type { ReadIntent } from './read-intent.js';
import type { Mention } from './read-step.js';

/** What is known of one intent: what its file says now, and the version that was in use before. */
export interface Candidate {
  readonly read: ReadIntent;
  readonly last: Intent | null;
}

export interface Settled {
  /** Of each name the newest version that works; whatever it depends on is here too. */
  readonly intents: ReadonlyMap<string, Intent>;
  /** What is wrong with `depends_on` in the files as they are now. */
  readonly problems: readonly IntentProblem[];
}

/**
 * Chooses the version of each intent that is used: what its file says now if that works, else the last one
 * that did. An intent whose dependency is missing, broken or waits for the intent itself doesn't work.
 */
export function settle(candidates: ReadonlyMap<string, Candidate>): Settled {
  const chosen = new Map<string, Intent>();
  for (const [name, { read, last }] of candidates) {
    const intent = read.intent ?? last;
    if (intent) chosen.set(name, intent);
  }
  const problems: IntentProblem[] = [];
  for (;;) {
    const cycles = findCycles(chosen);
    const failing = [...chosen.values()].filter(
      ({ name, dependsOn }) => cycles.has(name) || dependsOn.some((other) => !chosen.has(other)),
    );
    if (failing.length === 0) return { intents: chosen, problems };
    // What an edit broke goes back first; that may be all it takes for the others. All are judged against the
    // same state, so that the order of the files plays no part.
    const edited = failing.filter((intent) => (candidates.get(intent.name)?.last ?? intent) !== intent);
    const blamed = edited.length > 0 ? edited : failing;
    problems.push(...blamed.flatMap((intent) => explainFailure(intent, candidates, chosen, cycles)));
    for (const { name } of blamed) {
      const last = candidates.get(name)?.last;
      if (edited.length > 0 && last) chosen.set(name, last);
      else chosen.delete(name);
    }
  }
}

function explainFailure(
  intent: Intent,
  candidates: ReadonlyMap<string, Candidate>,
  chosen: ReadonlyMap<string, Intent>,
  cycles: ReadonlyMap<string, readonly string[]>,
): readonly IntentProblem[] {
  const read = candidates.get(intent.name)?.read;
  // A last good version that no longer works is not what the file says; the file has its own problems.
  if (!read?.intent || read.intent !== intent) return [];
  return read.mentions.flatMap((mention) => {
    const { line, column, field } = mention;
    const found = explainMention(mention, intent.name, candidates, chosen, cycles.get(intent.name) ?? []);
    return found ? [{ file: intent.file, line, column, field, ...found }] : [];
  });
}

function explainMention(
  { name, field }: Mention,
  intent: string,
  candidates: ReadonlyMap<string, Candidate>,
  chosen: ReadonlyMap<string, Intent>,
  cycle: readonly string[],
): { message: string; hint: string } | null {
  if (name === intent) return { message: `${field} names the intent itself.`, hint: 'Remove it.' };
  if (!candidates.has(name)) {
    const [near] = closest(
      name,
      [...candidates.keys()].filter((other) => other !== intent),
    );
    return {
      message: `${field} is "${name}", but there is no intent of that name.`,
      hint: near ? `Did you mean ${near}?` : 'Write the name of another file here, without its ending.',
    };
  }
  if (!chosen.has(name)) {
    return {
      message: `${field} is "${name}", but ${name} has an error of its own.`,
      hint: `Mend ${name} first.`,
    };
  }
  if (cycle[1] !== name) return null;
  return {
    message: `${field} is "${name}", but then ${intent} waits for itself: ${cycle.join(' → ')}.`,
    hint: 'Remove one of these names from depends_on.',
  };
}

/** For each intent that waits for itself the shortest way round, from it back to it. */
function findCycles(intents: ReadonlyMap<string, Intent>): ReadonlyMap<string, readonly string[]> {
  const graph = new Map([...intents].map(([name, { dependsOn }]) => [name, dependsOn]));
  const suspects = withoutEnds(graph);
  const cycles = new Map<string, readonly string[]>();
  for (const name of suspects) {
    const cycle = wayBack(name, graph, suspects);
    if (cycle) cycles.set(name, cycle);
  }
  return cycles;
}

type Graph = ReadonlyMap<string, readonly string[]>;

/** Takes away what depends on nothing that is left, again and again: only cycles and what leads to them stay. */
function withoutEnds(graph: Graph): ReadonlySet<string> {
  const left = new Set(graph.keys());
  const dependents = new Map<string, string[]>();
  const open = new Map<string, number>();
  for (const [name, needed] of graph) {
    const inside = needed.filter((other) => left.has(other));
    open.set(name, inside.length);
    for (const other of inside) dependents.set(other, [...(dependents.get(other) ?? []), name]);
  }
  const ready = [...left].filter((name) => open.get(name) === 0);
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    left.delete(name);
    for (const dependent of dependents.get(name) ?? []) {
      const count = (open.get(dependent) ?? 0) - 1;
      open.set(dependent, count);
      if (count === 0) ready.push(dependent);
    }
  }
  return left;
}

function wayBack(start: string, graph: Graph, within: ReadonlySet<string>): readonly string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const name of queue) {
    for (const next of graph.get(name) ?? []) {
      if (next === start) return [...pathTo(name, start, cameFrom), start];
      if (!within.has(next) || cameFrom.has(next)) continue;
      cameFrom.set(next, name);
      queue.push(next);
    }
  }
  return null;
}

function pathTo(end: string, start: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const path = [end];
  for (let name = end; name !== start; ) {
    name = cameFrom.get(name) ?? start;
    path.unshift(name);
  }
  return path;
}
