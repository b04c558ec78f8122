import { refusal } from '../wire/api-error.js';
import { FLAG } from '../wire/types.js';
import { channelOf } from '../world/access.js';
import { followUp, interactionByToken, messageOf } from '../world/followups.js';
import { answerInteraction } from '../world/interactions.js';
import { toWire } from '../world/message-fields.js';
import { createMessage, deleteMessage, editMessage } from '../world/messages.js';
import { type Call, NO_CONTENT, ok, type Route } from './router.js';

const BUCKET = { name: 'webhooks', major: ['webhook', 'token'] };
const ONE = '/webhooks/:webhook/:token/messages/:message';

/** What is reached by a token in the path: answers to interactions, their messages, and plain webhooks. */
export const WEBHOOK_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/interactions/:interaction/:token/callback',
    auth: false,
    unlimited: true,
    handle: answer,
  },
  { method: 'GET', path: '/webhooks/:webhook/:token', auth: false, bucket: BUCKET, handle: webhook },
  { method: 'POST', path: '/webhooks/:webhook/:token', auth: false, bucket: BUCKET, handle: execute },
  { method: 'GET', path: ONE, auth: false, bucket: BUCKET, handle: get },
  { method: 'PATCH', path: ONE, auth: false, bucket: BUCKET, handle: edit },
  { method: 'DELETE', path: ONE, auth: false, bucket: BUCKET, handle: remove },
];

function answer({ world, param, query, body, uploads }: Call) {
  const { interaction, message } = answerInteraction(
    world,
    param('interaction'),
    param('token'),
    body,
    uploads,
  );
  if (query.get('with_response') !== 'true') return NO_CONTENT;
  return ok({
    interaction: {
      id: interaction.id,
      type: interaction.type,
      ...(message
        ? {
            response_message_id: message.id,
            response_message_loading: (message.flags & FLAG.LOADING) !== 0,
            response_message_ephemeral: (message.flags & FLAG.EPHEMERAL) !== 0,
          }
        : {}),
    },
    resource: { type: interaction.answer?.type, ...(message ? { message: toWire(message) } : {}) },
  });
}

function interactionOf({ world, param }: Call) {
  if (param('webhook') !== world.applicationId) throw refusal('unknownWebhook');
  return interactionByToken(world, param('token'));
}

/** The webhook itself; asked by its token it names no user. */
function webhook({ world, param }: Call) {
  const found = world.webhooks.get(param('webhook'));
  if (!found) throw refusal('unknownWebhook');
  if (found.token !== param('token')) throw refusal('invalidWebhookToken');
  const { id, token, channelId } = found;
  const plain = { type: 1, name: 'Webhook', avatar: null, application_id: null };
  return ok({ id, token, channel_id: channelId, guild_id: world.guild.id, ...plain });
}

function execute(call: Call) {
  const { world, param, query, body, uploads } = call;
  const target = world.webhooks.get(param('webhook'));
  if (!target) return ok(toWire(followUp(world, interactionOf(call), body, uploads)));
  if (target.token !== param('token')) throw refusal('invalidWebhookToken');
  const author = {
    ...world.bot,
    id: target.id,
    username: typeof body.username === 'string' ? body.username : 'Webhook',
  };
  const channel = channelOf(world, target.channelId);
  const message = createMessage(world, { channel, author, body, uploads, path: [], webhookId: target.id });
  return query.get('wait') === 'true' ? ok(toWire(message)) : NO_CONTENT;
}

function get(call: Call) {
  return ok(toWire(messageOf(call.world, interactionOf(call), call.param('message'))));
}

function edit(call: Call) {
  const { world, body, uploads } = call;
  const message = messageOf(world, interactionOf(call), call.param('message'));
  return ok(toWire(editMessage(world, message, { body, uploads, path: [] })));
}

function remove(call: Call) {
  deleteMessage(call.world, messageOf(call.world, interactionOf(call), call.param('message')));
  return NO_CONTENT;
}
