import type { PlanGraph, PlanNode } from '../core/model/graph.js';
import type { Phrase } from '../core/model/phrase.js';
import type { Plan } from '../core/model/plan.js';
import { type NumberedStep, stepsByPart } from '../core/model/wording.js';
import { formatCount } from '../core/text/format.js';
import {
  effectsText,
  nodeFacts,
  notRun,
  resumeLine,
  stepSymbol,
  totalLine,
} from '../core/views/step-wording.js';
import { clean, type Style, sentence } from './text.js';

/** More steps than this are counted: a preview must fit on some screens. */
const NODES_SHOWN = 50;

/** The steps of a plan's graph: what each waits for and would do, then the total. */
export function graphLines(plan: Plan, { nodes }: PlanGraph, style: Style): string[] {
  const byPart = stepsByPart(plan);
  const total = totalLine(plan);
  const resumed = resumeLine(plan);
  const more = nodes.length - NODES_SHOWN;
  return [
    ...(resumed === null ? [] : [`  ${sentence(resumed, style)}`]),
    ...nodes.slice(0, NODES_SHOWN).flatMap((node) => nodeLines(plan, node, byPart, style)),
    ...(more > 0 ? [style.dim(`  … and ${formatCount(more, 'more step')}; --json lists all`)] : []),
    ...(total === null ? [] : [`  ${style.bold('In total:')} ${sentence(total, style)}`]),
  ];
}

function nodeLines(
  plan: Plan,
  node: PlanNode,
  byPart: ReadonlyMap<number, readonly NumberedStep[]>,
  style: Style,
): string[] {
  const not = notRun(node);
  const name = style.bold(clean(node.name));
  if (not !== null) {
    return [
      `  ${stepSymbol(node.doneIn === undefined ? 'skipped' : 'succeeded')} ${name} · ${sentence(not, style)}`,
    ];
  }
  const parts = node.parts.flatMap((index) => plan.parts[index] ?? []);
  const details: Phrase[] = [nodeFacts(plan, node), effectsText(parts)].filter((text) => text.length > 0);
  return [
    `  • ${[name, ...details.map((text) => sentence(text, style))].join(' · ')}`,
    ...node.parts
      .flatMap((part) => byPart.get(part) ?? [])
      .map(({ number, title }) => `      ${number}. ${sentence(title, style)}`),
  ];
}
