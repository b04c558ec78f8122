import type { PlanNode, StepState } from '../model/graph.js';
import { code, type Phrase, phrase } from '../model/phrase.js';
import type { Effect, Plan, PlanPart } from '../model/plan.js';
import { isFinal, type Run } from '../model/run.js';
import { formatBytes, formatCount } from '../text/format.js';
import { type NodeStanding, standings } from './step-states.js';

/** Words about the steps of a graph, free of markup, the same on every surface. */

const SYMBOLS: Readonly<Record<StepState, string>> = {
  waiting: '·',
  running: '▸',
  succeeded: '✓',
  failed: '✗',
  rolled_back: '↩',
  cancelled: '✖',
  skipped: '–',
  undone: '↩',
};

const TARGETS_NAMED = 3;

/** One symbol for how a step stands. It never stands alone: the word beside it says the same. */
export function stepSymbol(state: StepState): string {
  return SYMBOLS[state];
}

/** How a step stands, in a word or two. `over`: its run has ended. */
export function stepWord(state: StepState, over: boolean): string {
  return state === 'waiting' && over ? 'not started' : state.replaceAll('_', ' ');
}

/** What a step waits for, on what it depends, and what its failure means; empty when it simply runs. */
export function nodeFacts(plan: Plan, node: PlanNode): Phrase {
  const [other] = node.parts.map((part) => plan.parts[part]?.intent ?? plan.intent);
  const runs =
    other === undefined || other === plan.intent || other === node.name ? [] : [phrase`runs ${code(other)}`];
  const facts = [
    ...runs,
    ...(node.needs.length === 0 ? [] : [phrase`after ${names(node.needs)}`]),
    ...(node.when === null ? [] : [phrase`only if ${code(node.when)}`]),
    ...ON_FAILURE[node.onFailure],
  ];
  return joined(facts);
}

const ON_FAILURE: Readonly<Record<PlanNode['onFailure'], readonly Phrase[]>> = {
  stop: [],
  continue: [phrase`the others go on if it fails`],
  rollback: [phrase`if it fails, what was done is undone`],
};

/** Why a step of a plan does not run; null when it does. */
export function notRun(node: PlanNode): Phrase | null {
  if (node.doneIn !== undefined) return phrase`done in ${code(node.doneIn)}, not repeated`;
  return node.skipped ? phrase`skipped: its condition does not hold` : null;
}

const KINDS = ['stop', 'remove', 'replace', 'create'] as const;

/** What some parts do to the world: `stops plex · deletes 2 files · writes 1.8 GiB (214 files)`. */
export function effectsText(parts: readonly PlanPart[]): Phrase {
  const effects = parts.flatMap((part) => part.effects);
  const named = KINDS.flatMap((kind) => {
    const targets = targetsOf(effects, kind);
    return targets.length === 0 ? [] : [phrase`${kind}s ${names(targets, TARGETS_NAMED)}`];
  });
  return joined([...named, ...amounts(effects)]);
}

/** The same in numbers only: `stops 1 · deletes 2 files`. */
function effectsCount(parts: readonly PlanPart[]): Phrase {
  const effects = parts.flatMap((part) => part.effects);
  const counted = KINDS.flatMap((kind) => {
    const { length } = targetsOf(effects, kind);
    return length === 0 ? [] : [phrase`${kind}s ${length}`];
  });
  return joined([...counted, ...amounts(effects)]);
}

function targetsOf(effects: readonly Effect[], kind: (typeof KINDS)[number]): readonly string[] {
  return [...new Set(effects.filter((effect) => effect.kind === kind).map(({ target }) => target))];
}

function amounts(effects: readonly Effect[]): Phrase[] {
  const deleted = effects.reduce(
    (sum, effect) => sum + (effect.kind === 'delete' ? effect.paths.length : 0),
    0,
  );
  const written = effects.filter((effect) => effect.kind === 'write');
  const bytes = written.reduce((sum, effect) => sum + effect.bytes, 0);
  const files = written.reduce((sum, effect) => sum + effect.files, 0);
  const about = written.some(({ estimate }) => estimate) ? 'about ' : '';
  return [
    ...(deleted === 0 ? [] : [phrase`deletes ${formatCount(deleted, 'file')}`]),
    ...(written.length === 0
      ? []
      : [
          phrase`writes ${about}${formatBytes(bytes)}${files === 0 ? '' : ` (${formatCount(files, 'file')})`}`,
        ]),
  ];
}

/** What all steps of a graph together are: how many, how many at once, what they do. Null without a graph. */
export function totalLine(plan: Plan): Phrase | null {
  if (plan.graph === undefined) return null;
  const { nodes, maxParallel } = plan.graph;
  const toRun = nodes.filter((node) => notRun(node) === null).length;
  const atOnce = toRun > 1 && maxParallel > 1 ? [phrase`up to ${maxParallel} at once`] : [];
  return joined([phrase`${formatCount(toRun, 'step')}`, ...atOnce, effectsCount(plan.parts)]);
}

/** Which run a plan goes on from, and how much of it is left alone; null when it begins anew. */
export function resumeLine({ graph, resumes }: Plan): Phrase | null {
  if (resumes === undefined || graph === undefined) return null;
  const done = graph.nodes.filter(({ doneIn }) => doneIn !== undefined).length;
  return phrase`Goes on from ${code(resumes)}: ${done} of ${formatCount(graph.nodes.length, 'step')} ${done === 1 ? 'is' : 'are'} done and not repeated.`;
}

/** `2 of 5 steps done`, with how many failed. */
export function doneText(all: readonly NodeStanding[]): string {
  const ended = all.filter(({ state }) => state !== 'waiting' && state !== 'running').length;
  const failed = all.filter(({ state }) => state === 'failed' || state === 'rolled_back').length;
  return `${ended} of ${formatCount(all.length, 'step')} ended${failed === 0 ? '' : `, ${failed} failed`}`;
}

const ORDER: readonly StepState[] = [
  'failed',
  'rolled_back',
  'cancelled',
  'running',
  'succeeded',
  'undone',
  'skipped',
  'waiting',
];

/** The steps of a run by how they stand: `✓ succeeded: backup_plex, roll_out_sonarr`. */
export function stepGroups(run: Run, most: number): readonly Phrase[] {
  const all = standings(run);
  return ORDER.flatMap((state) => {
    const found = all.filter((each) => each.state === state).map(({ node }) => node.name);
    if (found.length === 0) return [];
    const count = found.length > most ? ` (${found.length.toLocaleString('en-US')})` : '';
    const word = stepWord(state, isFinal(run.state));
    return [phrase`${stepSymbol(state)} ${word}${count}: ${names(found, most)}`];
  });
}

function names(all: readonly string[], most = Number.POSITIVE_INFINITY): Phrase {
  const shown = all
    .slice(0, most)
    .flatMap((name, index): Phrase => (index === 0 ? [code(name)] : [', ', code(name)]));
  const hidden = all.length - most;
  return hidden > 0 ? [...shown, ` and ${hidden.toLocaleString('en-US')} more`] : shown;
}

const DOT = ' · ';

function joined(phrases: readonly Phrase[]): Phrase {
  return phrases
    .filter((each) => each.length > 0)
    .flatMap((each, index) => (index === 0 ? each : [DOT, ...each]));
}
