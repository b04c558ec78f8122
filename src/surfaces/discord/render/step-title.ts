import { type PhrasePart, plain } from '../../../core/model/phrase.js';
import type { NumberedStep } from '../../../core/model/wording.js';
import { markdown, middle } from './text.js';

const STEP_WORDS = 60;

/** The beginning of a step's sentence: its numbers stand in the preview already. */
export function shortTitle({ title }: Pick<NumberedStep, 'title'>): string {
  const parts: PhrasePart[] = [];
  let left = STEP_WORDS;
  for (const part of title) {
    const isText = typeof part === 'string';
    const text = plain([part]);
    const end = isText ? text.search(/[.:](\s|$)| \(|, /) : -1;
    const kept = middle(end < 0 ? text : text.slice(0, end), Math.max(left, 8));
    parts.push(isText ? kept : { code: kept });
    left -= kept.length;
    if (end >= 0 || left <= 0) break;
  }
  return markdown(parts);
}
