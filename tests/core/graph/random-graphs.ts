import fc from 'fast-check';
import { ON_FAILURE, type OnFailure } from '../../../src/core/model/graph.js';

/** A step of a random graph. */
export interface RandomStep {
  readonly name: string;
  readonly needs: readonly string[];
  readonly onFailure: OnFailure;
  /** Steps with a common place can't run at once. */
  readonly place: number;
  /** Runs only when this step, which it needs, ended like that. */
  readonly onlyIf: { readonly step: string; readonly ended: 'succeeded' | 'failed' } | null;
}

export interface RandomGraph {
  readonly steps: readonly RandomStep[];
  readonly maxParallel: number;
}

/** Graphs in which every step may need any of those before it. About every third step shares its place. */
export function randomGraphs(most: number): fc.Arbitrary<RandomGraph> {
  const draft = fc.record({
    needs: fc.array(fc.nat(), { maxLength: 3 }),
    onFailure: fc.constantFrom(...ON_FAILURE),
    place: fc.nat(most * 2),
    onlyIf: fc.option(fc.record({ of: fc.nat(), ended: fc.constantFrom('succeeded', 'failed') }), {
      freq: 2,
    }),
  });
  return fc
    .record({
      drafts: fc.array(draft, { minLength: 1, maxLength: most }),
      maxParallel: fc.integer({ min: 1, max: 4 }),
    })
    .map(({ drafts, maxParallel }) => {
      const steps: RandomStep[] = [];
      for (const [index, { needs, onFailure, place, onlyIf }] of drafts.entries()) {
        const earlier = (at: number) => (index === 0 ? [] : [`s${at % index}`]);
        const own = [...new Set(needs.flatMap(earlier))];
        // Only a step whose failure lets the others go on can be asked how it ended.
        const asked = own.filter((name) =>
          steps.some((step) => step.name === name && step.onFailure === 'continue'),
        );
        const step = onlyIf ? asked[onlyIf.of % Math.max(1, asked.length)] : undefined;
        const condition = step && onlyIf ? { step, ended: onlyIf.ended } : null;
        steps.push({
          name: `s${index}`,
          needs: own,
          onFailure,
          place: place % (most + 2),
          onlyIf: condition,
        });
      }
      return { steps, maxParallel };
    });
}
