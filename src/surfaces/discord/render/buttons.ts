import { consentOf } from '../../../core/model/consent.js';
import type { Run, RunSummary } from '../../../core/model/run.js';
import type { Button } from './fit.js';

export const RUN_VERBS = [
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
  'trynow',
] as const;
/** What a press asks for. `retry` and `again` are the same wish after different ends; `resume` leaves out what is done. */
export type Verb = (typeof RUN_VERBS)[number];

/**
 * Reads `run:<id>:<verb>`, or `run:<id>:<verb>:now` of a button for which no name has to be typed as far as its message
 * says; null when it is nothing of ours.
 */
export function parseCustomId(text: string): { runId: string; verb: Verb; now: boolean } | null {
  const [, runId, name, now] = /^run:([a-z0-9-]{1,40}):([a-z]+)(:now)?$/.exec(text) ?? [];
  const verb = RUN_VERBS.find((known) => known === name);
  return runId === undefined || verb === undefined ? null : { runId, verb, now: now !== undefined };
}

type Id = Pick<Run | RunSummary, 'id'>;

function button(run: Id, verb: Verb, label: string, style: Button['style'] = 'quiet'): Button {
  return { id: `run:${run.id}:${verb}`, label, style };
}

/** The button itself says that no form has to be opened: then the press is answered before the run is looked at. */
const agree = (run: Run, verb: 'confirm' | 'approve', label: string, risky: boolean): Button => {
  const agreed = button(run, verb, label, risky ? 'danger' : 'go');
  return consentOf(run).typed ? agreed : { ...agreed, id: `${agreed.id}:now` };
};

export const confirm = (run: Run, risky: boolean): Button =>
  agree(run, 'confirm', `Confirm ${run.action}`, risky);
export const approve = (run: Run, risky: boolean): Button =>
  agree(run, 'approve', `Approve ${run.action}`, risky);
export const reject = (run: Id): Button => button(run, 'reject', 'Reject');
export const cancel = (run: Id): Button => button(run, 'cancel', 'Cancel');
export const cancelPlanning = (run: Id): Button => button(run, 'stop', 'Cancel');
export const cancelMine = (run: Id): Button => button(run, 'stop', 'Cancel mine');
export const commands = (run: Id): Button => button(run, 'commands', 'Show commands');
export const stop = (run: Id): Button => button(run, 'stop', 'Stop', 'danger');
export const retry = (run: Id): Button => button(run, 'retry', 'Retry', 'go');
export const retryAll = (run: Id): Button => button(run, 'retry', 'Retry all steps');
export const resume = (run: Id): Button => button(run, 'resume', 'Resume', 'go');
export const runAgain = (run: Id): Button => button(run, 'again', 'Run again');
export const previewAgain = (run: Id): Button => button(run, 'again', 'Preview again');
export const rollBack = (run: Id): Button => button(run, 'rollback', 'Roll back', 'danger');
export const tryNow = (run: Id): Button => button(run, 'trynow', 'Try now', 'go');
export const details = (run: Id): Button => button(run, 'details', 'Details');
export const show = (run: Id): Button => button(run, 'details', `Show ${run.id}`);
