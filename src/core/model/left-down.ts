import { urgency } from './condition.js';
import type { Observation, ObservedState, Trouble } from './observation.js';

/** Something that ran before a run and doesn't since, or so it was when somebody looked last. */
export type LeftDown = {
  /** What it is, however often it is made anew: the `of` of its {@link Observation}s. */
  readonly key: string;
  /** As people know it. Hostile text. */
  readonly name: string;
  /** How many of it have to run. */
  readonly wanted: number;
  /** `running`: it runs again. `unknown`: nobody could look. */
  readonly state: ObservedState | Trouble | 'unhealthy' | 'unknown';
};

/** Something that a run started and that has to stay up. */
export type Started = Pick<LeftDown, 'key' | 'name' | 'wanted'>;

/** How something stands by what was seen of it; null while that may still change by itself. */
export function stateOf(
  { key, wanted }: Pick<LeftDown, 'key' | 'wanted'>,
  seen: readonly Observation[],
): LeftDown['state'] | null {
  const own = seen.filter((thing) => thing.of === key);
  const up = own.filter(isUp).length;
  if (up >= wanted) return 'running';
  if (up + own.filter(({ state }) => state === 'starting').length >= wanted) return null;
  const down = own.filter((thing) => !isUp(thing)).sort(byUrgency)[0];
  if (down === undefined) return 'absent';
  return down.trouble ?? (down.state === 'running' ? 'unhealthy' : down.state);
}

function isUp({ state, healthy, trouble }: Observation): boolean {
  return state === 'running' && healthy !== false && trouble !== 'cut_off';
}

function byUrgency(a: Observation, b: Observation): number {
  return urgency(a) - urgency(b);
}

export function isDown({ state }: LeftDown): boolean {
  return state !== 'running';
}

/** What is known of each thing, the later word last. */
export function merged(before: readonly LeftDown[], after: readonly LeftDown[]): readonly LeftDown[] {
  return [...new Map([...before, ...after].map((thing) => [thing.key, thing])).values()];
}

/** The member of an outcome that says what its parts left down; none when that is nothing. */
export function leftBy(parts: readonly { readonly left?: readonly LeftDown[] }[]): {
  readonly left?: readonly LeftDown[];
} {
  const left = merged(
    [],
    parts.flatMap((part) => part.left ?? []),
  );
  return left.length > 0 ? { left } : {};
}

/** The member of an outcome that says what its parts started; none when that is nothing. */
export function startedBy(parts: readonly { readonly started?: readonly Started[] }[]): {
  readonly started?: readonly Started[];
} {
  const started = parts.flatMap((part) => part.started ?? []);
  return started.length > 0 ? { started } : {};
}
