import { code, phrase } from './phrase.js';
import type { PlanPart } from './plan.js';
import { notice } from './reasons.js';

/** Kinds that write one archive, whose name holds the intent and the second of the plan. */
const ARCHIVES: readonly PlanPart['kind'][] = ['files', 'plex'];

/** The parts, with a blocker in each that would write the very archive that an earlier one writes. */
export function withoutDoubles(parts: readonly PlanPart[]): readonly PlanPart[] {
  const written = new Set<string>();
  return parts.map((part) => {
    if (!ARCHIVES.includes(part.kind)) return part;
    const targets = part.effects.flatMap((effect) => (effect.kind === 'write' ? [effect.target] : []));
    const twice = targets.filter((target) => written.has(target));
    for (const target of targets) written.add(target);
    const blockers = twice.map((target) =>
      notice('archive_twice', phrase`An earlier step of this run writes ${code(target)} too.`),
    );
    return blockers.length > 0 ? { ...part, blockers: [...part.blockers, ...blockers] } : part;
  });
}
