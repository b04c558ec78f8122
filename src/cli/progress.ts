import { plain } from '../core/model/phrase.js';
import type { Run } from '../core/model/run.js';
import {
  amountText,
  numberedSteps,
  percentDone,
  progressBar,
  stepText,
  waitingLine,
} from '../core/model/wording.js';
import { elapsedMs, type Pace, paceAfter } from '../core/planning/pace.js';
import { paceNotes, rateText, timeLeftText } from '../core/planning/pace-wording.js';
import type { RunEvent } from '../core/ports/events.js';
import { formatDuration } from '../core/text/format.js';
import type { Output } from './output.js';
import { progressLine } from './progress-line.js';
import { clean, sentence } from './text.js';

/** Shows a run while it waits and works. */
export interface ProgressView {
  show(event: RunEvent): void;
  /** Writes lines without tearing the progress line. */
  lines(lines: readonly string[]): void;
  /** Which step was the last to begin, such as `step 2 of 4: Copy …`; null before the first. */
  position(): string | null;
  end(): void;
}

const BAR_CELLS = 18;

export function createProgress(run: Run, out: Output, clock: () => Date): ProgressView {
  const steps = numberedSteps(run.plan);
  let pace: Pace | null = null;
  /** What was said about the step's pace, so that a log says it once. */
  const said = new Set<string>();
  const figures = (now: number, at: Pace): string => {
    const percent = percentDone(at.at);
    const times = [formatDuration(elapsedMs(at, now)), timeLeftText(run.plan, at, now)];
    return [
      percent === null ? null : `${percent} %`,
      amountText(at.at),
      times.filter((text) => text !== null).join(', '),
      rateText(at, now),
      stepText(run.plan, at.at),
    ]
      .filter((text) => text !== null)
      .join(' · ');
  };
  /** The kind of a note is its first words; the figures in it go on changing. */
  const warn = (now: number, at: Pace): void => {
    for (const note of paceNotes(run.plan, at, now)) {
      const key = `${at.at.part}:${at.at.step}:${plain(note).split(' ', 1)}`;
      if (said.has(key)) continue;
      said.add(key);
      line.write([`${out.style.yellow('⚠')} ${sentence(note, out.style)}`]);
    }
  };
  const text = (): string | null => {
    if (pace === null) return null;
    const now = figures(clock().getTime(), pace);
    if (!out.terminal) return now;
    const bar = progressBar(percentDone(pace.at) ?? 0, BAR_CELLS);
    return `${bar} ${now}${pace.at.current ? ` · ${clean(pace.at.current)}` : ''}`;
  };
  const draw = (force: boolean): void => {
    if (pace === null) return;
    warn(clock().getTime(), pace);
    line.draw(force);
  };
  const step = (event: Extract<RunEvent, { type: 'step' }>): void => {
    const title = steps.find((each) => each.part === event.part && each.step === event.step)?.title;
    if (!title) return;
    if (event.state === 'running') {
      pace = paceAfter(null, { part: event.part, step: event.step }, clock().getTime());
      line.told();
      if (out.terminal) draw(true);
      else line.write([`${stepText(run.plan, event)}: ${sentence(title, out.style)}`]);
    } else if (out.terminal) {
      const mark = event.state === 'done' ? out.style.green('✓') : out.style.red('✗');
      line.write([`${mark} ${sentence(title, out.style)}`]);
    }
  };
  const line = progressLine(out, clock, text, () => {
    if (out.terminal) draw(false);
    else if (pace !== null) warn(clock().getTime(), pace);
  });

  return {
    show: (event) => {
      if (event.type === 'queued') {
        const waiting = waitingLine(event.run, event.waitsFor);
        if (waiting) line.write([`⏱ ${sentence(waiting, out.style)}`]);
      } else if (event.type === 'step') {
        step(event);
      } else if (event.type === 'progress') {
        pace = paceAfter(pace, event.progress, clock().getTime());
        draw(false);
      }
    },
    lines: line.write,
    position: () => {
      if (pace === null) return null;
      const { part, step: index } = pace.at;
      const title = steps.find((each) => each.part === part && each.step === index)?.title;
      return title ? `${stepText(run.plan, pace.at)}: ${clean(plain(title))}` : null;
    },
    end: line.end,
  };
}
