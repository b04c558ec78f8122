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

/**
 * Is the network, process or IPC namespace gone that a container runs in? The other container of it is gone, or was started
 * anew since, with a namespace of its own.
 */
export function isCutOff({ namespaces, startedAt }: Container, all: readonly Container[]): boolean {
  return namespaces.some((used) => {
    const other = all.find(({ id, name }) => id === used || name === used);
    return !other || (other.running && Date.parse(other.startedAt) > Date.parse(startedAt));
  });
}
