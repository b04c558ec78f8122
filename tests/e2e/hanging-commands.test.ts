import { mkdir, rename } from 'node:fs/promises';
import { afterEach, beforeEach, expect } from '@jest/globals';
import { has, isRoot, testWith } from '../executors/support/needs.js';
import { type HangingMount, hangingMount } from '../support/hanging-mount.js';
import { type Ended, Stage } from './stage.js';

const withFuse = testWith('bindfs for root', isRoot && has('bindfs'));

// Who waits for the share waits until the test's own timeout.
const PATIENCE = 240_000;

let at: Stage;
let mount: HangingMount | null = null;

beforeEach(async () => {
  at = await Stage.create();
  await at.files('src', { 'a.txt': 'one' });
  const lines = ['action: backup', 'backup_type: files', 'stack: s', `source: ${at.path('src')}`];
  await at.intent('copy', [...lines, `destination: ${at.path('dst')}`, 'compress: none', ''].join('\n'));
  await mkdir(at.path('disk'));
  await at.files('disk', {
    'policy.yaml': 'roles:\n  All: {discord_roles: "123456789012345678", rights: "*"}\n',
    'schedules.json': '{"schedules": [{"name": "yearly", "cron": "0 3 1 1 *", "intent": "copy"}]}',
    'ca.pem': 'no certificate',
  });
});
afterEach(async () => {
  await mount?.end();
  mount = null;
  await at.end();
});

/** What a command says, in one text. */
const said = ({ stdout, stderr }: Ended): string => `${stdout}\n${stderr}`;

withFuse(
  'commands that read intents, policy, schedules and certificates say which share does not answer',
  async () => {
    await rename(at.path('intents'), at.path('disk', 'intents'));
    await mkdir(at.path('intents'));
    const vm = [
      'action: backup',
      'backup_type: vm_proxmox',
      'stack: v',
      'vm_id: 101',
      'storage: backups',
      '',
    ];
    await at.intent('vm', vm.join('\n'));
    mount = await hangingMount(at.path('disk'), at.path('nas'));
    const away = {
      CHATOPS_INTENTS_DIR: at.path('nas', 'intents'),
      CHATOPS_POLICY_FILE: at.path('nas', 'policy.yaml'),
      CHATOPS_SCHEDULES_FILE: at.path('nas', 'schedules.json'),
    };
    const pve = {
      PVE_API_URL: 'https://127.0.0.1:1',
      PVE_API_TOKEN: 'u@pam!t=11111111-2222-3333-4444-555555555555',
      PVE_CA_FILE: at.path('nas', 'ca.pem'),
    };
    expect(await at.cli(['validate'], { env: away })).toMatchObject({ code: 0 });
    expect(said(await at.cli(['intents'], { env: away }))).toContain('copy');
    expect(await at.cli(['policy', 'check'], { env: away })).toMatchObject({ code: 0 });

    mount.hang();
    const [validated, listed, checked, file, planned] = await Promise.all([
      at.cli(['validate'], { env: away }),
      at.cli(['intents'], { env: away }),
      at.cli(['policy', 'check'], { env: away }),
      at.cli(['validate', at.path('nas', 'intents', 'copy.yaml')]),
      at.cli(['plan', 'vm'], { env: pve }),
    ]);
    for (const ended of [validated, listed, checked, file]) {
      expect(ended.code).toBe(1);
      expect(said(ended)).toContain('doesn’t answer');
      expect(said(ended)).toContain(at.path('nas'));
    }
    expect(said(validated)).toContain('schedules.json');
    expect(planned.code).toBe(3);
    expect(said(planned)).toContain(
      `${at.path('nas', 'ca.pem')} is on ${at.path('nas')}, which doesn’t answer`,
    );
  },
  PATIENCE,
);

withFuse(
  'a data directory on a share that does not answer ends each command and the start with that',
  async () => {
    mount = await hangingMount(at.path('disk'), at.path('nas'));
    const env = { CHATOPS_DATA_DIR: at.path('nas', 'data') };
    expect(await at.cli(['run', 'copy', '--yes'], { env })).toMatchObject({ code: 0 });
    mount.hang();
    const ended = await Promise.all(
      [['runs'], ['status'], ['plan', 'copy'], ['audit', 'verify'], ['start'], ['doctor']].map((args) =>
        at.cli(args, { env }),
      ),
    );
    for (const one of ended) {
      expect(one.code).toBe(1);
      expect(said(one)).toMatch(/doesn’t answer/);
      expect(said(one)).toContain(at.path('nas'));
    }
    mount.answer();
    expect(said(await at.cli(['runs'], { env }))).toContain('copy');
  },
  PATIENCE,
);
