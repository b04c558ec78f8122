import type { Actor } from '../core/model/request.js';
import { isId } from '../core/text/discord-id.js';
import { CliError, EXIT } from './errors.js';

/**
 * Somebody as people write them: `user:<id>[@role,role]`, `key:<name>`, `schedule:<name>`, `webhook:<name>` or
 * `operator`. Roles are ids or names.
 */
export function parseActor(text: string, options: { channel?: string; administrator?: boolean }): Actor {
  const [kind = '', ...rest] = text.split(':');
  const id = rest.join(':');
  if (text === 'operator') return { kind: 'operator', id: 'operator', name: 'operator' };
  if (id === '') throw unreadable(text);
  switch (kind) {
    case 'user':
      return userOf(id, options);
    case 'key':
      return { kind: 'api_key', id, name: id };
    case 'schedule':
    case 'webhook':
      return { kind, id, name: id };
    default:
      throw unreadable(text);
  }
}

function userOf(text: string, { channel, administrator = false }: Parameters<typeof parseActor>[1]): Actor {
  const at = text.indexOf('@');
  const id = at < 0 ? text : text.slice(0, at);
  const roles =
    at < 0
      ? []
      : text
          .slice(at + 1)
          .split(',')
          .map((role) => role.trim());
  const place = channel?.replace(/^#/, '');
  return {
    kind: 'user',
    id,
    name: id === '' ? 'somebody' : id,
    roleIds: roles.filter(isId),
    roleNames: roles.filter((role) => role !== '' && !isId(role)),
    administrator,
    atHome: true,
    ...(place === undefined ? {} : { channel: { id: place, name: place } }),
  };
}

function unreadable(text: string): CliError {
  return new CliError(
    EXIT.usage,
    'usage',
    `${text} is nobody.`,
    'Write user:<id>@<role>,<role>, key:<name>, schedule:<name>, webhook:<name> or operator.',
  );
}
