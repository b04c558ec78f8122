import type { Container } from './container.js';

/** A container that uses the network, process or IPC namespace of another one. */
export interface Sharer {
  readonly container: Container;
  /** Ids of the containers whose namespaces it uses. */
  readonly uses: readonly string[];
}

/**
 * All that would be cut off if these containers went away: what uses a namespace of theirs, and what uses one of that.
 * A later one may use those before it.
 * @param all every container of the host, running or not
 */
export function sharersOf(all: readonly Container[], ids: Iterable<string>): readonly Sharer[] {
  const going = new Set(ids);
  const sharers: Sharer[] = [];
  for (let isMore = true; isMore; ) {
    isMore = false;
    for (const container of all) {
      const uses = container.namespaces.filter((id) => going.has(id));
      if (uses.length === 0 || going.has(container.id)) continue;
      going.add(container.id);
      sharers.push({ container, uses: [...new Set(uses)] });
      isMore = true;
    }
  }
  return sharers;
}

/** Is a container gone whose network, process or IPC namespace this one uses? It runs on with nothing but itself in it. */
export function isCutOff({ namespaces }: Container, all: readonly Pick<Container, 'id' | 'name'>[]): boolean {
  return namespaces.some((used) => all.every(({ id, name }) => id !== used && name !== used));
}
