import { quote } from '../text/characters.js';
import {
  type Condition,
  type ConditionFault,
  evaluate,
  type Literal,
  lookupIn,
  OPERATORS,
  type Operator,
  type Situation,
} from './condition.js';

const LONGEST = 500;
/** Parentheses and `not` in each other; far more than anybody can read. */
const DEEPEST = 20;

type Token =
  | { readonly kind: 'name'; readonly name: string; readonly isStep: boolean }
  | { readonly kind: 'literal'; readonly value: Literal }
  | { readonly kind: 'operator'; readonly operator: Operator }
  | { readonly kind: 'word'; readonly word: 'and' | 'or' | 'not' | '(' | ')' };

/**
 * Reads a condition: a subset of what Liquid's and Jinja's `if` both understand in the same way. A name stands
 * left of its operator and a value right of it; `and` beside `or` needs parentheses.
 */
export function parseCondition(text: string): Condition | ConditionFault {
  if (text.trim() === '')
    return { why: 'it says nothing', hint: 'Write it like full, or steps.backup == "failed".' };
  if (/\{[{%]/.test(text)) {
    return {
      why: 'a condition has no braces',
      hint: 'Write the names themselves, such as full or steps.backup == "failed".',
    };
  }
  if (text.length > LONGEST) return { why: `at most ${LONGEST} characters fit`, hint: 'Shorten it.' };
  try {
    return new Reader(tokens(text)).whole();
  } catch (error) {
    if (error instanceof Unreadable) return error.fault;
    throw error;
  }
}

export function isFault(parsed: Condition | ConditionFault): parsed is ConditionFault {
  return 'why' in parsed;
}

/**
 * Does a step's condition hold, now that all steps it needs have ended?
 * @throws Error for a text that is no condition: those were refused when the intent was loaded
 */
export function holds(text: string, situation: Situation): boolean {
  const condition = parseCondition(text);
  if (isFault(condition)) throw new Error(`the condition ${quote(text)} can’t be read: ${condition.why}`);
  return evaluate(condition, lookupIn(situation)) === true;
}

class Unreadable extends Error {
  constructor(readonly fault: ConditionFault) {
    super(fault.why);
  }
}

function unreadable(why: string, hint: string): never {
  throw new Unreadable({ why, hint });
}

const EXAMPLE =
  'Write it like full, tag == "latest", keep > 3 or steps.backup == "failed", joined by and or or.';
const TOKEN =
  /\s*(?:(?<name>steps\.[A-Za-z0-9_-]+|[A-Za-z_][A-Za-z0-9_]*)(?<dot>[.[])?|(?<number>-?\d+(?:\.\d+)?)(?![\w.])|"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<operator>==|!=|<=|>=|<|>)|(?<paren>[()]))/y;

function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  for (let from = 0; from < end; from = TOKEN.lastIndex) {
    const groups = TOKEN.exec(text)?.groups;
    if (!groups) {
      const rest = text.slice(from).trim();
      const [char = ''] = rest;
      if (char === '"' || char === "'") unreadable('a quote in it is never closed', 'Close it.');
      if (char === '|') unreadable('a condition has no filters', 'Compare the value itself.');
      if (char === '=') unreadable('= is no comparison', 'Write == to compare.');
      if (rest.startsWith('&&') || char === '!')
        unreadable(`${quote(char === '!' ? '!' : '&&')} is not understood`, 'Write and, or and not.');
      unreadable(`${quote(rest.slice(0, 20))} is not understood`, EXAMPLE);
    }
    found.push(tokenOf(groups));
  }
  return found;
}

function tokenOf({
  name,
  dot,
  number,
  double,
  single,
  operator,
  paren,
}: Partial<Record<string, string>>): Token {
  if (number !== undefined) return { kind: 'literal', value: Number(number) };
  const quoted = double ?? single;
  if (quoted !== undefined) return { kind: 'literal', value: quoted };
  if (paren === '(' || paren === ')') return { kind: 'word', word: paren };
  const known = OPERATORS.find((one) => one === (operator ?? name));
  if (known) return { kind: 'operator', operator: known };
  if (name === 'and' || name === 'or' || name === 'not') return { kind: 'word', word: name };
  if (name === 'true' || name === 'false') return { kind: 'literal', value: name === 'true' };
  if (name === undefined) return unreadable('it can’t be read', EXAMPLE);
  const isStep = name.startsWith('steps.');
  if (name === 'steps' || dot !== undefined) {
    unreadable(
      `${quote(`${name}${dot ?? ''}`)} is not understood`,
      'Write steps.name for a step, and a parameter by its name.',
    );
  }
  return { kind: 'name', name: isStep ? name.slice('steps.'.length) : name, isStep };
}

/** Reads tokens from left to right; throws {@link Unreadable}. */
class Reader {
  #at = 0;
  #depth = 0;

  constructor(private readonly found: readonly Token[]) {}

  whole(): Condition {
    const condition = this.#joined();
    const more = this.found[this.#at];
    if (!more) return condition;
    if (more.kind === 'word' && more.word === ')') unreadable('a ) closes nothing', 'Remove it.');
    return unreadable(`${shown(more)} follows what is complete already`, 'Join two conditions by and or or.');
  }

  #joined(): Condition {
    const all = [this.#term()];
    let by: 'and' | 'or' | null = null;
    for (let word = this.#word('and', 'or'); word !== null; word = this.#word('and', 'or')) {
      if (by !== null && word !== by) {
        unreadable(
          'and stands beside or, which can be read in two ways',
          'Put parentheses around one of them, such as a and (b or c).',
        );
      }
      by = word;
      all.push(this.#term());
    }
    const [only] = all;
    return by === null && only ? only : { kind: by ?? 'and', all };
  }

  #term(): Condition {
    this.#depth += 1;
    if (this.#depth > DEEPEST) unreadable('it is nested too deeply', 'Shorten it.');
    const condition = this.#unnestedTerm();
    this.#depth -= 1;
    return condition;
  }

  #unnestedTerm(): Condition {
    if (this.#word('not')) return { kind: 'not', of: this.#term() };
    if (this.#word('(')) {
      const inner = this.#joined();
      if (!this.#word(')')) unreadable('a ( is never closed', 'Close it with ).');
      return inner;
    }
    const name = this.found[this.#at];
    if (name?.kind !== 'name') {
      return unreadable(`${shown(name)} stands where a name should be`, EXAMPLE);
    }
    this.#at += 1;
    const operator = this.found[this.#at];
    const { isStep } = name;
    if (operator?.kind !== 'operator') return { kind: 'switch', name: name.name, isStep };
    const literal = this.found[this.#at + 1];
    if (literal?.kind !== 'literal') {
      return unreadable(
        `${shown(literal)} stands where a value should be`,
        'Put text into quotes: tag == "latest".',
      );
    }
    this.#at += 2;
    return { kind: 'compare', name: name.name, isStep, operator: operator.operator, literal: literal.value };
  }

  #word<Word extends string>(...words: readonly Word[]): Word | null {
    const token = this.found[this.#at];
    const word = token?.kind === 'word' ? (words.find((one) => one === token.word) ?? null) : null;
    if (word !== null) this.#at += 1;
    return word;
  }
}

function shown(token: Token | undefined): string {
  switch (token?.kind) {
    case undefined:
      return 'nothing';
    case 'name':
      return quote(token.isStep ? `steps.${token.name}` : token.name);
    case 'literal':
      return typeof token.value === 'string' ? quote(token.value) : String(token.value);
    case 'operator':
      return token.operator;
    case 'word':
      return quote(token.word);
  }
}
