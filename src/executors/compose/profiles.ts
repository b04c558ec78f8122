import type { ComposeService } from './config.js';
import type { Made } from './made.js';

/** Is the service part of the stack while these profiles are on? */
export function isOn({ profiles }: Pick<ComposeService, 'profiles'>, on: readonly string[]): boolean {
  return profiles.length === 0 || on.includes('*') || profiles.some((profile) => on.includes(profile));
}

/** Those of the services that have containers, beside those that are on: no label tells which ones made them. */
export function profilesOfMade(
  services: ReadonlyMap<string, Pick<ComposeService, 'profiles'>>,
  made: readonly Made[],
  on: readonly string[],
): readonly string[] {
  const off = made.flatMap(({ service }) => {
    const its = services.get(service);
    return its && !isOn(its, on) ? its.profiles : [];
  });
  return [...new Set(off)].sort();
}
