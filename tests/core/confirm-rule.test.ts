import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readIntent } from '../../src/core/intent/read-intent.js';
import {
  CONFIRMS,
  type ConfirmRule,
  NOTHING_SAID,
  ruleFor,
  stricter,
} from '../../src/core/model/confirm-rule.js';
import { isLarge } from '../../src/core/model/large-deletion.js';
import type { Effect, Plan, PlanPart } from '../../src/core/model/plan.js';

const says = (confirm: ConfirmRule['confirm'], ...approverRoles: string[]): ConfirmRule => ({
  confirm,
  approverRoles,
});
const rules = fc.record({
  confirm: fc.constantFrom(null, ...CONFIRMS),
  approverRoles: fc.subarray(['a', 'b', 'c']),
});

describe('the stricter of two rules', () => {
  test.each([
    [says(null), says('never'), says('never')],
    [says('never'), says('person'), says('person')],
    [says('two_people', 'a'), says('person', 'b'), says('two_people', 'a', 'b')],
    [says(null, 'a'), says(null, 'a'), says(null, 'a')],
  ])('of %j and %j', (a, b, result) => {
    expect(stricter(a, b)).toEqual(result);
  });

  test('does not depend on the order, and asks for no less than each of them', () => {
    const strictness = ({ confirm }: ConfirmRule): number => [null, ...CONFIRMS].indexOf(confirm);
    fc.assert(
      fc.property(rules, rules, (a, b) => {
        const both = stricter(a, b);
        expect(new Set(both.approverRoles)).toEqual(new Set(stricter(b, a).approverRoles));
        expect(both.confirm).toBe(stricter(b, a).confirm);
        expect(strictness(both)).toBe(Math.max(strictness(a), strictness(b)));
        expect(both.approverRoles).toEqual(expect.arrayContaining([...a.approverRoles, ...b.approverRoles]));
      }),
    );
  });
});

describe('the rule of a run', () => {
  const link = (own: ConfirmRule, policy: ConfirmRule = NOTHING_SAID) => ({ own, policy });
  test.each([
    ['nobody says anything', [link(NOTHING_SAID)], NOTHING_SAID],
    ['the policy is stricter', [link(says('never'), says('person'))], says('person')],
    [
      'a dependency is stricter',
      [link(says('two_people', 'a')), link(says('person'))],
      says('two_people', 'a'),
    ],
    [
      'a dependency’s policy is stricter',
      [link(says(null), says('person')), link(says(null))],
      says('person'),
    ],
    ['a dependency would run alone', [link(says('never')), link(NOTHING_SAID)], NOTHING_SAID],
    ['it runs alone, its dependency says nothing', [link(NOTHING_SAID), link(says('never'))], says('never')],
  ])('%s', (_, links, rule) => {
    expect(ruleFor(links)).toEqual(rule);
  });
});

describe('a large deletion', () => {
  const limit = { files: 1000, bytes: 100 };
  const planOf = (effects: readonly Effect[], action = 'backup'): Plan =>
    ({ parts: [{ effects, action } as unknown as PlanPart] }) as unknown as Plan;
  const deletes = (count: number, more: object = {}): Effect => ({
    kind: 'delete',
    target: '/dst',
    paths: Array.from({ length: count }, (_, index) => `/dst/${index}`),
    ...more,
  });
  test.each<[string, Plan, boolean]>([
    ['nothing', planOf([]), false],
    ['as many files as the limit', planOf([deletes(1000)]), false],
    ['one more, in two places', planOf([deletes(500), deletes(501)]), true],
    ['as many bytes as the limit', planOf([deletes(1, { bytes: 100 })]), false],
    ['more bytes, in two places', planOf([deletes(1, { bytes: 60 }), deletes(1, { bytes: 41 })]), true],
    ['half of what is there', planOf([deletes(50, { of: 100 })]), false],
    ['more than half', planOf([deletes(51, { of: 100 })]), true],
    ['more than half of very little', planOf([deletes(9, { of: 10 })]), false],
    ['a restore, whatever the numbers', planOf([], 'restore'), true],
    [
      'much written',
      planOf([{ kind: 'write', target: '/d', bytes: 1e9, files: 9999, estimate: false }]),
      false,
    ],
  ])('%s', (_, plan, large) => {
    expect(isLarge(plan, limit)).toBe(large);
  });
});

describe('in an intent’s file', () => {
  const FILES = 'action: backup\nbackup_type: files\nsource: /srv/photos\ndestination: /srv/backups\n';
  const read = (text: string) => readIntent(text, '/etc/chatops/intents/photos.yaml');

  test.each([
    ['confirm: never\n', says('never')],
    ['confirm: two_people\napprover_role: Night shift ☾\n', says('two_people', 'Night shift ☾')],
    ['confirm: two_people\napprover_role: "123456789012345678"\n', says('two_people', '123456789012345678')],
    ['', undefined],
  ])('%j', (lines, rule) => {
    const { intent, problems } = read(FILES + lines);
    expect(problems).toEqual([]);
    expect(intent?.confirmRule).toEqual(rule);
  });

  test('one rule for all documents, wherever it stands', () => {
    const second = FILES.replace('photos', 'films');
    expect(read(`${FILES}---\n${second}confirm: person\n`).intent?.confirmRule).toEqual(says('person'));
    expect(read(`${FILES}confirm: person\n---\n${second}confirm: never\n`).problems).toMatchObject([
      {
        line: 11,
        field: 'confirm',
        message: 'confirm is not the same as on line 5, and an intent has one rule.',
      },
    ]);
  });

  test.each([
    ['confirm: twice\n', 'confirm', /confirm is "twice"/],
    ['approver_role: Boss\n', 'approver_role', /nobody has to: confirm is not two_people/],
    ['confirm: person\napprover_role: Boss\n', 'approver_role', /nobody has to/],
    ['confirm: two_people\napprover_role: 123456789012345678\n', 'approver_role', /approver_role/],
    ['confirm: two_people\napprover_role: " Boss"\n', 'approver_role', /without spaces around it/],
  ])('%j is a problem', (lines, field, message) => {
    const { intent, problems } = read(FILES + lines);
    expect(intent).toBeNull();
    expect(problems).toMatchObject([{ field, message: expect.stringMatching(message) }]);
  });
});
