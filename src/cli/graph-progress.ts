import type { StepState, StepStates } from '../core/model/graph.js';
import { plain } from '../core/model/phrase.js';
import type { ProgressSnapshot, Run } from '../core/model/run.js';
import { percentDone, waitingLine } from '../core/model/wording.js';
import { paceNotes } from '../core/planning/pace-wording.js';
import type { RunEvent } from '../core/ports/events.js';
import { formatDuration } from '../core/text/format.js';
import { type GraphPace, graphPaceAfter, paceOfNode } from '../core/views/graph-pace.js';
import { type NodeStanding, standings } from '../core/views/step-states.js';
import { doneText, stepSymbol, stepWord } from '../core/views/step-wording.js';
import type { Output } from './output.js';
import type { ProgressView } from './progress.js';
import { progressLine } from './progress-line.js';
import { clean, type Style, sentence } from './text.js';

/** How many of the steps that run at once the redrawn line names. */
const NAMED = 4;

/** Shows a run whose plan has a graph: a line whenever a step begins or ends, and what runs now. */
export function createGraphProgress(run: Run, out: Output, clock: () => Date): ProgressView {
  const began = clock().getTime();
  let graph: GraphPace | null = null;
  let told: StepStates = {};
  const said = new Set<string>();

  const all = (): readonly NodeStanding[] => standings(run, graph?.states ?? {});
  const text = (): string | null => {
    if (graph === null) return null;
    const took = formatDuration(clock().getTime() - began);
    return [doneText(all()), took, ...underWay(all(), graph)].join(' · ');
  };
  /** What is stuck or slower than usual; each kind once for a step. */
  const warn = (): void => {
    const now = clock().getTime();
    for (const { node, state } of graph === null ? [] : all()) {
      const pace = state === 'running' && graph !== null ? paceOfNode(node, graph) : null;
      for (const note of pace === null ? [] : paceNotes(run.plan, pace, now)) {
        const key = `${node.name}:${plain(note).split(' ', 1)}`;
        if (said.has(key)) continue;
        said.add(key);
        line.write([`${out.style.yellow('⚠')} ${clean(node.name)}: ${sentence(note, out.style)}`]);
      }
    }
  };
  const line = progressLine(out, clock, text, () => {
    warn();
    if (out.terminal) line.draw(false);
  });
  line.told();

  const report = (progress: ProgressSnapshot): void => {
    graph = graphPaceAfter(run.plan, graph, progress, clock().getTime());
    for (const { node, state } of all()) {
      if (node.doneIn !== undefined || told[node.name] === state) continue;
      const before = told[node.name];
      told = { ...told, [node.name]: state };
      if (state === 'waiting' || (state === 'skipped' && node.skipped && before === undefined)) continue;
      if (state === 'running' && out.terminal) continue;
      line.write([stateLine(node.name, state, out.style)]);
    }
    line.draw(false);
  };

  return {
    show: (event: RunEvent) => {
      if (event.type === 'queued') {
        const waiting = waitingLine(event.run, event.waitsFor);
        if (waiting) line.write([`⏱ ${sentence(waiting, out.style)}`]);
      } else if (event.type === 'progress') {
        report(event.progress);
      } else if (event.type === 'step' && event.state === 'running') {
        report({ part: event.part, step: event.step });
      }
    },
    lines: line.write,
    position: () => (graph === null ? null : doneText(all())),
    end: line.end,
  };
}

function stateLine(name: string, state: StepState, style: Style): string {
  const paint = COLOURS[state]?.(style) ?? ((text: string) => text);
  return `${paint(stepSymbol(state))} ${clean(name)} ${stepWord(state, false)}`;
}

const COLOURS: Readonly<Partial<Record<StepState, (style: Style) => (text: string) => string>>> = {
  succeeded: ({ green }) => green,
  failed: ({ red }) => red,
  rolled_back: ({ red }) => red,
  cancelled: ({ yellow }) => yellow,
  undone: ({ yellow }) => yellow,
};

/** `roll_out_sonarr 50 %`, and how many more run. */
function underWay(all: readonly NodeStanding[], graph: GraphPace): string[] {
  const running = all.filter(({ state }) => state === 'running').map(({ node }) => node);
  const named = running.slice(0, NAMED).map((node) => {
    const pace = paceOfNode(node, graph);
    const percent = pace === null ? null : percentDone(pace.at);
    return `${stepSymbol('running')} ${clean(node.name)}${percent === null ? '' : ` ${percent} %`}`;
  });
  return running.length > NAMED ? [...named, `${running.length - NAMED} more`] : named;
}
