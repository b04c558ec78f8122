import type { Run, RunSummary } from '../../../core/run.js';
import type { Button } from './fit.js';

const VERBS = [
  'confirm',
  'cancel',
  'approve',
  'reject',
  'commands',
  'stop',
  'retry',
  'again',
  'resume',
  'rollback',
  'details',
] as const;
/** What a press asks for. `retry` and `again` are the same wish after different ends; `resume` leaves out what is done. */
export type Verb = (typeof VERBS)[number];

/** Reads `run:<id>:<verb>`; null when it is nothing of ours. */
export function parseCustomId(text: string): { runId: string; verb: Verb } | null {
  const [, runId, name] = /^run:([a-z0-9-]{1,40}):([a-z]+)$/.exec(text) ?? [];
  const verb = VERBS.find((known) => known === name);
  return runId === undefined || verb === undefined ? null : { runId, verb };
}

type Id = Pick<Run | RunSummary, 'id'>;

function button(run: Id, verb: Verb, label: string, style: Button['style'] = 'quiet'): Button {
  return { id: `run:${run.id}:${verb}`, label, style };
}

export const confirm = (run: Run, risky: boolean): Button =>
  button(run, 'confirm', `Confirm ${run.action}`, risky ? 'danger' : 'go');
export const approve = (run: Run, risky: boolean): Button =>
  button(run, 'approve', `Approve ${run.action}`, risky ? 'danger' : 'go');
export const reject = (run: Id): Button => button(run, 'reject', 'Reject');
export const cancel = (run: Id): Button => button(run, 'cancel', 'Cancel');
export const cancelMine = (run: Id): Button => button(run, 'stop', 'Cancel mine');
export const commands = (run: Id): Button => button(run, 'commands', 'Show commands');
export const stop = (run: Id): Button => button(run, 'stop', 'Stop', 'danger');
export const retry = (run: Id): Button => button(run, 'retry', 'Retry', 'go');
export const retryAll = (run: Id): Button => button(run, 'retry', 'Retry all steps');
export const resume = (run: Id): Button => button(run, 'resume', 'Resume', 'go');
export const runAgain = (run: Id): Button => button(run, 'again', 'Run again');
export const previewAgain = (run: Id): Button => button(run, 'again', 'Preview again');
export const rollBack = (run: Id): Button => button(run, 'rollback', 'Roll back', 'danger');
export const details = (run: Id): Button => button(run, 'details', 'Details');
export const show = (run: Id): Button => button(run, 'details', `Show ${run.id}`);
