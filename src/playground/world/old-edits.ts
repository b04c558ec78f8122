import { ApiError } from '../wire/api-error.js';
import type { StoredMessage, World } from './world.js';

const OLD_MS = 60 * 60_000;

/**
 * Notes an edit; messages over an hour old bear few in their channel.
 * @throws {ApiError} 30046, with status 429
 */
export function countOldEdit(world: World, message: StoredMessage): void {
  const now = world.clock.now();
  if (now - Date.parse(message.timestamp) <= OLD_MS) return;
  const { limit, windowMs } = world.config.oldMessageEdits;
  const recent = (world.oldEdits.get(message.channel_id) ?? []).filter((at) => now - at < windowMs);
  const first = recent[0];
  if (recent.length >= limit && first !== undefined) {
    throw new ApiError(
      429,
      30046,
      'Maximum number of edits to messages older than 1 hour reached. Try again later.',
      { retry_after: (first + windowMs - now) / 1000, global: false },
    );
  }
  world.oldEdits.set(message.channel_id, [...recent, now]);
}
