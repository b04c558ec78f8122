import { isDeepStrictEqual } from 'node:util';
import { commands } from '../../../commands/index.js';

/**
 * Contexts and installation types exist for global commands only.
 * @param forMembers shown to everybody, and not to administrators only
 */
export function wantedCommands(inGuild: boolean, forMembers: boolean): Record<string, unknown>[] {
  return Object.values(commands).map(({ builder }) => {
    const { contexts, integration_types, ...rest } = builder.toJSON();
    const body = forMembers ? { ...rest, default_member_permissions: null } : rest;
    return inGuild ? body : { ...body, contexts, integration_types };
  });
}

/** Is what Discord has what this version wants, nothing more and nothing less? */
export function isRegistered(
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
