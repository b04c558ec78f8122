import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Liquid } from 'liquidjs';
import { conditionFault, type Surroundings } from '../../../src/core/conditions/check-condition.js';
import { holds } from '../../../src/core/conditions/parse-condition.js';
import type { StepState } from '../../../src/core/model/graph.js';
import type { Param } from '../../../src/core/model/param.js';

const PARAMS: readonly Param[] = [
  { name: 'full', type: 'boolean' },
  { name: 'size', type: 'choice', choices: ['small', 'large'] },
  { name: 'n', type: 'integer', min: 0, max: 6 },
  { name: 'tag', type: 'string', max_length: 20 },
];
const WORDS = ['succeeded', 'failed', 'skipped'] as const;
const TAGS = ['latest', 'v1', 'v2'];
const AROUND: Surroundings = {
  params: PARAMS,
  needs: ['sure', 'go-on', 'maybe'],
  steps: new Map([
    ['sure', { onFailure: 'stop', when: null }],
    ['go-on', { onFailure: 'continue', when: null }],
    ['maybe', { onFailure: 'rollback', when: 'full' }],
  ]),
};

interface Values {
  readonly full: boolean;
  readonly size: string;
  readonly n: number;
  readonly tag: string;
  readonly steps: Readonly<Record<string, StepState>>;
}

/** A condition as text, and the same as a function of its own. */
interface Written {
  readonly text: string;
  readonly is: (values: Values) => boolean;
}

const sign = fc.constantFrom('==', '!=') as fc.Arbitrary<'==' | '!='>;
const equal = (name: string, of: (values: Values) => unknown, literals: readonly string[]) =>
  fc.tuple(sign, fc.constantFrom(...literals), fc.constantFrom('"', "'")).map(
    ([op, literal, quote]): Written => ({
      text: `${name} ${op} ${quote}${literal}${quote}`,
      is: (values) => (of(values) === literal) === (op === '=='),
    }),
  );
const numbers = fc
  .tuple(fc.constantFrom('==', '!=', '<', '>', '<=', '>='), fc.integer({ min: -2, max: 8 }))
  .map(([op, literal]): Written => {
    const answers: Record<string, (n: number) => boolean> = {
      '==': (n) => n === literal,
      '!=': (n) => n !== literal,
      '<': (n) => n < literal,
      '>': (n) => n > literal,
      '<=': (n) => n <= literal,
      '>=': (n) => n >= literal,
    };
    return { text: `n ${op} ${literal}`, is: ({ n }) => answers[op]?.(n) === true };
  });
const step = (name: string) => equal(`steps.${name}`, ({ steps }) => steps[name], WORDS);
const atom = fc.oneof(
  fc.constant<Written>({ text: 'full', is: ({ full }) => full }),
  fc.boolean().map((on): Written => ({ text: `full == ${on}`, is: ({ full }) => full === on })),
  equal('size', ({ size }) => size, ['small', 'large']),
  equal('tag', ({ tag }) => tag, TAGS),
  numbers,
  step('sure'),
  step('go-on'),
  step('maybe'),
);
const { whole: anyLength } = fc.letrec<{ whole: Written; inner: Written }>((tie) => ({
  inner: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    atom,
    tie('inner').map(({ text, is }) => ({ text: `not (${text})`, is: (values: Values) => !is(values) })),
    tie('whole').map(({ text, is }) => ({ text: `(${text})`, is })),
  ),
  whole: fc
    .tuple(fc.boolean(), fc.array(tie('inner'), { minLength: 1, maxLength: 3 }))
    .map(([isAnd, all]) => ({
      text: all.map(({ text }) => text).join(isAnd ? ' and ' : ' or '),
      is: (values: Values) => (isAnd ? all.every(({ is }) => is(values)) : all.some(({ is }) => is(values))),
    })),
}));
/** At most 500 characters are read. */
const whole = anyLength.filter(({ text }) => text.length <= 500);
const values: fc.Arbitrary<Values> = fc.record({
  full: fc.boolean(),
  size: fc.constantFrom('small', 'large'),
  n: fc.integer({ min: 0, max: 6 }),
  tag: fc.constantFrom(...TAGS, 'other'),
  steps: fc.record({
    sure: fc.constantFrom(...WORDS),
    'go-on': fc.constantFrom(...WORDS),
    maybe: fc.constantFrom(...WORDS),
  }),
});

const situation = ({ steps, ...params }: Values) => ({ params, steps });

/** Every value that there can be, as the steps above can end. */
function everything(): readonly Values[] {
  const all: Values[] = [];
  for (const full of [true, false])
    for (const size of ['small', 'large'])
      for (const n of [0, 1, 2, 3, 4, 5, 6])
        for (const tag of [...TAGS, 'other'])
          for (const goOn of ['succeeded', 'failed'] as const)
            for (const maybe of ['succeeded', 'skipped'] as const)
              all.push({ full, size, n, tag, steps: { sure: 'succeeded', 'go-on': goOn, maybe } });
  return all;
}

test('a condition says what it seems to say', () => {
  fc.assert(
    fc.property(whole, values, ({ text, is }, now) => {
      expect(`${text}: ${holds(text, situation(now))}`).toBe(`${text}: ${is(now)}`);
    }),
    { numRuns: 2000 },
  );
});

test('and the same as in Liquid, where Liquid has no parentheses and one kind of join', () => {
  const engine = new Liquid();
  const flat = fc
    .tuple(fc.constantFrom(' and ', ' or '), fc.array(atom, { minLength: 1, maxLength: 4 }))
    .map(([join, all]) => all.map(({ text }) => text).join(join));
  fc.assert(
    fc.property(flat, values, (text, { steps, ...params }) => {
      const said = engine.parseAndRenderSync(`{% if ${text} %}true{% else %}false{% endif %}`, {
        ...params,
        steps,
      });
      expect(`${text}: ${holds(text, { params, steps })}`).toBe(`${text}: ${said}`);
    }),
    { numRuns: 1000 },
  );
});

test('it is refused as impossible exactly when no values make it hold', () => {
  const all = everything();
  let impossible = 0;
  fc.assert(
    fc.property(whole, ({ text, is }) => {
      const never = !all.some(is);
      if (never) impossible += 1;
      const tooLong = text.length > 500;
      expect([text, conditionFault(text, AROUND)?.why]).toEqual([
        text,
        tooLong ? 'at most 500 characters fit' : never ? 'it can never hold' : undefined,
      ]);
    }),
    { numRuns: 1000 },
  );
  expect(impossible).toBeGreaterThan(50);
});

describe('how a step ended', () => {
  test.each<[StepState, string]>([
    ['succeeded', 'succeeded'],
    ['skipped', 'skipped'],
    ['failed', 'failed'],
    ['rolled_back', 'failed'],
    ['cancelled', 'failed'],
    ['undone', 'failed'],
  ])('%s is %s to others', (state, word) => {
    const steps = { a: state };
    expect(WORDS.filter((one) => holds(`steps.a == "${one}"`, { params: {}, steps }))).toEqual([word]);
  });
});

test('any text is a condition or a fault in words, and neither takes long', () => {
  const piece = fc.constantFrom(
    ...[
      'full',
      'n',
      'and',
      'or',
      'not',
      '(',
      ')',
      '==',
      '<',
      '"',
      "'",
      'x',
      '3',
      ' ',
      'steps.',
      '{{',
      '\n',
      '-',
    ],
  );
  const text = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.array(piece, { maxLength: 30 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(text, (written) => {
      const fault = conditionFault(written, AROUND);
      if (fault) expect(`${fault.why} ${fault.hint}`).toMatch(/^\S[\s\S]*[.?]$/);
      else expect(typeof holds(written, { params: { full: true, n: 1 }, steps: {} })).toBe('boolean');
    }),
    { numRuns: 3000 },
  );
  for (const unit of ['(', 'not ', 'full and ', '"', '-', 'n > 1 or ']) {
    expect(conditionFault(unit.repeat(200_000), AROUND)).not.toBeNull();
  }
});
