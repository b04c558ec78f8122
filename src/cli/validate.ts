import { resolve } from 'node:path';
import { validatePaths } from '../core/intent/validate.js';
import type { IntentProblem } from '../core/model/intent.js';
import { validateSchedules } from '../core/schedule/validate.js';
import type { CliDeps } from './deps.js';
import { EXIT } from './errors.js';
import type { Output } from './output.js';
import { clean, type Style } from './text.js';

/**
 * `chatops validate [path…]`: every problem of every intent file and of the schedules file, with line, column and
 * what would be right.
 */
export async function validateCommand(deps: CliDeps, out: Output, paths: readonly string[]): Promise<number> {
  const configured = deps.schedulesFile();
  const isSchedules = (path: string): boolean => path.endsWith('.json') || resolve(path) === configured;
  const all = paths.length > 0 ? paths : [deps.intentsDir(), ...(configured === null ? [] : [configured])];
  const [scheduled, rest] = [all.filter(isSchedules), all.filter((path) => !isSchedules(path))];
  const intents = await validatePaths(rest, deps.reads);
  const ofSchedules = await Promise.all(
    scheduled.map((file) => validateSchedules(file, deps.intentsDir(), deps.reads)),
  );
  const problems = [...intents.problems, ...ofSchedules.flat()];
  const broken = [...new Set(intents.problems.map(({ file }) => file))];
  if (out.json) out.result({ ok: problems.length === 0, files: [...intents.files, ...scheduled], problems });
  out.lines(problems.flatMap((problem) => problemLines(problem, out.style)));
  if (rest.length > 0) out.lines([verdict(intents.files.length, broken, out.style)]);
  out.lines(scheduled.map((file, index) => schedulesVerdict(file, ofSchedules[index] ?? [], out.style)));
  return problems.length === 0 ? EXIT.done : EXIT.failed;
}

function schedulesVerdict(file: string, problems: readonly IntentProblem[], style: Style): string {
  return problems.length === 0
    ? `✅ The schedules file is valid: ${clean(file)}`
    : `❌ ${style.red('The schedules file is not valid')}: ${clean(file)}`;
}

/** `file:line:column`, what is wrong, and what would be right. */
export function problemLines({ file, line, column, message, hint }: IntentProblem, style: Style): string[] {
  const where = style.bold(`${clean(file)}:${line}:${column}`);
  return [`${where} ${clean(message)}`, `  ${clean(hint)}`];
}

function verdict(count: number, broken: readonly string[], style: Style): string {
  if (broken.length === 0)
    return `✅ ${count === 1 ? '1 intent file is' : `${count} intent files are`} valid.`;
  const which = broken.map(clean).join(', ');
  return `❌ ${style.red(broken.length === 1 ? '1 intent file is not valid' : `${broken.length} intent files are not valid`)}: ${which}`;
}
