import { refusal } from '../wire/api-error.js';
import { formErrors } from '../wire/form-errors.js';
import { arrayOf } from '../wire/json.js';
import type { PermissionName } from '../wire/permissions.js';
import { channelOf, may, messageIn, requireBot } from '../world/access.js';
import { toWire } from '../world/message-fields.js';
import { createMessage, deleteMessage, editMessage } from '../world/messages.js';
import { wakeThread } from '../world/threads.js';
import { type Call, NO_CONTENT, ok, type Route } from './router.js';

/** Ids are 64 bits. */
const MAX_ID = 1n << 63n;
const BUCKET = { name: 'messages', major: ['channel'] };

/** Messages of a channel, as the bot's own token reaches them. */
export const MESSAGE_ROUTES: readonly Route[] = [
  { method: 'POST', path: '/channels/:channel/messages', auth: true, bucket: BUCKET, handle: send },
  { method: 'GET', path: '/channels/:channel/messages', auth: true, handle: list },
  { method: 'GET', path: '/channels/:channel/messages/:message', auth: true, handle: get },
  { method: 'PATCH', path: '/channels/:channel/messages/:message', auth: true, bucket: BUCKET, handle: edit },
  { method: 'DELETE', path: '/channels/:channel/messages/:message', auth: true, handle: remove },
  { method: 'POST', path: '/channels/:channel/typing', auth: true, handle: type },
];

function send({ world, param, body, uploads }: Call) {
  const channel = channelOf(world, param('channel'));
  const needed: PermissionName[] = [channel.parent_id ? 'SEND_MESSAGES_IN_THREADS' : 'SEND_MESSAGES'];
  if (arrayOf(body.embeds).length > 0) needed.push('EMBED_LINKS');
  if (uploads.length > 0) needed.push('ATTACH_FILES');
  requireBot(world, channel, ...needed);
  const draft = { author: world.bot, body, uploads, path: [] };
  return ok(toWire(createMessage(world, { ...draft, channel: wakeThread(world, channel) })));
}

function list({ world, param, query }: Call) {
  const channel = channelOf(world, param('channel'));
  requireBot(world, channel);
  if (!may(world, world.bot.id, 'READ_MESSAGE_HISTORY', channel)) return ok([]);
  const limit = numberIn(query, 'limit', 50n, 100n);
  const before = numberIn(query, 'before', MAX_ID, MAX_ID);
  const after = numberIn(query, 'after', 0n, MAX_ID);
  const found = [...world.messages.values()].filter(
    ({ id, channel_id, visibleTo }) =>
      channel_id === channel.id && !visibleTo && BigInt(id) < before && BigInt(id) > after,
  );
  const newestFirst = found.reverse();
  const page = query.has('after') ? newestFirst.slice(-Number(limit)) : newestFirst.slice(0, Number(limit));
  return ok(page.map(toWire));
}

/** @throws {ApiError} 50035 for what is no number or too large */
function numberIn(query: URLSearchParams, name: string, fallback: bigint, max: bigint): bigint {
  const text = query.get(name);
  if (text === null) return fallback;
  const value = /^\d{1,19}$/.test(text) ? BigInt(text) : null;
  const errors = formErrors();
  if (value === null) errors.add([name], 'NUMBER_TYPE_COERCE', `Value "${text}" is not int.`);
  else if (value > max) {
    errors.add([name], 'NUMBER_TYPE_MAX', `int value should be less than or equal to ${max}.`);
  }
  errors.throwIfAny();
  return value ?? fallback;
}

function get({ world, param }: Call) {
  const channel = channelOf(world, param('channel'));
  requireBot(world, channel, 'READ_MESSAGE_HISTORY');
  return ok(toWire(messageIn(world, channel.id, param('message'))));
}

function edit({ world, param, body, uploads }: Call) {
  const channel = channelOf(world, param('channel'));
  requireBot(world, channel);
  const message = messageIn(world, channel.id, param('message'));
  if (message.author.id !== world.bot.id) throw refusal('notTheAuthor');
  if (channel.thread_metadata?.archived) throw refusal('threadArchived');
  if (uploads.length > 0) requireBot(world, channel, 'ATTACH_FILES');
  return ok(toWire(editMessage(world, message, { body, uploads, path: [] })));
}

function remove({ world, param }: Call) {
  const channel = channelOf(world, param('channel'));
  requireBot(world, channel);
  const message = messageIn(world, channel.id, param('message'));
  if (message.author.id !== world.bot.id) requireBot(world, channel, 'MANAGE_MESSAGES');
  deleteMessage(world, message);
  return NO_CONTENT;
}

function type({ world, param }: Call) {
  const channel = channelOf(world, param('channel'));
  requireBot(world, channel, 'SEND_MESSAGES');
  world.emit({ type: 'typing', channelId: channel.id, userId: world.bot.id });
  return NO_CONTENT;
}
