import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { textOf } from '../../src/playground/driver/text.js';
import { ComposeStack } from '../support/compose-stack.js';
import { describeWithDocker, docker } from '../support/docker.js';
import { makeImage } from '../support/docker-images.js';
import { runIdIn, Stage } from './stage.js';

// Real containers start, stop and are watched for seconds each.
jest.setTimeout(180_000);

const PATIENT = { timeoutMs: 60_000 };
const POLICY = `roles:
  Viewer: {discord_roles: Viewer, rights: view, stacks: shop}
  Operator: {discord_roles: Operator, rights: run, stacks: shop}
`;

describeWithDocker('a service that the file has gained and that gets more of the host', () => {
  let stack: ComposeStack;
  let stage: Stage;
  beforeEach(async () => {
    stack = new ComposeStack('none');
    makeImage(`${stack.name}/app:1`, { version: '1' });
    stage = await Stage.create({
      env: { PATH: process.env.PATH ?? '', CHATOPS_POLICY_FILE: 'policy.yaml' },
    });
    await writeFile(stage.path('policy.yaml'), POLICY);
    await stage.intent(
      'rollout_shop',
      `action: rollout\nstack: shop\ncompose: ${stack.file}\nstable_for: 1s\ntimeout: 10s\n`,
    );
  });
  afterEach(async () => {
    stack.clean();
    expect(await stage.end()).toEqual([]);
  });

  test('is started only when somebody who may run it has typed the name', async () => {
    const a = { image: `${stack.name}/app:1`, pull_policy: 'never' };
    stack.write({ a });
    stack.up();
    const before = stack.ids('a');
    stack.write({ a, c: { ...a, volumes: ['/etc:/host-etc'] } });
    await stage.start();
    const [olga, victor] = [stage.discord.as('olga'), stage.discord.as('victor')];
    const shown = await olga.slash('rollout', { intent: 'rollout_shop' }).waitForMessage(/Confirm/, PATIENT);
    expect(textOf(shown)).toContain(
      '⚠ `c` gets more access to this host: adds bind `/etc` → `/host-etc` (read-write).',
    );
    expect(textOf(shown)).toMatch(/has to be typed first, because of what a warning says/);

    await victor.press(shown, 'Confirm').waitForMessage(/Only olga/, PATIENT);
    const type = async (text: string) => {
      const opened = olga.press(shown, 'Confirm');
      await opened.settled();
      expect(opened.modal()?.title).toBe('Rollout: see the warning');
      return olga.submitModal(opened, { text });
    };
    await (await type('rollout')).waitForMessage(/still open.*type `rollout_shop`/, PATIENT);
    expect(stack.running()).toEqual(['a-1']);

    await type('rollout_shop');
    const id = runIdIn(textOf(shown));
    await olga.waitForMessage(
      ({ content }) => content.includes(id) && content.includes('succeeded'),
      PATIENT,
    );
    expect(stack.running()).toEqual(['a-1', 'c-1']);
    expect(docker('inspect', '--format', '{{(index .Mounts 0).Source}}', stack.ids('c')[0] ?? '')).toBe(
      '/etc',
    );
    expect(stack.ids('a')).toEqual(before);
  });
});
