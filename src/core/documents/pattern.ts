import type { RE2JS } from 're2js';

/**
 * Regular expressions that files bring and that texts of people meet. They are matched in linear time, whatever they are:
 * an engine that goes back and tries again can be kept busy for ever by 30 letters.
 */

/** What is wrong with a pattern, and what would be right. */
export interface PatternFault {
  readonly why: string;
  readonly hint: string;
}

/** Matching takes as long as the text times this, in instructions; ordinary patterns have a few dozen. */
const LARGEST = 3000;
/** As many as all intents of a large installation have. */
const MOST_KEPT = 1000;
/** Spaces that JavaScript's `\s` knows and the linear engine's doesn't: no value has them by intention. */
const UNUSUAL_SPACE = /[^\S\t\n\v\f\r ]/;
const BACKREFERENCE = /^(?:[^\\]|\\[^k1-9])*\\[k1-9]/;
const LOOKAROUND = /\(\?<?[=!]/;

let engine: typeof RE2JS | null = null;
const compiled = new Map<string, RE2JS>();

/** A pattern was met before the engine was loaded, which few installations need: see {@link withPatterns}. */
class EngineMissing extends Error {}

/** Does work that may meet patterns; loads the engine first when it did. Work may begin twice, so it does nothing but read. */
export async function withPatterns<T>(work: () => T): Promise<T> {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof EngineMissing)) throw error;
    engine = (await import('re2js')).RE2JS;
    return work();
  }
}

/** Null: the pattern can be used, and checking a value against it is over at once. */
export function patternFault(pattern: string): PatternFault | null {
  if (!isValid(pattern)) return { why: 'is no regular expression', hint: 'Write it like [a-z]+ or v\\d+.' };
  if (BACKREFERENCE.test(pattern)) {
    const hint = 'Write what may stand there once more, instead of \\1 or \\k<name>.';
    return { why: 'refers back to a group, which can’t be matched in bounded time', hint };
  }
  try {
    if (compile(pattern).programSize() <= LARGEST) return null;
  } catch (error) {
    if (error instanceof EngineMissing) throw error;
    if (LOOKAROUND.test(pattern)) {
      const hint = 'Say what the value is, without (?= (?! (?<= or (?<!; several params can share the work.';
      return { why: 'looks ahead or behind, which can’t be matched in bounded time', hint };
    }
    const hint =
      'Use letters, classes, groups, | and repetitions up to {1000}; \\p{L} and \\p{Lu} are known.';
    return { why: 'uses something that can’t be matched in bounded time here', hint };
  }
  return { why: 'is too large: its repetitions multiply', hint: 'Use + or smaller numbers, and max_length.' };
}

/** Does the whole value fit the pattern? It must have no fault. */
export function fitsPattern(pattern: string, value: string): boolean {
  return !UNUSUAL_SPACE.test(value) && compile(pattern).matches(value);
}

function compile(pattern: string): RE2JS {
  if (engine === null) throw new EngineMissing('the engine for patterns is not loaded');
  const known = compiled.get(pattern);
  if (known) return known;
  const made = engine.compile(engine.translateRegExp(pattern));
  if (compiled.size >= MOST_KEPT) compiled.clear();
  compiled.set(pattern, made);
  return made;
}

/** By JavaScript's rules, which is how people know them; nothing is matched by it. */
function isValid(pattern: string): boolean {
  try {
    new RegExp(`^(?:${pattern})$`, 'u');
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}
