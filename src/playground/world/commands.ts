import { checkCommands } from '../limits/commands.js';
import { arrayOf, isObject, stringOf } from '../wire/json.js';
import { PERMISSIONS } from '../wire/permissions.js';
import type { Channel, Command, CommandOption } from '../wire/types.js';
import { may, permissionsOf } from './access.js';
import type { World } from './world.js';

/**
 * Replaces all commands, of the guild or everywhere. A command that keeps its name keeps its id.
 * @throws {ApiError} 50035, 30032
 */
export function overwriteCommands(
  world: World,
  scope: 'global' | 'guild',
  list: unknown,
): readonly Command[] {
  const store = scope === 'guild' ? world.guildCommands : world.globalCommands;
  checkCommands(arrayOf(list));
  const commands = arrayOf(list)
    .filter(isObject)
    .map(
      (raw): Command => ({
        id: store.get(stringOf(raw.name))?.id ?? world.newId(),
        application_id: world.applicationId,
        ...(scope === 'guild' ? { guild_id: world.guild.id } : {}),
        version: world.newId(),
        type: 1,
        name: stringOf(raw.name),
        description: stringOf(raw.description),
        options: arrayOf(raw.options) as readonly CommandOption[],
        default_member_permissions: stringOf(raw.default_member_permissions) || null,
      }),
    );
  store.clear();
  for (const command of commands) store.set(command.name, command);
  world.emit({ type: 'commands_update' });
  return commands;
}

/** The commands that a person's client offers in a channel. A guild's command hides a global one of its name. */
export function commandsFor(world: World, userId: string, channel: Channel): readonly Command[] {
  if (!may(world, userId, 'VIEW_CHANNEL', channel)) return [];
  if (!may(world, userId, 'USE_APPLICATION_COMMANDS', channel)) return [];
  const held = permissionsOf(world, userId, channel);
  const all = new Map([...world.globalCommands, ...world.guildCommands]);
  return [...all.values()].filter(({ default_member_permissions: needed }) => {
    if (needed === null || held & PERMISSIONS.ADMINISTRATOR) return true;
    const bits = BigInt(needed);
    return bits !== 0n && (held & bits) === bits;
  });
}
