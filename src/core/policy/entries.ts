import type * as z from 'zod';
import {
  type ApiKey,
  type ConfirmRule,
  type Deny,
  ENDPOINTS,
  type Example,
  type Limits,
  RIGHTS,
  type Role,
  type Scope,
  type Times,
  type WebhookRule,
  type Who,
} from '../model/policy.js';
import {
  type API_KEY,
  type CONFIRM,
  DAYS,
  type DENY,
  type LIMITS,
  type ROLE,
  type TEST,
  type TIMES,
  type WEBHOOK,
} from './schema.js';

/** What an entry is made with besides its fields. */
export interface Place {
  readonly name: string;
  readonly path: readonly string[];
  readonly line: number;
  /** The file's own; UTC without one. */
  readonly timezone: string;
  /** Notes that the entry as a whole can't be used. */
  readonly fault: (message: string, hint: string) => void;
}

type Fields<Schema extends z.ZodType> = z.output<Schema>;

/** Fields that say whom a rule is about; none of them: nobody, or for a deny everybody. */
const WHO_FIELDS = ['discord_roles', 'users', 'api_keys', 'schedules', 'webhooks'] as const;

export function role(fields: Fields<typeof ROLE>, place: Place): Role {
  if (isNobody(fields)) {
    place.fault(
      'the role names nobody.',
      'Add a line such as discord_roles: Operator, or users, or api_keys.',
    );
  }
  return {
    name: place.name,
    path: place.path,
    ...who(fields, place),
    rights: all(fields.rights, RIGHTS),
    ...scope(fields),
    endpoints: all(fields.endpoints, ENDPOINTS),
  };
}

export function deny(fields: Fields<typeof DENY>, place: Place): Deny {
  return {
    name: place.name,
    path: place.path,
    everybody: isNobody(fields),
    ...who(fields, place),
    rights: all(fields.rights, RIGHTS),
    ...scope(fields),
    reason: fields.reason ?? null,
  };
}

export function times(fields: Fields<typeof TIMES>, place: Place): Times {
  const { from, to } = fields;
  const [firstDay, lastDay] = [fields.first_day ?? null, fields.last_day ?? null];
  if (from === to && from !== 0) {
    place.fault('from and to are the same.', 'Leave both out for the whole day, or change one.');
  }
  if (firstDay !== null && lastDay !== null && lastDay < firstDay) {
    place.fault('last_day is before first_day.', 'Change one of them.');
  }
  return {
    name: place.name,
    path: place.path,
    days: fields.days.map((day) => DAYS.indexOf(day)),
    from,
    to,
    firstDay,
    lastDay,
    timezone: fields.timezone ?? place.timezone,
    ...scope(fields),
    except: fields.except ?? [],
    reason: fields.reason ?? null,
  };
}

export function confirm(fields: Fields<typeof CONFIRM>, place: Place): ConfirmRule {
  if (fields.approver_role !== undefined && fields.confirm !== 'two_people') {
    place.fault('approver_role needs confirm: two_people.', 'Change confirm, or remove approver_role.');
  }
  return {
    name: place.name,
    path: place.path,
    ...scope(fields),
    confirm: fields.confirm,
    approverRole: fields.approver_role ?? null,
  };
}

/** Names of this form are given by ChatOps itself. */
const RESERVED = /^(key-[0-9a-f]{8}|CHATOPS_API_KEY)$/;

export function apiKey(fields: Fields<typeof API_KEY>, place: Place): ApiKey {
  const [sha256, secret] = [fields.sha256 ?? null, fields.secret ?? null];
  if ((sha256 === null) === (secret === null)) {
    place.fault('a key needs either sha256 or secret.', 'Write one of the two lines.');
  }
  if (RESERVED.test(place.name)) {
    place.fault('ChatOps itself uses this name.', 'Choose another one, such as ci.');
  }
  return { name: place.name, sha256, secret };
}

export function webhook(fields: Fields<typeof WEBHOOK>, { name, path }: Place): WebhookRule {
  const { provider = null, repositories, branches = [] } = fields;
  return { name, path, provider, repositories, branches };
}

export function limits(fields: Fields<typeof LIMITS>): Limits {
  return {
    perPerson: {
      runs: fields.per_person?.runs ?? null,
      perSeconds: fields.per_person?.perSeconds ?? null,
      atOnce: fields.per_person_at_once ?? null,
    },
    perIntent: {
      runs: fields.per_intent?.runs ?? null,
      perSeconds: fields.per_intent?.perSeconds ?? null,
      atOnce: fields.per_intent_at_once ?? null,
    },
    atOnce: fields.at_once ?? null,
  };
}

export function example(fields: Fields<typeof TEST>, { name, path, line, fault }: Place): Example {
  const { user, discord_roles: roles = [], channel = null, api_key: key, schedule, webhook } = fields;
  const isUser = user !== undefined || roles.length > 0 || channel !== null;
  const others = [
    { kind: 'api_key' as const, id: key },
    { kind: 'schedule' as const, id: schedule },
    { kind: 'webhook' as const, id: webhook },
  ].flatMap(({ kind, id }) => (id === undefined ? [] : [{ kind, id, roles: [], channel: null }]));
  const actors = [...others, ...(isUser ? [{ kind: 'user' as const, id: user ?? '', roles, channel }] : [])];
  const [actor = { kind: 'user' as const, id: '', roles: [], channel: null }] = actors;
  if (actors.length !== 1) {
    fault('a test is about one actor.', 'Write user or discord_roles, or api_key, or schedule, or webhook.');
  }
  if (fields.intent === undefined && fields.stack === undefined) {
    fault('a test needs an intent or a stack.', 'Add a line such as intent: backup_media.');
  }
  const subject = {
    intent: fields.intent ?? null,
    action: fields.action ?? null,
    stack: fields.stack ?? null,
  };
  return {
    name,
    path,
    line,
    actor,
    right: fields.right,
    subject,
    at: fields.at ?? null,
    expect: fields.expect,
  };
}

function isNobody(fields: { readonly [Field in (typeof WHO_FIELDS)[number]]?: unknown }): boolean {
  return WHO_FIELDS.every((field) => fields[field] === undefined);
}

function who(fields: Fields<typeof DENY> | Fields<typeof ROLE>, place: Place): Who {
  const others = ['api_keys', 'schedules', 'webhooks'] as const;
  const stray = others.find((field) => fields[field] !== undefined);
  if (fields.channels && stray) {
    place.fault(
      `channels and ${stray} don’t go together: only people in Discord have a channel.`,
      `Make two entries, one with channels and one with ${stray}.`,
    );
  }
  return {
    discordRoles: fields.discord_roles ?? [],
    users: fields.users ?? [],
    apiKeys: fields.api_keys ?? [],
    schedules: fields.schedules ?? [],
    webhooks: fields.webhooks ?? [],
    channels: fields.channels?.map((channel) => channel.replace(/^#/, '')) ?? null,
  };
}

function scope({ actions, stacks, intents }: Scope): Scope {
  return { actions, stacks, intents };
}

/** A list in which `*` stands for every word there is. */
function all<Word extends string>(words: readonly (Word | '*')[], every: readonly Word[]): readonly Word[] {
  return every.filter((word) => words.includes('*') || words.includes(word));
}
