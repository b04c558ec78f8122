import { DiscordAPIError } from 'discord.js';

/** What a failed call to Discord means for the message it was about. */
export type ApiFailure =
  | 'message_gone'
  | 'message_old'
  | 'channel_gone'
  | 'member_gone'
  | 'forbidden'
  | 'thread_closed'
  | 'thread_exists'
  | 'token_dead'
  | 'other';

/** Discord's JSON error codes (docs.discord.com: opcodes and status codes). */
const MEANING: Readonly<Record<number, ApiFailure>> = {
  10003: 'channel_gone',
  50001: 'channel_gone',
  50013: 'forbidden',
  50083: 'thread_closed',
  160004: 'thread_exists',
  10008: 'message_gone',
  30046: 'message_old',
  10007: 'member_gone',
  10013: 'member_gone',
  10015: 'token_dead',
  10062: 'token_dead',
  40060: 'token_dead',
  50027: 'token_dead',
};

export function failureOf(error: unknown): ApiFailure {
  if (!(error instanceof DiscordAPIError)) return 'other';
  return MEANING[Number(error.code)] ?? 'other';
}
