import type { Output } from './output.js';
import { cut } from './text.js';

/** The last line of the output: redrawn on a terminal, written now and then into a log. */
export interface ProgressLine {
  /** Writes lines without tearing it. */
  write(lines: readonly string[]): void;
  /** @param force also when it was drawn a moment ago */
  draw(force: boolean): void;
  /** What it would say was told just now in another way. */
  told(): void;
  end(): void;
}

/** A redrawn line is legible at ten frames a second; a log takes a line every 5 s. */
const REDRAW_MS = 100;
const LINE_MS = 5000;
const TICK_MS = 1000;
/** Carriage return, then erase to the end of the line (ECMA-48 EL). */
const CLEAR_LINE = '\r\u001b[K';

/**
 * @param text what it says now; null: nothing yet. Controls must be gone from it already.
 * @param onTick called every second, because time alone changes what is to be said
 */
export function progressLine(
  out: Output,
  clock: () => Date,
  text: () => string | null,
  onTick: () => void,
): ProgressLine {
  let lastShown = Number.NEGATIVE_INFINITY;
  let drawn = false;

  const write = (lines: readonly string[]): void => {
    if (drawn) out.raw(CLEAR_LINE);
    drawn = false;
    out.lines(lines);
  };
  const draw = (force: boolean): void => {
    const now = clock().getTime();
    if (!force && now - lastShown < (out.terminal ? REDRAW_MS : LINE_MS)) return;
    const line = text();
    if (line === null) return;
    lastShown = now;
    if (out.terminal) {
      out.raw(`${CLEAR_LINE}${cut(line, out.columns() - 1)}`);
      drawn = true;
    } else {
      write([`  ${line}`]);
    }
  };
  const ticker = setInterval(onTick, TICK_MS).unref();
  return {
    write,
    draw,
    told: () => {
      lastShown = clock().getTime();
    },
    end: () => {
      clearInterval(ticker);
      write([]);
    },
  };
}
