import { refusal } from '../wire/api-error.js';
import { channelOf, memberOf, messageIn, permissionsOf, requireBot } from '../world/access.js';
import { overwriteCommands } from '../world/commands.js';
import { channelShape, guildShape, memberShape } from '../world/shapes.js';
import { changeThread, createThread } from '../world/threads.js';
import type { World } from '../world/world.js';
import { type Call, ok, type Route } from './router.js';

const FROM_MESSAGE = '/channels/:channel/messages/:message/threads';

/** Channels and threads, the guild and its members, users, and the application's commands. */
export const GUILD_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/users/@me', auth: true, handle: ({ world }) => ok(world.bot) },
  { method: 'GET', path: '/users/@me/guilds', auth: true, handle: guilds },
  { method: 'GET', path: '/users/:user', auth: true, handle: user },
  { method: 'GET', path: '/channels/:channel', auth: true, handle: channel },
  { method: 'PATCH', path: '/channels/:channel', auth: true, handle: patchThread },
  { method: 'POST', path: FROM_MESSAGE, auth: true, handle: threadFromMessage },
  { method: 'POST', path: '/channels/:channel/threads', auth: true, handle: thread },
  { method: 'GET', path: '/guilds/:guild', auth: true, handle: guild },
  { method: 'GET', path: '/guilds/:guild/channels', auth: true, handle: channels },
  { method: 'GET', path: '/guilds/:guild/roles', auth: true, handle: roles },
  { method: 'GET', path: '/guilds/:guild/members/:user', auth: true, handle: member },
  { method: 'GET', path: '/applications/@me', auth: true, handle: application },
  { method: 'GET', path: '/applications/:app/commands', auth: true, handle: globalCommands },
  { method: 'PUT', path: '/applications/:app/commands', auth: true, handle: putGlobal },
  { method: 'GET', path: '/applications/:app/guilds/:guild/commands', auth: true, handle: guildCommands },
  { method: 'PUT', path: '/applications/:app/guilds/:guild/commands', auth: true, handle: putGuild },
];

function inGuild({ world, param }: Call): World {
  if (param('guild') !== world.guild.id || !world.botInGuild.value) throw refusal('unknownGuild');
  return world;
}

function ownApplication({ world, param }: Call): World {
  if (param('app') !== world.applicationId) throw refusal('unknownApplication');
  return world;
}

function user({ world, param }: Call) {
  const found = world.members.get(param('user'));
  if (!found) throw refusal('unknownUser');
  return ok(found.user);
}

/** The guilds that the bot is in, as partial objects. */
function guilds({ world }: Call) {
  return ok(
    [...(world.botInGuild.value ? [world.guild] : []), ...world.otherGuilds].map(({ id, name }) => ({
      id,
      name,
      icon: null,
      banner: null,
      owner: false,
      permissions: String(permissionsOf(world, world.bot.id)),
      features: [],
    })),
  );
}

function visibleChannel({ world, param }: Call) {
  const found = channelOf(world, param('channel'));
  requireBot(world, found);
  return found;
}

function channel(call: Call) {
  const id = call.param('channel');
  for (const { id: guildId, channels } of call.world.otherGuilds) {
    const found = channels.find((entry) => entry.id === id);
    if (found) return ok({ ...channelShape(call.world, found), guild_id: guildId });
  }
  return ok(channelShape(call.world, visibleChannel(call)));
}

/** Its starter may change a thread; what is locked, only who may manage threads. */
function patchThread(call: Call) {
  const found = visibleChannel(call);
  const own = found.owner_id === call.world.bot.id && found.thread_metadata?.locked !== true;
  requireBot(call.world, found, own ? 'VIEW_CHANNEL' : 'MANAGE_THREADS');
  return ok(channelShape(call.world, changeThread(call.world, found, call.body)));
}

function threadFromMessage(call: Call) {
  const parent = visibleChannel(call);
  requireBot(call.world, parent, 'CREATE_PUBLIC_THREADS');
  const starter = messageIn(call.world, parent.id, call.param('message'));
  return {
    status: 201,
    body: channelShape(call.world, createThread(call.world, parent, call.body, starter)),
  };
}

function thread(call: Call) {
  const parent = visibleChannel(call);
  requireBot(call.world, parent, call.body.type === 11 ? 'CREATE_PUBLIC_THREADS' : 'CREATE_PRIVATE_THREADS');
  return { status: 201, body: channelShape(call.world, createThread(call.world, parent, call.body, null)) };
}

function guild(call: Call) {
  return ok(guildShape(inGuild(call)));
}

function channels(call: Call) {
  const world = inGuild(call);
  const plain = [...world.channels.values()].filter(({ parent_id }) => parent_id === null);
  return ok(plain.map((entry) => channelShape(world, entry)));
}

function roles(call: Call) {
  return ok(guildShape(inGuild(call)).roles);
}

function member(call: Call) {
  return ok(memberShape(memberOf(inGuild(call), call.param('user'))));
}

function application({ world }: Call) {
  return ok({ id: world.applicationId, name: world.bot.username, bot: world.bot, flags: 0 });
}

function globalCommands(call: Call) {
  return ok([...ownApplication(call).globalCommands.values()]);
}

function putGlobal(call: Call) {
  return ok(overwriteCommands(ownApplication(call), 'global', call.rawBody));
}

function guildCommands(call: Call) {
  inGuild(call);
  return ok([...ownApplication(call).guildCommands.values()]);
}

function putGuild(call: Call) {
  inGuild(call);
  return ok(overwriteCommands(ownApplication(call), 'guild', call.rawBody));
}
