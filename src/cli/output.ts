import type { CliDeps, OutputStream } from './deps.js';
import { createStyle, type Style } from './text.js';

/** Where a command writes: people's text or one JSON value to stdout, asides to stderr. */
export interface Output {
  /** `--json`: nothing but {@link Output.result} reaches stdout. */
  readonly json: boolean;
  /** Somebody looks at stdout and can answer on stdin. */
  readonly interactive: boolean;
  /** stdout is a terminal whose current line can be redrawn. */
  readonly terminal: boolean;
  readonly style: Style;
  columns(): number;
  /** Lines for people; nothing with `--json`. */
  lines(lines: readonly string[]): void;
  /** Text without a newline, such as a question or a redrawn line. */
  raw(text: string): void;
  /** The one JSON value. */
  result(value: unknown): void;
  /** A line on stderr. */
  aside(line: string): void;
  /** Resolves when everything has been handed to the system: null, or why stdout is not complete. */
  flush(): Promise<string | null>;
}

const DEFAULT_COLUMNS = 80;

/** A reader that went away (`chatops runs | head`) is no error: the rest is not written. */
function guarded(stream: OutputStream) {
  const state: { failed: NodeJS.ErrnoException | null } = { failed: null };
  stream.on('error', (error) => {
    state.failed ??= error;
  });
  return {
    write: (text: string): void => {
      stream.write(text);
    },
    problem: (): string | null =>
      state.failed === null || state.failed.code === 'EPIPE' ? null : state.failed.message,
  };
}

export function createOutput(deps: CliDeps, json: boolean): Output {
  const { stdout, stderr, stdin, env } = deps;
  const { write: out, problem } = guarded(stdout);
  const { write: err } = guarded(stderr);
  const terminal = stdout.isTTY === true && env.TERM !== 'dumb' && !json;
  return {
    json,
    terminal,
    interactive: stdout.isTTY === true && stdin.isTTY === true && !json,
    style: createStyle(terminal && !env.NO_COLOR),
    columns: () => stdout.columns || DEFAULT_COLUMNS,
    lines: (lines) => {
      if (!json && lines.length > 0) out(`${lines.join('\n')}\n`);
    },
    raw: (text) => {
      if (!json) out(text);
    },
    result: (value) => out(`${JSON.stringify(value, null, 2)}\n`),
    aside: (line) => err(`${line}\n`),
    flush: async () => {
      await Promise.all([stdout, stderr].map(drained));
      return problem();
    },
  };
}

function drained(stream: OutputStream): Promise<void> {
  if (!stream.writable) return Promise.resolve();
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
