import { defaultOf, readParam } from '../../../core/documents/param-values.js';
import { askable } from '../../../core/intent/askable.js';
import type { Param } from '../../../core/model/param.js';
import type { Action, Actor } from '../../../core/model/request.js';
import { type BackupDeps, backupsFor } from './backups.js';
import { quoted } from './param-text.js';

/** Discord's limits: 25 choices of 100 characters. */
const CHOICES = 25;
const CHOICE_LENGTH = 100;

/** What is typed so far: what is settled, and the word at the end. */
interface Typed {
  /** Everything before the word, as it was typed. */
  readonly before: string;
  /** The parameter whose value is being typed; null while its name is. */
  readonly name: string | null;
  readonly word: string;
  /** Names that stand there already. */
  readonly given: readonly string[];
}

/**
 * How the option `params` can go on: names, then values of the named one. Each offer is the whole text, because
 * what is chosen takes the place of what was typed; for the same reason people see exactly what is sent.
 */
export async function offerParams(
  deps: BackupDeps,
  actor: Actor,
  wish: { readonly action: Action; readonly intent: string | null },
  typed: string,
): Promise<readonly string[]> {
  const intent = deps.pipeline.visible(actor, wish.action).find(({ name }) => name === wish.intent);
  if (intent === undefined) return [];
  const params = askable(intent);
  const backups = await backupsFor(deps, actor, params);
  const valuesOf = (param: Param) => suggestions(param, backups.get(param.name) ?? []);
  const offers = continuations(params, splitTyped(typed), valuesOf);
  return [...new Set(offers)].filter((text) => text !== '' && text.length <= CHOICE_LENGTH).slice(0, CHOICES);
}

type ValuesOf = (param: Param) => readonly string[];

function continuations(params: readonly Param[], typed: Typed, valuesOf: ValuesOf): readonly string[] {
  const { before, name, word, given } = typed;
  const param = params.find((each) => each.name === name);
  const open = byNeed(params).filter((each) => !given.includes(each.name));
  if (name === null) {
    const named = open.filter((each) => each.name.includes(word.toLowerCase()));
    return [
      ...named.map((each) => `${before}${each.name}=`),
      ...named.flatMap((each) => valuesOf(each).map((value) => `${before}${each.name}=${quoted(value)}`)),
    ];
  }
  if (param === undefined) return [];
  const wanted = word.replace(/^["“”„]/, '').toLowerCase();
  const values = valuesOf(param).filter((value) => value.toLowerCase().includes(wanted));
  const whole = `${before}${name}=${word}`;
  const isWhole = readParam(param, word).ok;
  return [
    ...values.map((value) => `${before}${name}=${quoted(value)}`),
    ...(isWhole ? [whole, ...open.map((each) => `${whole} ${each.name}=`)] : []),
  ];
}

/** What must be given comes first. */
function byNeed(params: readonly Param[]): readonly Param[] {
  const needed = params.filter((param) => defaultOf(param) === undefined);
  return [...needed, ...params.filter((param) => !needed.includes(param))];
}

/** Values that can be named without knowing more: choices, switches, backups, the default, the example. */
function suggestions(param: Param, backups: readonly string[]): readonly string[] {
  switch (param.type) {
    case 'choice':
      return param.choices;
    case 'boolean':
      return ['true', 'false'];
    case 'artifact':
      return backups;
    case 'string':
      return [param.default, param.example].filter((value) => value !== undefined);
    default:
      return param.default === undefined ? [] : [String(param.default)];
  }
}

/** The last word is a value when a name stands right before it, or when its quotes are still open. */
function splitTyped(typed: string): Typed {
  const text = typed.trimStart();
  const names = [...text.matchAll(/(?:^|\s)([A-Za-z][A-Za-z0-9_]{0,31})=/g)];
  const given = names.map(([, name = '']) => name.toLowerCase());
  const last = names.at(-1);
  if (last !== undefined) {
    const [match, name = ''] = last;
    const start = last.index + match.length - name.length - 1;
    const word = text.slice(last.index + match.length);
    const isOpen = /^["“”„]/.test(word) && !/^.+["“”]$/.test(word.trimEnd());
    if (isOpen || !/\s/.test(word))
      return { before: text.slice(0, start), name: name.toLowerCase(), word, given };
  }
  const word = /\S*$/.exec(text)?.[0] ?? '';
  return { before: text.slice(0, text.length - word.length), name: null, word, given };
}
