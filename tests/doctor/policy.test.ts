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
        message:
          'There is no policy file: administrators of the Discord server and CHATOPS_API_KEY may do everything.',
        remedy: null,
      },
    ]);
  });

  test('that is not set, with the older form for API keys', async () => {
    await set.here.connect();
    set.here.env.CHATOPS_RBAC_JSON = '{"keys": {"a-key-that-is-long-enough": {"endpoints": ["run"]}}}';
    const { checks } = await set.here.examine();
    const [found] = checks.filter(({ area }) => area === 'policy');
    expect([found?.state, found?.message]).toEqual([
      'ok',
      'There is no policy file: administrators of the Discord server and CHATOPS_API_KEY may do everything, and other API keys what CHATOPS_RBAC_FILE or CHATOPS_RBAC_JSON gives them.',
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
