import { describe, expect, test } from '@jest/globals';
import { phrase } from '../../src/core/model/phrase.js';
import type { Plan, PlanPart } from '../../src/core/model/plan.js';
import { compareStep } from '../../src/core/planning/compare-step.js';
import { fingerprintOf, isSamePlan } from '../../src/core/planning/fingerprint.js';
import { overlaps } from '../../src/core/ports/leases.js';
import { canonicalJson } from '../../src/core/text/canonical.js';

const part: PlanPart = {
  intent: 'photos',
  kind: 'files',
  action: 'backup',
  stack: 'media',
  steps: [{ title: phrase`Copy`, commands: [['tar', '-c', { secret: 'KEY' }]] }],
  effects: [
    { kind: 'write', target: '/b/x.tar.gz', bytes: 1000, files: 3, estimate: false },
    { kind: 'delete', target: '/b', paths: ['/b/old.tar.gz'] },
  ],
  touches: ['path:/b'],
  warnings: [],
  blockers: [],
  targets: { container: 'abc' },
  data: { anything: 1 },
};

function planOf(parts: readonly PlanPart[]): Plan {
  return {
    intent: 'photos',
    action: 'backup',
    stack: 'media',
    plannedAt: '2026-01-01T00:00:00.000Z',
    parts,
    touches: [],
    fingerprint: fingerprintOf(parts),
  };
}

function withBytes(bytes: number): PlanPart {
  return {
    ...part,
    effects: [
      { kind: 'write', target: '/b/x.tar.gz', bytes, files: 3, estimate: false },
      ...part.effects.slice(1),
    ],
  };
}

test('the fingerprint leaves out how large a deletion is, and of how many', () => {
  const sized = part.effects.map((effect) =>
    effect.kind === 'delete' ? { ...effect, bytes: 9, of: 7 } : effect,
  );
  expect(fingerprintOf([{ ...part, effects: sized }])).toBe(fingerprintOf([part]));
});

describe('the fingerprint covers what was agreed to', () => {
  test.each<[string, Partial<PlanPart>]>([
    ['another argument', { steps: [{ title: phrase`Copy`, commands: [['tar', '-x', { secret: 'KEY' }]] }] }],
    ['another secret', { steps: [{ title: phrase`Copy`, commands: [['tar', '-c', { secret: 'OTHER' }]] }] }],
    ['another deletion', { effects: [{ kind: 'delete', target: '/b', paths: ['/b/other.tar.gz'] }] }],
    ['one deletion more', { effects: [{ kind: 'delete', target: '/b', paths: ['/b/old.tar.gz', '/b/x'] }] }],
    ['a container stopped', { effects: [...part.effects, { kind: 'stop', target: 'plex' }] }],
    ['another target', { targets: { container: 'abd' } }],
    ['another lease', { touches: ['path:/c'] }],
    ['another intent', { intent: 'photos2' }],
  ])('%s changes it', (_, change) => {
    expect(fingerprintOf([{ ...part, ...change }])).not.toBe(fingerprintOf([part]));
  });

  test.each<[string, Partial<PlanPart>]>([
    ['sizes', { effects: withBytes(5_000_000).effects }],
    [
      'the words of a title',
      { steps: [{ title: phrase`Copy 5 MiB`, commands: [['tar', '-c', { secret: 'KEY' }]] }] },
    ],
    ['the executor’s own data', { data: { anything: 2 } }],
    [
      'warnings',
      { warnings: [{ code: 'destination_low', message: phrase`12 GiB left`, remedy: phrase`Free some.` }] },
    ],
  ])('%s do not change it', (_, change) => {
    expect(fingerprintOf([{ ...part, ...change }])).toBe(fingerprintOf([part]));
  });

  test('which of two ways gives the same makes no other plan', () => {
    const [step] = part.steps;
    if (!step) throw new Error('a part without steps');
    const quick = { ...part, steps: [{ ...step, commands: [['quick']], insteadOf: step.commands }] };
    expect(fingerprintOf([quick])).toBe(fingerprintOf([part]));
  });

  test('the order of parts counts, the order of keys does not', () => {
    const other = { ...part, intent: 'films' };
    expect(fingerprintOf([part, other])).not.toBe(fingerprintOf([other, part]));
    expect(canonicalJson({ b: [1, { d: 2, c: undefined }], a: 'x' })).toBe('{"a":"x","b":[1,{"d":2}]}');
  });

  test.each(['', 'plain text', 'a"b', 'a\\b', 'a\n', '\u0000', 'größe', '\u2028', '\ud800', '€ 1/2'])(
    'its texts are quoted as JSON quotes them: %j',
    (text) => expect(canonicalJson({ [text]: [text] })).toBe(JSON.stringify({ [text]: [text] })),
  );

  test('work may grow by a fifth and no more', () => {
    const shown = planOf([withBytes(1000)]);
    expect(isSamePlan(shown, planOf([withBytes(1200)]))).toBe(true);
    expect(isSamePlan(shown, planOf([withBytes(1201)]))).toBe(false);
    expect(isSamePlan(shown, planOf([withBytes(1)]))).toBe(true);
  });
});

describe('deletions that are looked at again', () => {
  const STAYS = { title: phrase`Copy`, commands: [['rsync', 'a', 'b']] };
  function deleting(paths: readonly string[], more: object = { atMost: true }): PlanPart {
    const steps =
      paths.length === 0
        ? [STAYS]
        : [STAYS, { title: phrase`Delete`, commands: [['rm', `${paths.length}`]], deletes: true as const }];
    return {
      ...part,
      steps,
      effects: paths.length === 0 ? [] : [{ kind: 'delete', target: '/m', paths, ...more }],
    };
  }
  const same = (shown: PlanPart, now: PlanPart): boolean => isSamePlan(planOf([shown]), planOf([now]));
  const again = (shown: PlanPart, now: PlanPart): string => compareStep([shown], [now], false).is;

  test.each<[string, readonly string[], boolean]>([
    ['fewer', ['/m/b'], true],
    ['none', [], true],
    ['more', ['/m/a', '/m/b', '/m/c'], false],
    ['as many others', ['/m/a', '/m/c'], false],
    ['another one', ['/m/c'], false],
  ])('%s', (_, now, expected) => {
    expect(same(deleting(['/m/a', '/m/b']), deleting(now))).toBe(expected);
    expect(again(deleting(['/m/a', '/m/b']), deleting(now))).toBe(expected ? 'same' : 'changed');
  });

  test('fewer are another plan where something else is, or where nothing looks again', () => {
    const shown = deleting(['/m/a', '/m/b']);
    expect(same(shown, { ...deleting(['/m/a']), touches: ['path:/c'] })).toBe(false);
    expect(
      same(shown, { ...deleting(['/m/a']), steps: [{ ...STAYS, commands: [['rsync', 'a', 'c']] }] }),
    ).toBe(false);
    expect(same(deleting(['/m/a', '/m/b'], {}), deleting(['/m/a'], {}))).toBe(false);
    expect(same(deleting([]), deleting(['/m/a']))).toBe(false);
  });

  test('a list of one part does not cover another part', () => {
    const [a, b] = [deleting(['/m/a']), deleting(['/m/b'])];
    expect(isSamePlan(planOf([a, b]), planOf([deleting([]), a]))).toBe(false);
  });
});

test('work with slack may grow by it, however little there was', () => {
  const write = (bytes: number): PlanPart => ({
    ...withBytes(bytes),
    steps: part.steps.map((step) => ({ ...step, slack: 500 })),
  });
  expect(isSamePlan(planOf([write(0)]), planOf([write(500)]))).toBe(true);
  expect(isSamePlan(planOf([write(0)]), planOf([write(501)]))).toBe(false);
  expect(isSamePlan(planOf([write(10_000)]), planOf([write(12_000)]))).toBe(true);
});

describe('lease keys', () => {
  test.each([
    ['stack:media', 'stack:media', true],
    ['stack:media', 'stack:media2', false],
    ['path:/srv', 'path:/srv/b', true],
    ['path:/srv/b', 'path:/srv', true],
    ['path:/srv/b', 'path:/srv/bc', false],
    ['path:/', 'path:/anything', true],
    ['vm:/srv', 'path:/srv', false],
    ['remote:nas:/a', 'remote:nas:/a/b', false],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(overlaps(a, b)).toBe(expected);
  });
});
