import { phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import { named } from '../shared/wording.js';
import type { Comparison } from './compare.js';

/** Why services are kept as they are; those with one image and one reason together. */
export function keptNotices(comparisons: readonly Comparison[]): readonly Notice[] {
  const groups = new Map<string, { readonly why: Notice; readonly services: string[] }>();
  for (const one of comparisons) {
    if (one.state !== 'kept') continue;
    const key = `${one.why.code} ${one.image}`;
    const group = groups.get(key);
    if (group) group.services.push(one.service);
    else groups.set(key, { why: one.why, services: [one.service] });
  }
  return [...groups.values()].map(({ why, services }) => {
    const kept = services.length === 1 ? 'is kept as it is' : 'are kept as they are';
    return notice(why.code, phrase`${named(services)} ${kept}: ${why.message}`, why.remedy);
  });
}
