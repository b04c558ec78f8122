import {
  below,
  type FlatDocument,
  fieldName,
  type StepGroup,
  type YamlProblem,
} from '../documents/flat-document.js';
import type { TemplateValues } from '../documents/template.js';
import type { Graph, GraphStep } from '../model/graph.js';
import type { IntentStep } from '../model/intent.js';
import type { Param } from '../model/param.js';
import { closest } from '../text/closest.js';
import { listed } from '../text/listed.js';
import { checkGraph } from './check-graph.js';
import { kindsWith } from './kinds/kinds.js';
import { readFields, tellOf } from './read-fields.js';
import { dependencyMentions, type IntentFields, type Mention, type Where } from './read-step.js';
import { pathOf, readStepGroup } from './read-step-group.js';
import { MOST_STEPS, STEPS } from './steps-fields.js';

type Report = (problem: YamlProblem) => void;

/** What a document with `action: steps` says. */
export interface ReadSteps {
  readonly graph: Graph;
  /** The inline actions; the graph names them by their index. */
  readonly steps: readonly IntentStep[];
  readonly intent: IntentFields;
  readonly stack: string;
  readonly mentions: readonly Mention[];
}

/** Reads a document with `action: steps`; null when anything is wrong with it, and then `report` was told all of it. */
export function readSteps(
  document: FlatDocument,
  where: Where,
  { params, values }: { readonly params: readonly Param[]; readonly values: TemplateValues },
  report: Report,
): ReadSteps | null {
  let clean = document.refused.size === 0;
  const noted: Report = (problem) => {
    clean = false;
    report(problem);
  };
  const head = readFields(document, STEPS, tellOf(document, noted), strangeHead);
  const groups = groupsOf(document, noted);
  const stack = head?.stack ?? where.intent;
  const inner = { ...where, stack };
  const filling = { values, hasParams: params.length > 0 };
  const found = groups.map((group) => readStepGroup(group, inner, filling, below(pathOf(group), noted)));
  checkGraph(found, params, noted);
  if (!head || !clean) return null;
  const steps: IntentStep[] = [];
  const graph = found.flatMap(({ group: { name }, rules, does }): readonly GraphStep[] => {
    if (!rules || !does) return [];
    if (!('inline' in does)) return [{ name, ...rules, work: does.work }];
    steps.push(does.inline);
    return [{ name, ...rules, work: { kind: 'action', step: steps.length - 1 } }];
  });
  return {
    graph: { steps: graph, maxParallel: head.max_parallel },
    steps,
    intent: head,
    stack,
    mentions: [
      ...dependencyMentions(head, document),
      ...found.flatMap(({ does }) => (does && 'mention' in does ? [does.mention] : [])),
    ],
  };
}

function groupsOf(document: FlatDocument, report: Report): readonly StepGroup[] {
  if (!document.values.has('steps') || document.refused.has('steps')) return [];
  const groups = document.steps ?? [];
  const tell = (message: string, hint: string): void =>
    report({ ...document.locateKey('steps'), field: 'steps', message, hint });
  if (groups.length === 0) {
    tell('steps names no steps.', 'Write the name of one below it, indented, and its fields below that.');
  }
  if (groups.length <= MOST_STEPS) return groups;
  tell(
    `steps has ${groups.length.toLocaleString('en-US')} steps, and ${MOST_STEPS.toLocaleString('en-US')} is the most.`,
    'Make several intents of it.',
  );
  return [];
}

function strangeHead(field: string): [message: string, hint: string] {
  const name = fieldName(field);
  const known = Object.keys(STEPS.shape);
  const [near] = closest(field, known);
  if (kindsWith(field).length > 0) {
    return [`${name} belongs to what a step does.`, 'Write it below a step, indented.'];
  }
  const fields = `The fields here are ${listed(known, 'and')}.`;
  return [`${name} is not a field of an intent with action: steps.`, near ? `Did you mean ${near}?` : fields];
}
