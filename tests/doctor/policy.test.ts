import { describe, expect, test } from '@jest/globals';
import { clinic, expectOnly, findingsOf } from './clinic.js';

const set = clinic();
const POLICY = ['roles:', '  viewers:', '    users: ["123456789012345678"]', '    rights: [view]'];

/** Writes a policy file, and examines everything. */
async function examined(...lines: readonly string[]) {
  await set.here.connect();
  set.here.env.CHATOPS_POLICY_FILE = set.here.write('policy.yaml', `${lines.join('\n')}\n`);
  await set.here.register(
    (await import('../../src/surfaces/discord/command-set.js')).wantedCommands(true, true),
  );
  return set.here.examine();
}

describe('the policy', () => {
  test('that is not set is said to be so', async () => {
    await set.here.connect();
    const { checks } = await set.here.examine();
    expect(checks.filter(({ area }) => area === 'policy')).toEqual([
      {
        id: 'policy.none',
        area: 'policy',
        state: 'ok',
        message: 'There is no policy: administrators of the server may do everything, nobody else anything.',
        remedy: null,
      },
    ]);
  });

  test('that is valid is fine', async () => {
    const diagnosis = await examined(...POLICY);
    expect(findingsOf(diagnosis)).toEqual([]);
    expect(diagnosis.checks.map(({ id }) => id)).toContain('policy.valid');
  });

  test('that can’t be read', async () => {
    const diagnosis = await examined(...POLICY, '    stack: [media]');
    expectOnly(diagnosis, 'problem', 'policy.file', /policy\.yaml:5:5 .*stack is not a field here/, /stacks/);
  });

  test('that names a stack which no intent has', async () => {
    const diagnosis = await examined(...POLICY, '    stacks: [medai]');
    expectOnly(diagnosis, 'warning', 'policy.unused', /medai/, /^Correct the name, or remove it\./);
  });
});
