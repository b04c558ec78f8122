import { FEATURES } from './features.js';
import { PLACE_NAMES } from './places.js';
import { type Coverage, FAULT_NAMES } from './story.js';

const FEATURE_NAMES = Object.keys(FEATURES);

/** How often each was met, and each pair: destination × fault in full, the others by their rarest. */
export function tableOf(met: Coverage): readonly string[] {
  const width = Math.max(...FAULT_NAMES.map(({ length }) => length));
  const heads = PLACE_NAMES.map((name) => name.padStart(14)).join('');
  return [
    `met, destination × fault: ${' '.repeat(Math.max(0, width - 26))}${heads}`,
    ...FAULT_NAMES.map(
      (fault) =>
        `${fault.padEnd(width)}${PLACE_NAMES.map((place) => String(met.count(place, fault)).padStart(14)).join('')}`,
    ),
    rarest('feature × destination', FEATURE_NAMES, PLACE_NAMES, met),
    rarest('feature × fault', FEATURE_NAMES, FAULT_NAMES, met),
    `features: ${FEATURE_NAMES.map((name) => `${name} ${met.count(name)}`).join(', ')}`,
  ];
}

function rarest(what: string, ones: readonly string[], others: readonly string[], met: Coverage): string {
  const pairs = ones.flatMap((one) =>
    others.map((other) => ({ pair: `${one} × ${other}`, count: met.count(one, other) })),
  );
  const rare = pairs.filter(({ count }) => count < 3);
  const names = rare.slice(0, 12).map(({ pair, count }) => `${pair} ${count}`);
  return `${what}: ${pairs.length - rare.length} of ${pairs.length} pairs at least three times${rare.length > 0 ? `; not: ${names.join(', ')}` : ''}`;
}
