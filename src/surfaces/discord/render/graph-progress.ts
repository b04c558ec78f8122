import type { Plan } from '../../../core/model/plan.js';
import { amountText, percentDone, progressBar, stateSymbol } from '../../../core/model/wording.js';
import type { Pace } from '../../../core/planning/pace.js';
import { paceNotes, timeLeftText } from '../../../core/planning/pace-wording.js';
import { formatCount } from '../../../core/text/format.js';
import { type GraphPace, paceOfNode } from '../../../core/views/graph-pace.js';
import { type NodeStanding, standings } from '../../../core/views/step-states.js';
import { doneText, stepSymbol, stepWord } from '../../../core/views/step-wording.js';
import type { Block } from './fit.js';
import type { LiveView } from './live-view.js';
import { shortTitle } from './step-title.js';
import { inlineCode, markdown } from './text.js';
import { time, titleLine } from './words.js';

const BAR_CELLS = 18;
/** With more steps only what happens now is listed, then a few of those that come next. */
const ALL_SHOWN = 15;
const NOW_SHOWN = 10;
const NEXT_SHOWN = 3;

/** How each step of a run's graph stands, in the one live message. */
export function graphProgress({ run, graph, now }: LiveView): Block[] {
  const live = graph ?? { states: {}, paces: {} };
  const all = standings(
    run,
    graph === null || Object.keys(live.states).length === 0 ? undefined : live.states,
  );
  const ended = all.filter(({ state }) => state !== 'waiting' && state !== 'running');
  const percent = all.length === 0 ? 0 : Math.floor((ended.length / all.length) * 100);
  const lineOf = (each: NodeStanding): string => nodeLine(run.plan, each, live, now.getTime());
  const started = run.startedAt === null ? '' : ` · started ${time(run.startedAt, 'R')}`;
  return [
    `${stateSymbol('running')} ${titleLine(run)} · ${doneText(all)}`,
    `\`${progressBar(percent, BAR_CELLS)}\`${started}`,
    ...(all.length > ALL_SHOWN ? shortList(all, lineOf) : all.map(lineOf)),
    ...notes(run.plan, all, live, now.getTime()),
  ];
}

function shortList(all: readonly NodeStanding[], lineOf: (each: NodeStanding) => string): Block[] {
  const at = (state: NodeStanding['state']) => all.filter((each) => each.state === state);
  const current = [...at('failed'), ...at('rolled_back'), ...at('cancelled'), ...at('running')];
  const waiting = at('waiting');
  const counts = (['succeeded', 'skipped', 'undone'] as const).flatMap((state) => {
    const { length } = at(state);
    return length === 0
      ? []
      : [`${stepSymbol(state)} ${length.toLocaleString('en-US')} ${stepWord(state, false)}`];
  });
  return [
    ...(counts.length === 0 ? [] : [counts.join(' · ')]),
    {
      items: current.map(lineOf),
      show: NOW_SHOWN,
      more: (hidden) => `and ${formatCount(hidden, 'more', 'more')} that run or did not succeed`,
    },
    {
      items: waiting.map(lineOf),
      show: NEXT_SHOWN,
      more: (hidden) => `${stepSymbol('waiting')} and ${formatCount(hidden, 'more step')} waiting`,
    },
  ];
}

function nodeLine(plan: Plan, { node, state }: NodeStanding, live: GraphPace, now: number): string {
  const name = `${stepSymbol(state)} ${inlineCode(node.name, 60)}`;
  if (node.doneIn !== undefined) return `${name} done in ${inlineCode(node.doneIn)}`;
  const line = `${name} ${stepWord(state, false)}`;
  const pace = state === 'running' ? paceOfNode(node, live) : null;
  return pace === null ? line : [line, ...figures(plan, pace, now)].join(' · ');
}

function figures(plan: Plan, pace: Pace, now: number): string[] {
  const step = plan.parts[pace.at.part]?.steps[pace.at.step];
  const percent = percentDone(pace.at);
  const texts = [
    percent === null ? null : `${percent} %`,
    amountText(pace.at),
    timeLeftText(plan, pace, now),
  ];
  return [...(step === undefined ? [] : [shortTitle(step)]), ...texts.filter((text) => text !== null)];
}

/** What is stuck or slower than usual, with the name of its step. */
function notes(plan: Plan, all: readonly NodeStanding[], live: GraphPace, now: number): Block[] {
  return all
    .filter(({ state }) => state === 'running')
    .flatMap(({ node }) => {
      const pace = paceOfNode(node, live);
      const found = pace === null ? [] : paceNotes(plan, pace, now);
      return found.map((note) => `⚠ ${inlineCode(node.name, 60)}: ${markdown(note)}`);
    });
}
