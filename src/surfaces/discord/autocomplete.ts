import { type Action, type Actor, sameActor } from '../../core/model/request.js';
import { stateText } from '../../core/model/run.js';
import type { DiscordDeps } from './deps.js';
import { visibleRuns } from './lookups.js';
import { offerParams } from './params/offers.js';
import { cleanLine } from './render/text.js';

/** Discord's limits: 25 choices, 100 characters for a name and for a value. */
const CHOICES = 25;
const CHOICE_LENGTH = 100;

export interface Choice {
  readonly name: string;
  readonly value: string;
}

/** Each has a command of its name, which offers its intents only. */
const ACTIONS = ['backup', 'scale', 'rollout', 'steps'] as const satisfies readonly Action[];

type Deps = Pick<DiscordDeps, 'pipeline' | 'catalogue' | 'runs' | 'artifacts' | 'redact' | 'schedules'>;

/** What somebody is typing. */
export interface Focused {
  readonly option: string;
  readonly typed: string;
  /** The intent that was chosen before; null when none was. */
  readonly intent: string | null;
}

/** What this person may choose; nothing for one without rights. */
export async function complete(
  deps: Deps,
  actor: Actor,
  command: string,
  focused: Focused,
): Promise<readonly Choice[]> {
  const action = ACTIONS.find((name) => name === command);
  if ((action !== undefined || command === 'why') && focused.option === 'intent') {
    const intents =
      action === undefined ? deps.pipeline.viewable(actor) : deps.pipeline.visible(actor, action);
    return choices(
      focused.typed,
      intents.map(({ name, description }) => ({ value: name, about: description })),
    );
  }
  if (action !== undefined && focused.option === 'params') {
    const offers = await offerParams(deps, actor, { action, intent: focused.intent }, focused.typed);
    return offers.map((text) => ({ name: text, value: text }));
  }
  if (command === 'run' && focused.option === 'id') {
    const runs = await visibleRuns(deps, actor);
    return choices(
      focused.typed,
      runs.map(({ id, intent, state }) => ({ value: id, about: `${intent}, ${stateText(state)}` })),
    );
  }
  if (command === 'schedules' && focused.option === 'name') {
    const names = deps.schedules.names(actor);
    return choices(
      focused.typed,
      names.map((value) => ({ value, about: '' })),
    );
  }
  if (focused.option === 'stack') return choices(focused.typed, await stacks(deps, actor, command));
  return [];
}

/** `/lock`: what this person may hold; `/unlock`: what is held, and by whom. */
async function stacks(
  { pipeline, redact }: Deps,
  actor: Actor,
  command: string,
): Promise<{ value: string; about: string }[]> {
  if (command === 'lock') return pipeline.locks.lockable(actor).map((value) => ({ value, about: '' }));
  const locks = await pipeline.locks.list();
  const own = locks.filter(({ stack, holder }) => {
    return sameActor(holder, actor) || pipeline.locks.lockable(actor).includes(stack);
  });
  return redact(own).map(({ stack, holder, reason }) => ({
    value: stack,
    about: `${holder.name}: ${reason}`,
  }));
}

/** The best matches: those that begin with what was typed, then those that hold it, then its letters in order. */
function choices(typed: string, known: readonly { value: string; about: string }[]): Choice[] {
  const wanted = typed.toLowerCase();
  return known
    .filter(({ value }) => value.length > 0 && value.length <= CHOICE_LENGTH)
    .map(({ value, about }) => ({
      value,
      about,
      rank: rank(value.toLowerCase(), about.toLowerCase(), wanted),
    }))
    .filter((choice) => choice.rank < NO_MATCH)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, CHOICES)
    .map(({ value, about }) => ({ value, name: label(value, about) }));
}

const NO_MATCH = 4;

function rank(value: string, about: string, wanted: string): number {
  if (value.startsWith(wanted)) return 0;
  if (value.includes(wanted)) return 1;
  if (about.includes(wanted)) return 2;
  return lettersInOrder(value, wanted) ? 3 : NO_MATCH;
}

function lettersInOrder(value: string, wanted: string): boolean {
  let from = 0;
  for (const letter of wanted) {
    const at = value.indexOf(letter, from);
    if (at < 0) return false;
    from = at + letter.length;
  }
  return true;
}

function label(value: string, about: string): string {
  const text = about === '' ? value : `${value} — ${cleanLine(about)}`;
  return text.length <= CHOICE_LENGTH
    ? text
    : `${text.slice(0, CHOICE_LENGTH - 1)}…`.replace(/\p{Surrogate}/gu, '');
}
