/** Levels of lines that somebody should look at. */
const TROUBLE = ['warn', 'error', 'fatal'];

/**
 * The lines of a bot's log that tell of trouble and that nobody expected, as they stand there: warnings, errors, and
 * whatever is no line of a log, such as the stack of a crash. A last line that was cut off by a kill is left out.
 */
export function troubleIn(log: string, expected: readonly RegExp[]): readonly string[] {
  const lines = log.split('\n').slice(0, -1);
  return lines.filter((line) => isTrouble(line) && !expected.some((pattern) => pattern.test(line)));
}

function isTrouble(line: string): boolean {
  try {
    const { level } = JSON.parse(line) as { level?: string };
    return level === undefined || TROUBLE.includes(level);
  } catch {
    return line.trim() !== '';
  }
}
