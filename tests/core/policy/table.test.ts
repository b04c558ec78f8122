import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Right } from '../../../src/core/model/policy.js';
import type { Action, Actor, Source } from '../../../src/core/model/request.js';
import { member, rulesFrom } from '../../support/policy.js';
import { Installation, intentNamed, type Process, request } from '../harness.js';

const POLICY = `
roles:
  Viewer:
    discord_roles: Viewer
    rights: view
  Operator:
    discord_roles: ["400000000000000001"]
    rights: [run, stop]
    actions: [backup, rollout]
    stacks: ["media*"]
  Admin:
    discord_roles: Admin
    users: ["100000000000000007"]
    rights: "*"
  Media lock:
    discord_roles: Keeper
    rights: lock
    stacks: media
  Only in ops:
    discord_roles: Night
    channels: [ops]
    rights: run
    intents: "*_db"
  Approvers:
    discord_roles: Approver
    rights: approve
    actions: rollout
  CI:
    api_keys: ci
    rights: run
    actions: rollout
  Nightly:
    schedules: "nightly-*"
    rights: run
    actions: backup
  Hooks:
    webhooks: github
    rights: run
    stacks: media
deny:
  Contractors stay out of databases:
    discord_roles: Contractor
    stacks: db
  Nobody scales databases:
    rights: run
    actions: scale
    stacks: db
`;

const ADMIN_ID = '100000000000000007';
const OPERATOR_ROLE = { roleIds: ['400000000000000001'], roleNames: ['Ops'] };
const GENERAL = { channel: { id: '300000000000000002', name: 'general' } };

/** Who asks, through which entrance. */
const ACTORS: Readonly<Record<string, readonly [Actor, Source]>> = {
  viewer: [member('vic', ['Viewer']), 'discord'],
  operator: [member('olga', [], OPERATOR_ROLE), 'discord'],
  both: [member('bo', ['Ops', 'Viewer'], { ...OPERATOR_ROLE, roleNames: ['Ops', 'Viewer'] }), 'discord'],
  admin: [member('ann', ['Admin']), 'discord'],
  admin_by_id: [member('nan', [], { id: ADMIN_ID }), 'discord'],
  contractor: [member('con', ['Admin', 'Contractor']), 'discord'],
  keeper: [member('kim', ['Keeper']), 'discord'],
  night_in_ops: [member('nik', ['Night']), 'discord'],
  night_elsewhere: [member('nik', ['Night'], GENERAL), 'discord'],
  approver: [member('app', ['Approver']), 'discord'],
  nobody: [member('nob', ['Other']), 'discord'],
  server_admin: [member('sue', [], { administrator: true }), 'discord'],
  named_like_id: [member('eve', ['400000000000000001']), 'discord'],
  wrong_case: [member('low', ['admin', 'viewer']), 'discord'],
  from_elsewhere: [member('far', ['Admin'], { id: ADMIN_ID, atHome: false }), 'discord'],
  ci: [{ kind: 'api_key', id: 'ci', name: 'ci' }, 'http'],
  other_key: [{ kind: 'api_key', id: 'other', name: 'other' }, 'http'],
  key_like_role: [{ kind: 'api_key', id: 'Admin', name: 'Admin' }, 'http'],
  env_key: [{ kind: 'api_key', id: 'CHATOPS_API_KEY', name: 'CHATOPS_API_KEY' }, 'http'],
  nightly: [{ kind: 'schedule', id: 'nightly-media', name: 'nightly-media' }, 'schedule'],
  daily: [{ kind: 'schedule', id: 'daily', name: 'daily' }, 'schedule'],
  github: [{ kind: 'webhook', id: 'github', name: 'github' }, 'webhook'],
  gitlab: [{ kind: 'webhook', id: 'gitlab', name: 'gitlab' }, 'webhook'],
  local: [{ kind: 'operator', id: 'root', name: 'root' }, 'cli'],
};

const COLUMNS: readonly (readonly [Action, string])[] = [
  ['backup', 'media'],
  ['backup', 'media-test'],
  ['backup', 'db'],
  ['rollout', 'media'],
  ['rollout', 'db'],
  ['scale', 'media'],
  ['scale', 'db'],
];

/**
 * Written by hand from the rules above: + allowed, - refused. The columns are, in order: backup of media,
 * media-test and db; rollout of media and db; scale of media and db.
 */
const EXPECTED: Readonly<Record<Right, string>> = {
  run: `
    viewer           - - -  - -  - -
    operator         + + -  + -  - -
    both             + + -  + -  - -
    admin            + + +  + +  + -
    admin_by_id      + + +  + +  + -
    contractor       + + -  + -  + -
    keeper           - - -  - -  - -
    night_in_ops     - - +  - +  - -
    night_elsewhere  - - -  - -  - -
    approver         - - -  - -  - -
    nobody           - - -  - -  - -
    server_admin     - - -  - -  - -
    named_like_id    - - -  - -  - -
    wrong_case       - - -  - -  - -
    from_elsewhere   - - -  - -  - -
    ci               - - -  + +  - -
    other_key        - - -  - -  - -
    key_like_role    - - -  - -  - -
    env_key          - - -  - -  - -
    nightly          + + +  - -  - -
    daily            - - -  - -  - -
    github           + - -  + -  + -
    gitlab           - - -  - -  - -
    local            + + +  + +  + +`,
  view: `
    viewer           + + +  + +  + +
    operator         + + -  + -  - -
    both             + + +  + +  + +
    admin            + + +  + +  + +
    admin_by_id      + + +  + +  + +
    contractor       + + -  + -  + -
    keeper           + - -  + -  + -
    night_in_ops     - - +  - +  - +
    night_elsewhere  - - -  - -  - -
    approver         - - -  + +  - -
    nobody           - - -  - -  - -
    server_admin     - - -  - -  - -
    named_like_id    - - -  - -  - -
    wrong_case       - - -  - -  - -
    from_elsewhere   - - -  - -  - -
    ci               - - -  + +  - -
    other_key        - - -  - -  - -
    key_like_role    - - -  - -  - -
    env_key          - - -  - -  - -
    nightly          + + +  - -  - -
    daily            - - -  - -  - -
    github           + - -  + -  + -
    gitlab           - - -  - -  - -
    local            + + +  + +  + +`,
  stop: `
    viewer           - - -  - -  - -
    operator         + + -  + -  - -
    both             + + -  + -  - -
    admin            + + +  + +  + +
    admin_by_id      + + +  + +  + +
    contractor       + + -  + -  + -
    keeper           - - -  - -  - -
    night_in_ops     - - -  - -  - -
    night_elsewhere  - - -  - -  - -
    approver         - - -  - -  - -
    nobody           - - -  - -  - -
    server_admin     - - -  - -  - -
    named_like_id    - - -  - -  - -
    wrong_case       - - -  - -  - -
    from_elsewhere   - - -  - -  - -
    ci               - - -  - -  - -
    other_key        - - -  - -  - -
    key_like_role    - - -  - -  - -
    env_key          - - -  - -  - -
    nightly          - - -  - -  - -
    daily            - - -  - -  - -
    github           - - -  - -  - -
    gitlab           - - -  - -  - -
    local            + + +  + +  + +`,
  approve: `
    viewer           - - -  - -  - -
    operator         - - -  - -  - -
    both             - - -  - -  - -
    admin            + + +  + +  + +
    admin_by_id      + + +  + +  + +
    contractor       + + -  + -  + -
    keeper           - - -  - -  - -
    night_in_ops     - - -  - -  - -
    night_elsewhere  - - -  - -  - -
    approver         - - -  + +  - -
    nobody           - - -  - -  - -
    server_admin     - - -  - -  - -
    named_like_id    - - -  - -  - -
    wrong_case       - - -  - -  - -
    from_elsewhere   - - -  - -  - -
    ci               - - -  - -  - -
    other_key        - - -  - -  - -
    key_like_role    - - -  - -  - -
    env_key          - - -  - -  - -
    nightly          - - -  - -  - -
    daily            - - -  - -  - -
    github           - - -  - -  - -
    gitlab           - - -  - -  - -
    local            + + +  + +  + +`,
  lock: `
    viewer           - - -  - -  - -
    operator         - - -  - -  - -
    both             - - -  - -  - -
    admin            + + +  + +  + +
    admin_by_id      + + +  + +  + +
    contractor       + + -  + -  + -
    keeper           + - -  + -  + -
    night_in_ops     - - -  - -  - -
    night_elsewhere  - - -  - -  - -
    approver         - - -  - -  - -
    nobody           - - -  - -  - -
    server_admin     - - -  - -  - -
    named_like_id    - - -  - -  - -
    wrong_case       - - -  - -  - -
    from_elsewhere   - - -  - -  - -
    ci               - - -  - -  - -
    other_key        - - -  - -  - -
    key_like_role    - - -  - -  - -
    env_key          - - -  - -  - -
    nightly          - - -  - -  - -
    daily            - - -  - -  - -
    github           - - -  - -  - -
    gitlab           - - -  - -  - -
    local            + + +  + +  + +`,
};

interface Row {
  readonly right: Right;
  readonly who: string;
  readonly action: Action;
  readonly stack: string;
  readonly allowed: boolean;
}

const ROWS: readonly Row[] = (Object.keys(EXPECTED) as Right[]).flatMap((right) =>
  EXPECTED[right]
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [who = '', ...cells] = line.trim().split(/\s+/);
      return cells.map((cell, index) => {
        const [action, stack] = COLUMNS[index] ?? ['backup', ''];
        return { right, who, action, stack, allowed: cell === '+' };
      });
    }),
);

function nameOf({ action, stack }: Pick<Row, 'action' | 'stack'>): string {
  return `${action}_${stack}`;
}

let installation: Installation;
let bot: Process;

beforeAll(async () => {
  installation = await Installation.create();
  installation.intents.length = 0;
  for (const [action, stack] of COLUMNS) {
    const [step] = intentNamed('any').steps;
    if (!step) throw new Error('no step');
    const steps = [{ ...step, action, stack }];
    installation.intents.push(intentNamed(nameOf({ action, stack }), { action, stack, steps }));
  }
  installation.rules = rulesFrom(POLICY);
  bot = await installation.start();
});

afterAll(() => installation.end());

test('the table is complete: every actor with every subject for every right', () => {
  expect(ROWS).toHaveLength(Object.keys(ACTORS).length * COLUMNS.length * 5);
  expect(new Set(ROWS.map(({ who }) => who))).toEqual(new Set(Object.keys(ACTORS)));
});

describe.each(Object.keys(ACTORS))('%s', (name) => {
  const [actor, source] = ACTORS[name] ?? [member('x'), 'discord'];
  const own = ROWS.filter(({ who }) => who === name);

  test.each(own)('$right of $action on $stack: $allowed', ({ right, action, stack, allowed }) => {
    const denied = bot.pipeline.check(actor, right, { intent: nameOf({ action, stack }), action, stack });
    expect(denied === null).toBe(allowed);
  });

  test('asking for a run is admitted exactly where running is allowed, by the entrance itself', async () => {
    const admitted: string[] = [];
    for (const { action, stack } of own.filter(({ right }) => right === 'run')) {
      const admission = await bot.pipeline.admit(request(nameOf({ action, stack }), { actor, source }));
      if (admission.ok) admitted.push(nameOf({ action, stack }));
      else expect(admission.notice.code).toBe('not_allowed');
    }
    const wanted = own.filter(({ right, allowed }) => right === 'run' && allowed).map(nameOf);
    expect(admitted).toEqual(wanted);
    expect(bot.pipeline.visible(actor).map((intent) => intent.name)).toEqual(wanted);
  });

  test('sees exactly what it may see', () => {
    const seen = bot.pipeline.viewable(actor).map((intent) => intent.name);
    expect(seen).toEqual(own.filter(({ right, allowed }) => right === 'view' && allowed).map(nameOf));
  });
});
