import {
  type Deny,
  ENVIRONMENT_KEY,
  type Endpoint,
  type Policy,
  type Right,
  type Role,
  type Rules,
  type Scope,
  type Subject,
  type Times,
  type Who,
} from '../model/policy.js';
/**
 * Who may do what: the whole judgement, as pure functions. Nothing here reads a file, a clock or a network.
 *
 * 1. The local operator may everything: whoever can start the command has this machine's rights already.
 * 2. Without a policy: administrators of the bot's own server, and what the operator let in by the environment.
 * 3. With a policy that can't be read: nobody else.
 * 4. With a policy: a `deny` that fits refuses, whatever else is said. Else one role that gives the right for
 *    this subject, here, is enough. Else it is refused.
 * 5. Running and approving are held back besides by freezes that are on, and by windows that are all shut.
 */
import type { Actor } from '../model/request.js';
import { isId } from '../text/discord-id.js';
import { fits } from '../text/wildcard.js';
import { isWithin } from './calendar.js';

export type Judgement =
  | { readonly allowed: true; readonly by: Role | 'operator' | 'no_policy' }
  | { readonly allowed: false; readonly why: Why; readonly subject: Subject };

/** Why something is refused. */
export type Why =
  | { readonly kind: 'administrators_only' }
  | { readonly kind: 'closed'; readonly file: string }
  | { readonly kind: 'denied'; readonly rule: Deny }
  | { readonly kind: 'not_granted' }
  /** Refused at this time only; `times` is the freeze that is on, or the first window that is shut. */
  | { readonly kind: 'time'; readonly times: Times; readonly freeze: boolean };

/** @param now null: freezes and windows don't count */
export function judge(
  rules: Rules,
  actor: Actor,
  right: Right,
  subject: Subject,
  now: Date | null,
): Judgement {
  if (actor.kind === 'operator') return { allowed: true, by: 'operator' };
  if (rules.kind === 'closed') return refused({ kind: 'closed', file: rules.file }, subject);
  if (rules.kind === 'policy') return judgeByPolicy(rules.policy, actor, right, subject, now);
  if (actor.kind === 'api_key' && rules.keys && actor.id !== ENVIRONMENT_KEY) {
    return judgeByPolicy(rules.keys, actor, right, subject, now);
  }
  // API keys, schedules and webhooks: the operator set the key, the file or the secret that lets them in.
  if (actor.kind !== 'user' || actor.administrator === true) return { allowed: true, by: 'no_policy' };
  return refused({ kind: 'administrators_only' }, subject);
}

/** May the actor do this with every one of these? The first refusal counts. */
export function judgeAll(
  rules: Rules,
  actor: Actor,
  right: Right,
  [first, ...others]: readonly [Subject, ...Subject[]],
  now: Date | null,
): Judgement {
  return others.reduce(
    (so, subject) => (so.allowed ? judge(rules, actor, right, subject, now) : so),
    judge(rules, actor, right, first, now),
  );
}

function refused(why: Why, subject: Subject): Judgement {
  return { allowed: false, why, subject };
}

function judgeByPolicy(
  policy: Policy,
  actor: Actor,
  right: Right,
  subject: Subject,
  now: Date | null,
): Judgement {
  const deny = policy.deny.find(
    (rule) =>
      forbids(rule, actor) &&
      // Who may not even see something may do nothing with it.
      (rule.rights.includes(right) || rule.rights.includes('view')) &&
      covers(rule, subject),
  );
  if (deny) return refused({ kind: 'denied', rule: deny }, subject);
  const held = rolesOf(policy, actor);
  const role = held.find((one) => gives(one, right) && covers(one, subject));
  if (!role) return refused({ kind: 'not_granted' }, subject);
  if (now !== null && (right === 'run' || right === 'approve')) {
    const why = heldBack(policy, held, subject, now);
    if (why) return refused(why, subject);
  }
  return { allowed: true, by: role };
}

/** In doubt yes: also in a channel that Discord did not tell of. */
function forbids(rule: Deny, actor: Actor): boolean {
  const unplaced = actor.kind === 'user' && actor.channel === undefined;
  const there = unplaced ? { ...rule, channels: null } : rule;
  return rule.everybody ? isThere(there, actor) : isAbout(there, actor);
}

/** The roles of the policy that count for this actor, where they speak now. */
export function rolesOf(policy: Policy, actor: Actor): readonly Role[] {
  return policy.roles.filter((role) => isAbout(role, actor));
}

/** Each right includes `view`. */
export function gives(role: Role, right: Right): boolean {
  return role.rights.includes(right) || (right === 'view' && role.rights.length > 0);
}

/** What is not known fits only where there is no limit. */
export function covers(scope: Scope, { action, stack, intent }: Subject): boolean {
  return holds(scope.actions, action) && holds(scope.stacks, stack) && holds(scope.intents, intent);
}

function holds(patterns: readonly string[], value: string | null): boolean {
  return patterns.some((pattern) => pattern === '*' || (value !== null && fits(pattern, value)));
}

/** Is the rule about this actor? A Discord user counts only in the server that the bot serves. */
export function isAbout(who: Who, actor: Actor): boolean {
  switch (actor.kind) {
    case 'operator':
      return false;
    case 'api_key':
      return holds(who.apiKeys, actor.id);
    case 'schedule':
      return holds(who.schedules, actor.id);
    case 'webhook':
      return holds(who.webhooks, actor.id);
    case 'user':
      return (
        isThere(who, actor) &&
        actor.atHome === true &&
        (who.users.includes(actor.id) || who.discordRoles.some((role) => hasRole(actor, role)))
      );
  }
}

function isThere({ channels }: Who, { channel }: Actor): boolean {
  if (channels === null) return true;
  return channel !== undefined && channels.some((one) => one === (isId(one) ? channel.id : channel.name));
}

/** Has this Discord user the role? By id, or by the exact name that it has now. */
export function hasRole({ roleIds = [], roleNames = [] }: Actor, role: string): boolean {
  if (role === '@everyone') return true;
  return isId(role) ? roleIds.includes(role) : roleNames.includes(role);
}

function heldBack(policy: Policy, held: readonly Role[], subject: Subject, now: Date): Why | null {
  const binds = (times: Times): boolean =>
    covers(times, subject) && !held.some(({ name }) => times.except.includes(name));
  const freeze = policy.freezes.filter(binds).find((times) => isWithin(times, now));
  if (freeze) return { kind: 'time', times: freeze, freeze: true };
  const windows = policy.windows.filter(binds);
  const [shut] = windows;
  if (!shut || windows.some((times) => isWithin(times, now))) return null;
  return { kind: 'time', times: shut, freeze: false };
}

/** May this API key call that at all? What it then runs or sees is judged like everything else. */
export function judgeEndpoint(rules: Rules, actor: Actor, endpoint: Endpoint): boolean {
  if (actor.kind === 'operator') return true;
  if (actor.kind !== 'api_key' || rules.kind === 'closed') return false;
  const policy = rules.kind === 'policy' ? rules.policy : rules.keys;
  if (rules.kind === 'open' && (policy === null || actor.id === ENVIRONMENT_KEY)) return true;
  return policy !== null && rolesOf(policy, actor).some((role) => role.endpoints.includes(endpoint));
}

/** Has this actor any right at all? Who has none learns nothing, not even which names there are. */
export function mayAnything(rules: Rules, actor: Actor): boolean {
  if (actor.kind === 'operator') return true;
  if (rules.kind === 'closed') return false;
  const policy = rules.kind === 'policy' ? rules.policy : rules.keys;
  const open = rules.kind === 'open' && (actor.kind !== 'api_key' || actor.id === ENVIRONMENT_KEY);
  if (open || policy === null) return actor.kind !== 'user' || actor.administrator === true;
  return rolesOf(policy, actor).some(({ rights }) => rights.length > 0);
}
