import { unknownRun } from '../../core/access/refusals.js';
import { plain } from '../../core/model/phrase.js';
import { blockersOf } from '../../core/model/plan.js';
import type { Run } from '../../core/model/run.js';
import type { Circuit } from '../../core/ports/circuit.js';
import type { Conversation } from './conversation.js';
import type { DiscordDeps } from './deps.js';
import type { OpenDeps } from './open-run.js';
import { openAgain } from './params/request-run.js';
import { note, refusal } from './render/notices.js';

export type CircuitDeps = OpenDeps & Pick<DiscordDeps, 'circuits'>;

/** Try now below a refused preview: what it needs is asked at once, by the same preview made again. */
export async function tryAgain(talk: Conversation, deps: CircuitDeps, runId: string): Promise<void> {
  const run = await deps.runs.get(runId);
  if (run === null) return talk.tell(refusal(unknownRun(runId).notice));
  const denied = deps.pipeline.check(talk.actor, 'run', run);
  if (denied !== null) return talk.tell(refusal(deps.redact(denied)));
  for (const { target } of neededBy(run, deps.circuits?.list(talk.actor) ?? [])) {
    await deps.circuits?.tryNow(talk.actor, 'discord', target);
  }
  await openAgain(talk, deps, runId);
}

/** Those that the run's blockers name. */
function neededBy(run: Run, circuits: readonly Circuit[]): readonly Circuit[] {
  const texts = blockersOf(run.plan)
    .filter(({ code }) => code === 'circuit_open')
    .map(({ message }) => plain(message));
  return circuits.filter(({ target }) => texts.some((text) => text.startsWith(`${target} `)));
}

/** Try now below the status: everything that is paused is asked when it's needed next. */
export async function tryAll(talk: Conversation, { circuits }: Pick<DiscordDeps, 'circuits'>): Promise<void> {
  const paused = circuits?.list(talk.actor) ?? [];
  for (const { target } of paused) await circuits?.tryNow(talk.actor, 'discord', target);
  await talk.tell(
    note(
      paused.length === 0
        ? 'Nothing is paused any more.'
        : 'What was paused is asked again by the next preview or run that needs it.',
    ),
  );
}
