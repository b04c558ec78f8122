interface Named {
  readonly name: string;
  readonly needs: readonly string[];
}

/**
 * An order in which everything comes after what it needs; otherwise as given. What waits for itself, and what
 * waits for that, is left out. Needs that are not there are passed over.
 */
export function inOrder<Step extends Named>(steps: readonly Step[]): readonly Step[] {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const openNeeds = new Map<string, number>();
  const dependents = new Map<string, string[]>();
  for (const { name, needs } of steps) {
    const known = [...new Set(needs)].filter((need) => byName.has(need));
    openNeeds.set(name, known.length);
    for (const need of known) {
      const waiting = dependents.get(need);
      if (waiting) waiting.push(name);
      else dependents.set(need, [name]);
    }
  }
  const place = new Map(steps.map(({ name }, index) => [name, index]));
  const order: Step[] = [];
  // Waves: those that can begin together keep the order in which they are given.
  let wave = steps.filter(({ name }) => openNeeds.get(name) === 0);
  while (wave.length > 0) {
    order.push(...wave);
    const next: Step[] = [];
    for (const { name } of wave) {
      for (const dependent of dependents.get(name) ?? []) {
        const left = (openNeeds.get(dependent) ?? 0) - 1;
        openNeeds.set(dependent, left);
        const step = byName.get(dependent);
        if (left === 0 && step) next.push(step);
      }
    }
    wave = next.sort((a, b) => (place.get(a.name) ?? 0) - (place.get(b.name) ?? 0));
  }
  return order;
}

/** Everything that must have ended before each step begins: what it needs, and what that needs. */
export function ancestorsOf(steps: readonly Named[]): ReadonlyMap<string, ReadonlySet<string>> {
  const ancestors = new Map<string, ReadonlySet<string>>();
  for (const { name, needs } of inOrder(steps)) {
    const own = new Set<string>();
    for (const need of needs) {
      own.add(need);
      for (const earlier of ancestors.get(need) ?? []) own.add(earlier);
    }
    ancestors.set(name, own);
  }
  return ancestors;
}
