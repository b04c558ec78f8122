import type { RunEvent } from '../core/events.js';
import { formatDuration } from '../core/format.js';
import { plain } from '../core/phrase.js';
import type { ProgressSnapshot, Run } from '../core/run.js';
import {
  amountText,
  numberedSteps,
  percentDone,
  progressBar,
  stepText,
  timeLeftText,
  waitingLine,
} from '../core/wording.js';
import type { Output } from './output.js';
import { clean, cut, sentence } from './text.js';

/** Shows a run while it waits and works. */
export interface ProgressView {
  show(event: RunEvent): void;
  /** Writes lines without tearing the progress line. */
  lines(lines: readonly string[]): void;
  /** Which step was the last to begin, such as `step 2 of 4: Copy …`; null before the first. */
  position(): string | null;
  end(): void;
}

/** A redrawn line is legible at ten frames a second; a log takes a line every 5 s. */
const REDRAW_MS = 100;
const LINE_MS = 5000;
const BAR_CELLS = 18;
/** Carriage return, then erase to the end of the line (ECMA-48 EL). */
const CLEAR_LINE = '\r\u001b[K';

export function createProgress(run: Run, out: Output, now: () => Date): ProgressView {
  const steps = numberedSteps(run.plan);
  let current: ProgressSnapshot | null = null;
  let stepBegan = now().getTime();
  let lastShown = Number.NEGATIVE_INFINITY;
  let drawn = false;

  const write = (lines: readonly string[]): void => {
    if (drawn) out.raw(CLEAR_LINE);
    drawn = false;
    out.lines(lines);
  };
  const figures = (progress: ProgressSnapshot, elapsed: number): string => {
    const percent = percentDone(progress);
    return [
      percent === null ? null : `${percent} %`,
      amountText(progress),
      stepText(run.plan, progress),
      [formatDuration(elapsed), timeLeftText(progress, elapsed)].filter((text) => text !== null).join(', '),
    ]
      .filter((text) => text !== null)
      .join(' · ');
  };
  const draw = (force: boolean): void => {
    const at = now().getTime();
    if (!current || (!force && at - lastShown < (out.terminal ? REDRAW_MS : LINE_MS))) return;
    lastShown = at;
    const text = figures(current, at - stepBegan);
    if (!out.terminal) {
      write([`  ${text}`]);
      return;
    }
    const bar = progressBar(percentDone(current) ?? 0, BAR_CELLS);
    const file = current.current ? ` · ${clean(current.current)}` : '';
    out.raw(`${CLEAR_LINE}${cut(`${bar} ${text}${file}`, out.columns() - 1)}`);
    drawn = true;
  };
  const step = (event: Extract<RunEvent, { type: 'step' }>): void => {
    const title = steps.find((each) => each.part === event.part && each.step === event.step)?.title;
    if (!title) return;
    if (event.state === 'running') {
      current = { part: event.part, step: event.step };
      stepBegan = now().getTime();
      lastShown = stepBegan;
      if (out.terminal) draw(true);
      else write([`${stepText(run.plan, event)}: ${sentence(title, out.style)}`]);
    } else if (out.terminal) {
      const mark = event.state === 'done' ? out.style.green('✓') : out.style.red('✗');
      write([`${mark} ${sentence(title, out.style)}`]);
    }
  };

  const ticker = out.terminal ? setInterval(() => draw(false), 1000) : undefined;
  ticker?.unref();
  return {
    show: (event) => {
      if (event.type === 'queued') {
        const waiting = waitingLine(event.run, event.waitsFor);
        if (waiting) write([`⏱ ${sentence(waiting, out.style)}`]);
      } else if (event.type === 'step') {
        step(event);
      } else if (event.type === 'progress') {
        current = event.progress;
        draw(false);
      }
    },
    lines: write,
    position: () => {
      if (!current) return null;
      const { part, step: index } = current;
      const title = steps.find((each) => each.part === part && each.step === index)?.title;
      return title ? `${stepText(run.plan, current)}: ${clean(plain(title))}` : null;
    },
    end: () => {
      clearInterval(ticker);
      write([]);
    },
  };
}
