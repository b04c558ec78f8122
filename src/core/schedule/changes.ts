import type { Schedule } from '../model/schedule.js';

/** Names of schedules that came, went, or are others than before. */
export interface Changes {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

export function changesBetween(before: readonly Schedule[], after: readonly Schedule[]): Changes {
  const [old, now] = [before, after].map((all) => new Map(all.map((one) => [one.name, contentOf(one)])));
  const names = (all: readonly Schedule[]): string[] => all.map(({ name }) => name);
  return {
    added: names(after).filter((name) => !old?.has(name)),
    changed: names(after).filter((name) => old?.has(name) && old.get(name) !== now?.get(name)),
    removed: names(before).filter((name) => !now?.has(name)),
  };
}

/** Where it stands says nothing about what it does. */
function contentOf({ file: _file, line: _line, column: _column, ...content }: Schedule): string {
  return JSON.stringify(content);
}
