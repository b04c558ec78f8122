import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inOrder } from '../../../src/core/conditions/order.js';
import { readIntent } from '../../../src/core/intent/read-intent.js';

interface Dag {
  /** In the order of the file. */
  readonly names: readonly string[];
  /** For each name those that it waits for. */
  readonly needs: Readonly<Record<string, readonly string[]>>;
}

/** Names in any order, edges only from later to earlier ones of another order: there can be no cycle. */
const dag: fc.Arbitrary<Dag> = fc
  .uniqueArray(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,8}$/), { minLength: 2, maxLength: 25 })
  .filter((names) => names.every((name) => !(name in Object.prototype)))
  .chain((names) =>
    fc.record({
      names: fc.constant(names),
      order: fc.shuffledSubarray(names, { minLength: names.length }),
      edges: fc.array(fc.tuple(fc.nat(names.length - 1), fc.nat(names.length - 1)), { maxLength: 60 }),
    }),
  )
  .map(({ names, order, edges }) => {
    const needs: Record<string, string[]> = Object.fromEntries(names.map((name) => [name, []]));
    for (const [a, b] of edges) {
      const later = order[Math.max(a, b)] ?? '';
      const earlier = order[Math.min(a, b)] ?? '';
      if (a !== b && !needs[later]?.includes(earlier)) needs[later]?.push(earlier);
    }
    return { names, needs };
  });

function textOf({ names, needs }: Dag): string {
  const steps = names.map((name) => `  "${name}": { intent: disk, needs: [${quoted(needs[name])}] }`);
  return `action: steps\nsteps:\n${steps.join('\n')}\n`;
}

function quoted(names: readonly string[] = []): string {
  return names.map((name) => `"${name}"`).join(', ');
}

function placesOf(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, index) => [name, index]));
}

test('every acyclic graph is read as it was written, and put into an order in which nothing comes too early', () => {
  fc.assert(
    fc.property(dag, (graph) => {
      const { intent, problems } = readIntent(textOf(graph), '/intents/x.yaml');
      expect(problems).toEqual([]);
      const steps = intent?.graph?.steps ?? [];
      expect(steps.map(({ name, needs }) => [name, needs])).toEqual(
        graph.names.map((name) => [name, graph.needs[name]]),
      );
      const ordered = inOrder(steps);
      const place = placesOf(ordered.map(({ name }) => name));
      expect([...place.keys()].sort()).toEqual([...graph.names].sort());
      for (const { name, needs } of ordered) {
        for (const need of needs) expect(place.get(need)).toBeLessThan(place.get(name) ?? -1);
      }
      expect(inOrder(ordered)).toHaveLength(ordered.length);
    }),
    { numRuns: 300 },
  );
});

test('steps that wait for nothing keep the order of the file', () => {
  fc.assert(
    fc.property(dag, ({ names }) => {
      expect(inOrder(names.map((name) => ({ name, needs: [] }))).map(({ name }) => name)).toEqual(names);
    }),
  );
});

test('one edge too many is a cycle: refused, and the way round that is told is really there', () => {
  fc.assert(
    fc.property(dag, fc.nat(), fc.nat(), (graph, from, steps) => {
      const start = graph.names[from % graph.names.length] ?? '';
      let end = start;
      // Some way along what is waited for, then back.
      for (let at = 0; at <= steps % 6; at += 1) end = graph.needs[end]?.[0] ?? end;
      const isLoop = end !== start;
      const needs = { ...graph.needs, [end]: [...new Set([...(graph.needs[end] ?? []), start])] };
      const { intent, problems } = readIntent(textOf({ ...graph, needs }), '/intents/x.yaml');
      expect(intent).toBeNull();
      if (!isLoop) {
        expect(problems.map(({ message }) => message)).toContain(`${start} needs itself.`);
        return;
      }
      expect(problems).toHaveLength(1);
      const [, way = ''] = /waits for itself: (.*)\.$/.exec(problems[0]?.message ?? '') ?? [];
      const names = way.split(' → ');
      expect(names.length).toBeGreaterThan(2);
      expect(names.at(-1)).toBe(names[0]);
      for (const [index, name] of names.slice(0, -1).entries()) {
        expect(needs[name]).toContain(names[index + 1]);
      }
    }),
    { numRuns: 300 },
  );
});

test('hundreds of steps in a row, and one circle of them', () => {
  const names = Array.from({ length: 400 }, (_, index) => `s${index}`);
  const needs = Object.fromEntries(names.map((name, index) => [name, index === 0 ? [] : [`s${index - 1}`]]));
  const row = readIntent(textOf({ names: [...names].reverse(), needs }), '/intents/x.yaml').intent;
  expect(inOrder(row?.graph?.steps ?? []).map(({ name }) => name)).toEqual(names);
  const { problems } = readIntent(textOf({ names, needs: { ...needs, s0: ['s399'] } }), '/intents/x.yaml');
  expect(problems.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^s0 waits for itself: s0 → s399 → .* → … → s0\.$/),
  ]);
});
