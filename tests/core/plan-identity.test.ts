import { describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../src/core/canonical.js';
import { fingerprintOf, isSamePlan } from '../../src/core/fingerprint.js';
import { overlaps } from '../../src/core/leases.js';
import { phrase } from '../../src/core/phrase.js';
import type { Plan, PlanPart } from '../../src/core/plan.js';

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
