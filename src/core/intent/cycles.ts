/** What each name waits for. */
export type Waits = ReadonlyMap<string, readonly string[]>;

/** For each name that waits for itself the shortest way round, from it back to it. */
export function findCycles(waits: Waits): ReadonlyMap<string, readonly string[]> {
  const suspects = withoutEnds(waits);
  const cycles = new Map<string, readonly string[]>();
  for (const name of suspects) {
    const cycle = wayBack(name, waits, suspects);
    if (cycle) cycles.set(name, cycle);
  }
  return cycles;
}

/** Takes away what depends on nothing that is left, again and again: only cycles and what leads to them stay. */
function withoutEnds(waits: Waits): ReadonlySet<string> {
  const left = new Set(waits.keys());
  const dependents = new Map<string, string[]>();
  const open = new Map<string, number>();
  for (const [name, needed] of waits) {
    const inside = needed.filter((other) => left.has(other));
    open.set(name, inside.length);
    for (const other of inside) dependents.set(other, [...(dependents.get(other) ?? []), name]);
  }
  const ready = [...left].filter((name) => open.get(name) === 0);
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    left.delete(name);
    for (const dependent of dependents.get(name) ?? []) {
      const count = (open.get(dependent) ?? 0) - 1;
      open.set(dependent, count);
      if (count === 0) ready.push(dependent);
    }
  }
  return left;
}

function wayBack(start: string, waits: Waits, within: ReadonlySet<string>): readonly string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const name of queue) {
    for (const next of waits.get(name) ?? []) {
      if (next === start) return [...pathTo(name, start, cameFrom), start];
      if (!within.has(next) || cameFrom.has(next)) continue;
      cameFrom.set(next, name);
      queue.push(next);
    }
  }
  return null;
}

function pathTo(end: string, start: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const path = [end];
  for (let name = end; name !== start; ) {
    name = cameFrom.get(name) ?? start;
    path.unshift(name);
  }
  return path;
}
