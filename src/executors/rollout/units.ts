import type { Replacement } from './data.js';

/**
 * Services that are replaced together and go back together, because they share an image, depend on each other or live in each
 * other's namespaces: one of them new beside another one of before has never been tried by anybody. In the order of their
 * first services; within a unit in the order that was given.
 */
export function unitsOf(replacements: readonly Replacement[]): readonly (readonly Replacement[])[] {
  const units: Replacement[][] = [];
  for (const one of replacements) {
    const related = units.filter((unit) => unit.some((other) => isRelated(one, other)));
    const [first] = related;
    if (!first) {
      units.push([one]);
      continue;
    }
    for (const unit of related.slice(1)) {
      first.push(...unit);
      units.splice(units.indexOf(unit), 1);
    }
    first.push(one);
  }
  const place = new Map(replacements.map((one, index) => [one, index]));
  return units.map((unit) => unit.sort((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0)));
}

/** The unit that a service is in. */
export function unitOf(replacements: readonly Replacement[], service: string): readonly Replacement[] {
  return unitsOf(replacements).find((unit) => unit.some((one) => one.service === service)) ?? [];
}

function isRelated(a: Replacement, b: Replacement): boolean {
  return sharesImage(a, b) || needs(a, b) || needs(b, a);
}

function sharesImage(a: Replacement, b: Replacement): boolean {
  return a.image === b.image || (a.pull !== null && a.pull === b.pull);
}

function needs({ dependsOn, livesIn }: Replacement, { service }: Replacement): boolean {
  return dependsOn.includes(service) || livesIn.includes(service);
}
