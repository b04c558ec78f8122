import { type Phrase, phrase } from '../../core/model/phrase.js';
import type { Host } from '../../core/ports/host.js';
import { formatCount } from '../../core/text/format.js';
import { downloadWords, roomNotice, roomOf } from '../images/room.js';
import { pullOf } from './pull.js';
import type { WithStrategy } from './strategy.js';

/** What was found out, with the title of the first step: what is fetched, how much that is, and what is free for it. */
export interface WithDownloads extends WithStrategy {
  readonly pullTitle: Phrase;
}

/** Looks at the room for what is pulled. */
export async function withDownloads(host: Host, found: WithStrategy): Promise<WithDownloads> {
  const pulls = found.comparisons.flatMap((one) =>
    one.state === 'changes' ? (pullOf(one.replacement) ?? []) : [],
  );
  if (pulls.length === 0)
    return { ...found, pullTitle: phrase`Keep the images that run now for a rollback.` };
  const room = await roomOf(host);
  const images = formatCount(new Set(pulls.map(({ pull }) => pull)).size, 'new image');
  const tight = roomNotice(pulls, room);
  const isFull = tight?.code === 'destination_full';
  return {
    ...found,
    blockers: [...found.blockers, ...(tight && isFull ? [tight] : [])],
    warnings: [...found.warnings, ...(tight && !isFull ? [tight] : [])],
    pullTitle: phrase`Pull ${images} (${downloadWords(pulls, room)}); keep those that run now for a rollback.`,
  };
}
