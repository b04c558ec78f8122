import { cpSync, mkdirSync } from 'node:fs';
import { expect } from '@jest/globals';
import { has, isRoot, testWith } from '../executors/support/needs.js';
import { hangingMount } from '../support/hanging-mount.js';
import { clinic, findingsOf } from './clinic.js';

const set = clinic();
const withFuse = testWith('bindfs for root', isRoot && has('bindfs'));

withFuse(
  'intents, policy and data on a share that doesn’t answer: each is told with the mount, and nobody waits',
  async () => {
    const { here } = set;
    await here.connect();
    here.write('disk/policy.yaml', 'roles:\n  All: {discord_roles: Admin, rights: "*"}\n');
    cpSync(here.path('intents'), here.path('disk', 'intents'), { recursive: true });
    mkdirSync(here.path('disk', 'data'), { mode: 0o700 });
    const nas = here.path('nas');
    const mount = await hangingMount(here.path('disk'), nas);
    try {
      here.env.CHATOPS_INTENTS_DIR = here.path('nas', 'intents');
      here.env.CHATOPS_DATA_DIR = here.path('nas', 'data');
      here.env.CHATOPS_POLICY_FILE = here.path('nas', 'policy.yaml');
      expect(findingsOf(await here.examine()).filter(({ message }) => message.includes('answer'))).toEqual(
        [],
      );
      mount.hang();
      const began = performance.now();
      const found = findingsOf(await here.examine());
      expect(performance.now() - began).toBeLessThan(30_000);
      const told = found.map(({ message, remedy }) => `${message} ${remedy}`);
      expect(told).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/The intents folder \S+ doesn’t answer\. Check the mount \S+\/nas /),
          expect.stringMatching(/The data directory \S+ can’t be looked at: \S+\/nas doesn’t answer\./),
          expect.stringMatching(/policy\.yaml.*The file is on \S+\/nas, which doesn’t answer\./),
        ]),
      );
    } finally {
      await mount.end();
    }
  },
  60_000,
);
