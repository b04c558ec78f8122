import { isDeepStrictEqual } from 'node:util';
import { type REST, Routes } from 'discord.js';
import { z } from 'zod';
import { commands } from '../../../commands/index.js';

const Registered = z.array(z.record(z.string(), z.unknown()));

/**
 * Registers the slash commands in a server, or globally when `guildId` is null, if they differ from what is
 * registered. `forMembers`: shown to everybody, because a policy says who may what. Returns true when they had to be written. Discord's errors come through.
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

/** Contexts and installation types exist for global commands only. */
function wantedCommands(inGuild: boolean, forMembers: boolean): Record<string, unknown>[] {
  return Object.values(commands).map(({ builder }) => {
    const { contexts, integration_types, ...rest } = builder.toJSON();
    const body = forMembers ? { ...rest, default_member_permissions: null } : rest;
    return inGuild ? body : { ...body, contexts, integration_types };
  });
}

function isRegistered(
  wanted: readonly Record<string, unknown>[],
  registered: readonly Record<string, unknown>[],
): boolean {
  return (
    wanted.length === registered.length &&
    wanted.every((command) =>
      covers(
        registered.find(({ name }) => name === command.name),
        command,
      ),
    )
  );
}

/** Does Discord's version say all that ours says? It adds ids, versions and defaults. */
function covers(actual: unknown, wanted: unknown): boolean {
  if (isNothing(wanted)) return isNothing(actual);
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(actual) &&
      actual.length === wanted.length &&
      wanted.every((item, index) => covers(actual[index], item))
    );
  }
  if (typeof wanted !== 'object' || wanted === null) return isDeepStrictEqual(actual, wanted);
  if (typeof actual !== 'object' || actual === null) return false;
  const members = new Map(Object.entries(actual));
  return Object.entries(wanted).every(([key, value]) => covers(members.get(key), value));
}

function isNothing(value: unknown): boolean {
  return (
    value === undefined || value === null || value === false || (Array.isArray(value) && value.length === 0)
  );
}
