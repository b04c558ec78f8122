import { plain } from '../../../core/model/phrase.js';
import type { Plan } from '../../../core/model/plan.js';
import type { Run } from '../../../core/model/run.js';
import { numberedSteps } from '../../../core/model/wording.js';
import { runJson } from '../../../core/views/views.js';
import type { ApiDeps } from './deps.js';
import { succeeded } from './start-run.js';

/** Characters of a run's log that an answer holds; `/runs/{id}/log` has all that was kept. */
const MOST_LOG = 64 * 1024;

export function runUrl(id: string): string {
  return `/runs/${id}`;
}

/** A run as `/run` answers it. */
export async function runAnswer({ runs }: Pick<ApiDeps, 'runs'>, run: Run) {
  const log = run.startedAt === null ? '' : await runs.readLog(run.id);
  return {
    ok: succeeded(run),
    dry_run: run.dryRun,
    stdout: run.dryRun ? stepLines(run.plan) : lastLines(log),
    url: runUrl(run.id),
    ...runJson(run),
  };
}

function stepLines(plan: Plan): string {
  return numberedSteps(plan)
    .map(({ number, title }) => `${number}. ${plain(title)}\n`)
    .join('');
}

/** Whole lines: half a line could hold half a secret. */
function lastLines(log: string): string {
  if (log.length <= MOST_LOG) return log;
  return log.slice(log.indexOf('\n', log.length - MOST_LOG - 1) + 1);
}
