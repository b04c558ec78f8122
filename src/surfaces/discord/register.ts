import { type REST, Routes } from 'discord.js';
import * as z from 'zod';
import { isRegistered, wantedCommands } from './command-set.js';

const Registered = z.array(z.record(z.string(), z.unknown()));

/**
 * Registers the slash commands in a server, or globally when `guildId` is null, if they differ from what is
 * registered. Returns true when they had to be written. Discord's errors come through.
 * @param forMembers shown to everybody, because a policy says who may what
 */
export async function registerCommands(
  rest: REST,
  applicationId: string,
  guildId: string | null,
  forMembers = false,
): Promise<boolean> {
  const route =
    guildId === null
      ? Routes.applicationCommands(applicationId)
      : Routes.applicationGuildCommands(applicationId, guildId);
  const wanted = wantedCommands(guildId !== null, forMembers);
  const registered = Registered.parse(await rest.get(route));
  if (isRegistered(wanted, registered)) return false;
  await rest.put(route, { body: wanted });
  return true;
}
