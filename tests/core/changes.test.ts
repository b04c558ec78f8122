import { expect, test } from '@jest/globals';
import { phrase, plain } from '../../src/core/model/phrase.js';
import type { Effect, Json, PlanPart } from '../../src/core/model/plan.js';
import { notice } from '../../src/core/model/reasons.js';
import { changesBetween } from '../../src/core/planning/changes.js';

function part(targets: Json, effects: readonly Effect[] = [], more: Partial<PlanPart> = {}): PlanPart {
  const steps = [{ title: phrase`Copy it.`, commands: [] }];
  const about = { intent: 'photos', kind: 'files', action: 'backup', stack: 'media' } as const;
  return { ...about, steps, effects, touches: [], warnings: [], blockers: [], targets, data: null, ...more };
}

const write = (bytes: number): Effect => ({ kind: 'write', target: 'x', bytes, files: 1, estimate: false });
const deletes = (...paths: string[]): Effect => ({ kind: 'delete', target: 'x', paths });

test.each<[string, PlanPart, PlanPart, readonly string[]]>([
  [
    'a fact',
    part({ node: 'pve1', leavesOut: ['a'] }),
    part({ node: 'pve2', leavesOut: ['a', 'b'] }),
    ['Node: pve2 now, not pve1.', 'Leaves out: b is new.'],
  ],
  [
    'facts below others',
    part({ plan: { source: '/a' }, instances: { status: 'running' } }),
    part({ plan: { source: '/b' }, instances: { status: 'exited' } }),
    ['Source: /b now, not /a.', 'Status: exited now, not running.'],
  ],
  [
    'deletions',
    part({}, [deletes('a', 'b')]),
    part({}, [deletes('b', 'c', 'd')]),
    ['It would also delete c and 1 more path.', 'It would no longer delete a.'],
  ],
  [
    'effects',
    part({}, [{ kind: 'stop', target: 'web' }]),
    part({}, [{ kind: 'stop', target: 'db' }]),
    ['It would stop db.', 'It would no longer stop web.'],
  ],
  [
    'more work',
    part({}, [write(1000)]),
    part({}, [write(4096)]),
    ['There are 4.0 KiB to write now, not 1000 B.'],
  ],
  [
    'a blocker',
    part({ node: 'a' }),
    part({ node: 'b' }, [], { blockers: [notice('tool_missing', phrase`No tar.`)] }),
    ['No tar.'],
  ],
  [
    'only a title',
    part({}),
    part({}, [], { steps: [{ title: phrase`Move it.`, commands: [] }] }),
    ['Now: Move it.'],
  ],
  [
    'an edited intent',
    part({}, [], { fieldsHash: 'a' }),
    part({}, [], { fieldsHash: 'b' }),
    ['The intent photos was edited.'],
  ],
])('%s is told once', async (_, shown, now, expected) => {
  const said = await changesBetween({ executors: new Map() }, [shown], [now]);
  expect(said.map(plain)).toEqual(expected);
  expect(await changesBetween({ executors: new Map() }, [shown], [shown])).toEqual([]);
});

test('another number of steps is told, and of many changes the first', async () => {
  const deps = { executors: new Map() };
  expect((await changesBetween(deps, [part({})], [part({}), part({})])).map(plain)).toEqual([
    'It has 2 steps now, not 1.',
  ]);
  const facts = (value: string): Json =>
    Object.fromEntries('abcdefgh'.split('').map((name) => [name, value]));
  const said = await changesBetween(deps, [part(facts('1'))], [part(facts('2'))]);
  expect(said.map(plain).slice(5)).toEqual(['F: 2 now, not 1.', 'And 2 more changes.']);
});
