import type { IntentProblem } from '../core/intent/intent.js';
import { validatePaths } from '../core/intent/validate.js';
import type { CliDeps } from './deps.js';
import { EXIT } from './errors.js';
import type { Output } from './output.js';
import { clean, type Style } from './text.js';

/** `chatops validate [path…]`: every problem of every intent file, with line, column and what would be right. */
export async function validateCommand(deps: CliDeps, out: Output, paths: readonly string[]): Promise<number> {
  const { files, problems } = await validatePaths(paths.length > 0 ? paths : [deps.intentsDir()]);
  const broken = [...new Set(problems.map(({ file }) => file))];
  if (out.json) out.result({ ok: problems.length === 0, files, problems });
  out.lines(problems.flatMap((problem) => problemLines(problem, out.style)));
  out.lines([verdict(files.length, broken, out.style)]);
  return problems.length === 0 ? EXIT.done : EXIT.failed;
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
