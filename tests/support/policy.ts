import type { Policy, Rules } from '../../src/core/model/policy.js';
import type { Actor } from '../../src/core/model/request.js';
import { readPolicy } from '../../src/core/policy/read-policy.js';

/** A policy from its YAML; fails the test when that has a problem. */
export function policyOf(yaml: string): Policy {
  const { policy, problems } = readPolicy(yaml, '/etc/chatops/policy.yaml');
  if (policy) return policy;
  throw new Error(problems.map(({ line, message, hint }) => `${line}: ${message} ${hint}`).join('\n'));
}

export function rulesFrom(yaml: string): Rules {
  return { kind: 'policy', policy: policyOf(yaml) };
}

/** A member of the bot's server, with roles by name, in a channel. */
export function member(name: string, roleNames: readonly string[] = [], more: Partial<Actor> = {}): Actor {
  return {
    kind: 'user',
    id: name,
    name,
    roleIds: [],
    roleNames,
    atHome: true,
    administrator: false,
    channel: { id: '300000000000000001', name: 'ops' },
    ...more,
  };
}
