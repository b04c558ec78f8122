import type { Deny, Role, Rules } from '../core/model/policy.js';
import type { Actor } from '../core/model/request.js';
import type { Explanation } from '../core/policy/explanation.js';
import { clean, type Style, sentence, table } from './text.js';

const CONFIRM = {
  never: 'Nobody has to confirm it.',
  person: 'A person has to confirm it, whoever asks.',
  two_people: 'A second person has to approve it.',
} as const;

/** What somebody may do with an intent, right by right. */
export function explanationLines(
  { intent, roles, rights, confirm }: Explanation,
  actor: Actor,
  style: Style,
): string[] {
  const names = roles.map(clean).join(', ');
  const held =
    roles.length === 0 ? 'no role of the policy' : `${roles.length === 1 ? 'role' : 'roles'} ${names}`;
  return [
    `${style.bold(clean(intent))} · ${clean(actor.name)}${actor.kind === 'operator' ? '' : `, ${held}`}`,
    ...rights.flatMap(({ right, allowed, because, remedy }) => [
      `${allowed ? style.green('✓') : style.red('✗')} ${right.padEnd(8)}${sentence(because, style)}`,
      ...(remedy ? [`           ${sentence(remedy, style)}`] : []),
    ]),
    ...(confirm ? [`${CONFIRM[confirm.confirm]} ${clean(confirm.path.join(' › '))}`] : []),
  ];
}

/** The roles and what they may; the rules that forbid. */
export function roleLines(rules: Rules, style: Style): string[] {
  if (rules.kind === 'closed') return [];
  const policy = rules.kind === 'policy' ? rules.policy : rules.keys;
  const lead =
    rules.kind === 'policy'
      ? []
      : [
          'There is no policy file. Administrators of the Discord server and CHATOPS_API_KEY may do everything.',
        ];
  if (policy === null) return lead;
  const rows = [
    ...policy.roles.map((role) => ['may', ...cells(role)]),
    ...policy.deny.map((rule) => ['may not', ...cells(rule)]),
  ];
  const [head = '', ...lines] = table([['', 'RULE', 'WHO', 'RIGHTS', 'ON'], ...rows]);
  return [...lead, style.dim(head), ...lines];
}

function cells(rule: Role | Deny): string[] {
  const { discordRoles, users, apiKeys, schedules, webhooks, channels } = rule;
  const who = [
    ...discordRoles.map((role) => `role ${role}`),
    ...users.map((id) => `user ${id}`),
    ...apiKeys.map((name) => `key ${name}`),
    ...schedules.map((name) => `schedule ${name}`),
    ...webhooks.map((name) => `webhook ${name}`),
  ];
  const where = channels === null ? '' : ` in ${channels.join(', ')}`;
  const on = (['actions', 'stacks', 'intents'] as const)
    .filter((field) => !rule[field].includes('*'))
    .map((field) => `${field} ${rule[field].join(', ')}`);
  const whom = who.length === 0 ? 'everybody' : who.join(', ');
  return [rule.name, `${whom}${where}`, rule.rights.join(', '), on.join('; ') || 'everything'].map(clean);
}
