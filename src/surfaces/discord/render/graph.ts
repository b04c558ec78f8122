import type { PlanGraph, PlanNode } from '../../../core/model/graph.js';
import { type Phrase, plain } from '../../../core/model/phrase.js';
import type { Plan } from '../../../core/model/plan.js';
import type { Run } from '../../../core/model/run.js';
import { type NumberedStep, stepsByPart } from '../../../core/model/wording.js';
import { formatCount } from '../../../core/text/format.js';
import {
  effectsText,
  nodeFacts,
  notRun,
  resumeLine,
  stepSymbol,
  totalLine,
} from '../../../core/views/step-wording.js';
import type { Block, List, TextFile } from './fit.js';
import { cleanLine, inlineCode, markdown } from './text.js';

/** A phone's screen holds about so many characters; above, each step gets one line, and a file has all. */
const WHOLE_CHARS = 2000;
const NODES_SHOWN = 25;

/**
 * All steps of a plan's graph: what each waits for, and what it would do, then the total. Where there are too many
 * for a message, each gets one line, and a file has everything. `attach` is false for a message that keeps its file.
 */
export function graphBlocks(run: Run, { nodes }: PlanGraph, attach: boolean): Block[] {
  const { plan } = run;
  const resumed = resumeLine(plan);
  const total = totalLine(plan);
  const whole = nodes.length > NODES_SHOWN ? null : wholeSteps(plan, nodes);
  return [
    ...(resumed === null ? [] : [`↻ ${markdown(resumed)}`, '']),
    `**What ${run.dryRun || run.state === 'refused' ? 'would' : 'will'} happen**`,
    ...(whole ?? shortened(run, nodes, attach)),
    ...(total === null ? [] : [`**In total:** ${markdown(total)}`]),
  ];
}

/** Null when it is more than a phone's screen holds. */
function wholeSteps(plan: Plan, nodes: readonly PlanNode[]): string[] | null {
  const byPart = stepsByPart(plan);
  const whole = nodes.map((node) => [headOf(plan, node), ...stepsOf(node, byPart)].join('\n'));
  return whole.join('\n').length <= WHOLE_CHARS ? whole : null;
}

function shortened(run: Run, nodes: readonly PlanNode[], attach: boolean): Block[] {
  const { plan } = run;
  const file = `${run.id}-steps.txt`;
  const list: List = {
    items: nodes.map((node) => headOf(plan, node)),
    show: NODES_SHOWN,
    more: (hidden) => `and ${formatCount(hidden, 'more step')}`,
  };
  const all: List = {
    items: ['all'],
    show: 0,
    more: () => `Every step with all that it does is in ${inlineCode(file)}.`,
    ...(attach ? { file: (): TextFile => ({ name: file, text: graphText(plan), keep: 'start' }) } : {}),
  };
  return [list, all];
}

function headOf(plan: Plan, node: PlanNode): string {
  const not = notRun(node);
  const mark = not === null ? '•' : stepSymbol(node.doneIn === undefined ? 'skipped' : 'succeeded');
  return [`${mark} **${inlineCode(node.name, 60)}**`, ...details(plan, node).map(markdown)].join(' · ');
}

function details(plan: Plan, node: PlanNode): readonly Phrase[] {
  const not = notRun(node);
  if (not !== null) return [not];
  const parts = node.parts.flatMap((index) => plan.parts[index] ?? []);
  return [nodeFacts(plan, node), effectsText(parts)].filter((text) => text.length > 0);
}

type ByPart = ReadonlyMap<number, readonly NumberedStep[]>;

function stepsOf({ parts }: PlanNode, byPart: ByPart): string[] {
  return parts
    .flatMap((part) => byPart.get(part) ?? [])
    .map(({ number, title }) => `${number}. ${markdown(title)}`);
}

/** Everything about a plan's steps, as people download it. */
function graphText(plan: Plan): string {
  const byPart = stepsByPart(plan);
  const nodes = (plan.graph?.nodes ?? []).map((node) => {
    const facts = details(plan, node).map((text) => `  ${cleanLine(plain(text))}`);
    const steps = node.parts
      .flatMap((part) => byPart.get(part) ?? [])
      .map(({ number, title }) => `  ${number}. ${cleanLine(plain(title))}`);
    return [cleanLine(node.name), ...facts, ...steps].join('\n');
  });
  const total = totalLine(plan);
  return `${nodes.join('\n\n')}\n${total === null ? '' : `\nIn total: ${plain(total)}\n`}`;
}
