import { code, phrase } from '../model/phrase.js';
import { type Notice, notice, type ReasonCode } from '../model/reasons.js';
import { isFinal, type Run, stateText } from '../model/run.js';
import type { Refusal } from '../model/ticket.js';

const FACTS: readonly ReasonCode[] = [
  'run_unknown',
  'already_decided',
  'not_confirmed_in_time',
  'not_active',
];

/** It says how the run stands, and turns nobody down: it is in no trail. */
export function isFact({ code: reason }: Notice): boolean {
  return FACTS.includes(reason);
}

/** The refusals that the pipeline itself gives, in words. */
export function unknownRun(runId: string): Refusal {
  return { ok: false, notice: notice('run_unknown', phrase`There is no run ${code(runId)}.`) };
}

export function alreadyDecided(run: Run): Refusal {
  const what = isFinal(run.state) ? 'has ended' : 'was answered already';
  return {
    ok: false,
    notice: notice(
      'already_decided',
      phrase`The preview ${code(run.id)} ${what}: it is ${stateText(run.state)}.`,
    ),
  };
}

export function notAsker(run: Run): Notice {
  return notice(
    'not_asker',
    phrase`Only ${run.actor.name}, who asked for ${code(run.id)}, may answer this preview.`,
  );
}

export function shuttingDown(): Notice {
  return notice('shutting_down', phrase`The bot is stopping and takes no new runs.`);
}

export function overdue(run: Run): Refusal {
  return {
    ok: false,
    notice: notice('not_confirmed_in_time', phrase`The preview ${code(run.id)} has expired.`),
  };
}

export function notActive(run: Run): Refusal {
  const message = phrase`${code(run.id)} is not running: it is ${stateText(run.state)}.`;
  return { ok: false, notice: notice('not_active', message) };
}
