import * as z from 'zod';
import {
  type ApiKey,
  EMPTY_POLICY,
  ENDPOINTS,
  type Endpoint,
  type Policy,
  RIGHTS,
  type Role,
} from '../model/policy.js';
import { sha256 } from '../text/canonical.js';
import type { PolicyProblem } from './read-policy.js';

const Lists = z.strictObject({
  endpoints: z.array(z.enum([...ENDPOINTS, '*'])).default([]),
  actions: z.array(z.string()).default([]),
  stacks: z.array(z.string()).default([]),
});
/** Not copied by zod, which leaves `__proto__` out: such a key must be told like any other mistake. */
const Keys = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
const Whole = z.strictObject({ keys: Keys });

/** These start intents; the others only look or reload. */
const RUNNING = ['run', 'orchestrate', 'schedules_run_now'] as const satisfies readonly Endpoint[];

export type ReadRbac =
  | { readonly policy: Policy; readonly problems: readonly [] }
  | { readonly policy: null; readonly problems: readonly PolicyProblem[] };

/** The short name of a key that has none: the beginning of its hash. The key itself can't be found from it. */
function shortName(key: string): string {
  return `key-${sha256(key).slice(0, 8)}`;
}

/**
 * Translates the older form, `{"keys": {"<key>": {"endpoints", "actions", "stacks"}}}`, into a policy. A list
 * that is left out gives nothing. Each key is told to `onSecret`, and no problem shows one.
 * @param source what people know it by: the file, or the variable
 */
export function readRbac(value: unknown, source: string, onSecret: (key: string) => void): ReadRbac {
  const problems: PolicyProblem[] = [];
  const tell = (field: string, message: string, hint: string): void =>
    void problems.push({ file: source, line: 1, column: 1, field, message, hint });
  const whole = Whole.safeParse(value);
  if (!whole.success) {
    tell('', 'It is not of the form {"keys": {…}}.', 'docs/policy.md shows the older form.');
    return { policy: null, problems };
  }
  const apiKeys: ApiKey[] = [];
  const roles: Role[] = [];
  for (const [key, lists] of Object.entries(whole.data.keys)) {
    onSecret(key);
    const name = shortName(key);
    const read = Lists.safeParse(lists);
    if (key.trim() === '') tell('keys', 'A key is empty.', 'Write the key itself, or remove the entry.');
    for (const { path } of read.success ? [] : read.error.issues) {
      const field = ['keys', name, ...path].join(' › ');
      const hint = `It has endpoints (${[...ENDPOINTS, '*'].join(', ')}), actions and stacks: lists of text.`;
      tell(field, `${field} can’t be used.`, hint);
    }
    if (!read.success) continue;
    apiKeys.push({ name, sha256: sha256(key), secret: null });
    roles.push(roleOf(name, source, read.data));
  }
  return problems.length > 0
    ? { policy: null, problems }
    : { policy: { ...EMPTY_POLICY, apiKeys, roles }, problems: [] };
}

function roleOf(name: string, source: string, lists: z.output<typeof Lists>): Role {
  const endpoints = ENDPOINTS.filter((one) => lists.endpoints.includes('*') || lists.endpoints.includes(one));
  const runs = RUNNING.some((one) => endpoints.includes(one));
  return {
    name,
    path: [source, 'keys', name],
    discordRoles: [],
    users: [],
    apiKeys: [name],
    schedules: [],
    webhooks: [],
    channels: null,
    rights: RIGHTS.filter((right) => (right === 'view' && endpoints.length > 0) || (right === 'run' && runs)),
    actions: lists.actions,
    stacks: lists.stacks,
    intents: ['*'],
    endpoints,
  };
}
