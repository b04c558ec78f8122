import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { scanFolder } from '../../src/core/intent/folder-scan.js';
import { createMountTable } from '../../src/hosts/mounts.js';
import { createReads } from '../../src/hosts/reads.js';
import { createUncertainFiles } from '../../src/hosts/uncertain-files.js';
import { has, isRoot, testWith } from '../executors/support/needs.js';
import { hangingMount } from '../support/hanging-mount.js';

const withFuse = testWith('bindfs for root', isRoot && has('bindfs'));
const QUICK = { facts: 700, linkFacts: 700, names: 700, truePath: 700, text: 700 };

withFuse(
  'a link to a mount that doesn’t answer is one broken file, a folder on it is none',
  async () => {
    const home = mkdtempSync(join(tmpdir(), 'chatops-test-'));
    const at = (...names: string[]): string => join(home, ...names);
    for (const folder of ['disk', 'intents']) mkdirSync(at(folder));
    writeFileSync(at('disk', 'far.yaml'), 'far');
    writeFileSync(at('intents', 'near.yaml'), 'near');
    symlinkSync(at('nas', 'far.yaml'), at('intents', 'far.yaml'));
    const mount = await hangingMount(at('disk'), at('nas'));
    try {
      const table = createMountTable();
      const reads = createReads(table, createUncertainFiles(table.has, QUICK));
      expect([
        table.uncertainNow(at('intents', 'far.yaml'))?.point,
        table.uncertainNow(at('intents')),
      ]).toEqual([at('nas'), null]);
      const far = scanFolder(at('nas'), reads);
      expect(await far.scan(false)).toMatchObject({ ok: true, files: [{ text: 'far' }] });
      mount.hang();
      expect(await scanFolder(at('intents'), reads).scan(false)).toMatchObject({
        ok: true,
        files: [
          // The kernel may still know where the link leads.
          { text: null, problem: { message: expect.stringMatching(/doesn’t answer|leads out/) } },
          { text: 'near' },
        ],
      });
      expect(await far.scan(false)).toMatchObject({
        ok: false,
        problem: { hint: `Check the mount ${at('nas')} that it is on.` },
      });
      expect(await reads.text(at('nas', 'far.yaml'), 10)).toMatchObject({ ok: false, why: 'unanswered' });
    } finally {
      await mount.end();
      rmSync(home, { recursive: true });
    }
  },
  30_000,
);
