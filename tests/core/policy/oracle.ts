import fc from 'fast-check';

/** A policy as the test itself understands it: no code of the product reads or judges this. */
export interface ModelPolicy {
  readonly grants: readonly { readonly who: Who; readonly run: boolean; readonly stacks: readonly Stack[] }[];
  readonly denies: readonly { readonly who: Who | 'everybody'; readonly stacks: readonly Stack[] }[];
  readonly frozen: readonly Stack[];
}

export const STACKS = ['media', 'db'] as const;
export type Stack = (typeof STACKS)[number];
export const ROLES = ['Red', 'Green', 'Blue'] as const;
export type RoleName = (typeof ROLES)[number];
/** A Discord role, or the API key. */
type Who = RoleName | 'ci';

const who = fc.constantFrom<Who>(...ROLES, 'ci');
/** Three of four grants let run something; the others only look. */
const run = fc.constantFrom(true, true, true, false);
const stacks = fc.subarray([...STACKS], { minLength: 1 });

/** Nothing in four of five cases. */
function rarely<T>(list: fc.Arbitrary<T[]>): fc.Arbitrary<T[]> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant<T[]>([]) }, { weight: 1, arbitrary: list });
}

export const modelPolicy: fc.Arbitrary<ModelPolicy> = fc.record({
  grants: fc.array(fc.record({ who, run, stacks }), { minLength: 2, maxLength: 6 }),
  denies: rarely(
    fc.array(fc.record({ who: fc.oneof(who, fc.constant('everybody' as const)), stacks }), {
      minLength: 1,
      maxLength: 2,
    }),
  ),
  frozen: rarely(stacks),
});

/** May somebody with these roles (or the key) run something of this stack? */
export function allows(policy: ModelPolicy, holds: readonly string[], stack: Stack): boolean {
  for (const deny of policy.denies) {
    const meant = deny.who === 'everybody' || holds.includes(deny.who);
    if (meant && deny.stacks.includes(stack)) return false;
  }
  if (policy.frozen.includes(stack)) return false;
  for (const grant of policy.grants) {
    if (grant.run && holds.includes(grant.who) && grant.stacks.includes(stack)) return true;
  }
  return false;
}

export function yamlOf({ grants, denies, frozen }: ModelPolicy): string {
  const whom = (one: Who | 'everybody'): string => {
    if (one === 'everybody') return '';
    return one === 'ci' ? 'api_keys: ci, ' : `discord_roles: ${one}, `;
  };
  const list = (words: readonly string[]): string => `[${words.join(', ')}]`;
  return [
    grants.length === 0 ? 'roles: {}' : 'roles:',
    ...grants.map(
      (grant, index) =>
        `  R${index}: {${whom(grant.who)}rights: ${grant.run ? 'run' : 'view'}, stacks: ${list(grant.stacks)}}`,
    ),
    ...(denies.length === 0 ? [] : ['deny:']),
    ...denies.map((deny, index) => `  D${index}: {${whom(deny.who)}stacks: ${list(deny.stacks)}}`),
    ...(frozen.length === 0 ? [] : ['freezes:', `  F: {stacks: ${list(frozen)}}`]),
    '',
  ].join('\n');
}
