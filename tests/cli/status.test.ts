import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { localTime } from '../../src/cli/text.js';
import type { Observed } from '../../src/core/model/observation.js';
import { code, phrase } from '../../src/core/model/phrase.js';
import { notice } from '../../src/core/model/reasons.js';
import type { Executor } from '../../src/core/ports/executor.js';
import { Installation } from './harness.js';

let home: Installation;
let seen: Observed;
let planned: (number | null)[];

beforeEach(async () => {
  home = await Installation.create();
  seen = { things: [], notices: [] };
  planned = [];
  home.executors.push(scale() as unknown as Executor);
  await writeFile(join(home.intentsDir, 'web.yaml'), 'action: scale\nstack: media\nservice: web\n');
});
afterEach(() => home.remove());

function scale(): Executor<'scale'> {
  return {
    kind: 'scale',
    plan: async ({ replicas }) => {
      planned.push(replicas);
      const steps = [{ title: phrase`${code('web')}: 1 → ${replicas ?? 0} replicas.`, commands: [] }];
      const none = { effects: [], warnings: [], blockers: [], touches: [], data: null };
      return { ...none, steps, targets: replicas };
    },
    run: async () => ({
      state: 'succeeded',
      reason: 'done',
      summary: [phrase`web runs 3 replicas now.`],
      warnings: [],
    }),
    recover: async () => ({ summary: [] }),
    observe: async () => seen,
  };
}

describe('run -p replicas', () => {
  test('scales to that number; the history keeps it', async () => {
    const { exitCode, value } = await home.json(['run', 'web', '-p', 'replicas=3', '--yes']);
    expect(exitCode).toBe(0);
    expect(value).toMatchObject({ state: 'succeeded', action: 'scale', params: { replicas: 3 } });
    expect(planned).toEqual([3, 3]);
  });

  test.each([
    ['a word', ['-p', 'replicas=three'], 'replicas must be a whole number from 0 to 50, and "three" is not.'],
    ['a negative number', ['-p', 'replicas=-1'], 'and "-1" is not.'],
    ['far too many', ['-p', 'replicas=1000000000'], 'and "1000000000" is not.'],
    ['a fraction', ['-p', 'replicas=2.5'], 'and "2.5" is not.'],
    ['nothing', [], 'How many replicas of web is not said.'],
    ['another parameter', ['-p', 'copies=3'], 'web has no parameter copies.'],
  ])('%s is wrong usage: exit code 2, said with what would be right', async (_, params, message) => {
    for (const command of [['run', '--yes'], ['plan']]) {
      const { exitCode, err } = await home.run([...command, 'web', ...params]);
      expect(exitCode).toBe(2);
      expect(err).toContain(message);
    }
    const { value } = await home.json(['plan', 'web', ...params]);
    expect(value.error).toMatchObject({ code: 'params_invalid' });
    expect(planned).toEqual([]);
  });
});

describe('status', () => {
  test('what runs, what can’t be seen, and the last runs', async () => {
    seen = {
      things: [
        {
          key: 'container:1',
          name: 'web-1',
          state: 'running',
          healthy: true,
          detail: phrase`${code('nginx:1')}`,
          since: '2026-11-20T10:00:00.000Z',
        },
        {
          key: 'container:2',
          name: '\u001b[31mweb-2\n',
          state: 'stopped',
          healthy: null,
          detail: [],
          since: '2026-11-20T10:00:00.000Z',
        },
        { key: 'container:3', name: 'web-3', state: 'absent', healthy: null, detail: [] },
      ],
      notices: [notice('docker_unreachable', phrase`Docker does not answer.`, phrase`Start it.`)],
    };
    const run = await home.json(['run', 'web', '-p', 'replicas=3', '--yes']);
    const { exitCode, out } = await home.run(['status']);
    expect(exitCode).toBe(0);
    const at = localTime('2026-11-20T10:00:00.000Z');
    expect(out.split('\n')).toEqual([
      '❌ media: 1 of 3 running, 1 not there, 1 stopped',
      '  ❓ web-3 not there',
      `  ⏹ web-2\\u000a stopped since ${at}`,
      `  ✅ web-1 healthy, up since ${at}: nginx:1`,
      '  ⚠ Docker does not answer. Start it.',
      '  Last runs:',
      `  ✅ Scale succeeded: web ${run.value.id}, ${localTime(home.now.toISOString())}, ada`,
      '',
    ]);
  });

  test('--json is one array of stacks', async () => {
    const thing = { key: 'container:1', name: 'web-1', state: 'running', healthy: false } as const;
    seen = { things: [{ ...thing, detail: phrase`${code('nginx:1')}` }], notices: [] };
    const { exitCode, value } = await home.json(['status']);
    expect(exitCode).toBe(0);
    expect(value).toEqual([
      {
        stack: 'media',
        things: [{ ...thing, detail: 'nginx:1', since: null }],
        notices: [],
        runs: [],
        lock: null,
        amiss: true,
      },
    ]);
  });

  test('stacks without anything that keeps running, and no stacks at all', async () => {
    expect((await home.run(['status'])).out).toBe('media\n  No runs yet.\n');
    await home.remove();
    home = await Installation.create();
    await writeFile(join(home.intentsDir, 'photos.yaml'), 'action: none\n');
    expect((await home.run(['status'])).out).toContain('There are no stacks yet');
  });
});
