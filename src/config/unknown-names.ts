import { closest } from '../core/text/closest.js';
import type { Environment } from './read.js';
import { ALL_NAMES } from './variables.js';

/** Warnings about variables that look like ChatOps' own and are not: usually a typing mistake. */
export function unknownNames(env: Environment): string[] {
  return Object.keys(env)
    .filter((name) => /^(CHATOPS|DISCORD)_/.test(name) && !ALL_NAMES.includes(name))
    .sort()
    .map((name) => {
      const [best] = closest(name, ALL_NAMES, 1);
      return best
        ? `${name} is not a variable of ChatOps and is ignored. Did you mean ${best}?`
        : `${name} is not a variable of ChatOps and is ignored.`;
    });
}
