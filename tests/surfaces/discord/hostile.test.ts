import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Phrase, PhrasePart } from '../../../src/core/model/phrase.js';
import { notice } from '../../../src/core/model/reasons.js';
import { FINAL_STATES, type Run, type Shown } from '../../../src/core/model/run.js';
import { paceAfter } from '../../../src/core/planning/pace.js';
import { showCommands } from '../../../src/surfaces/discord/render/commands.js';
import type { Message } from '../../../src/surfaces/discord/render/fit.js';
import { runDetails, runList } from '../../../src/surfaces/discord/render/history.js';
import { refusal } from '../../../src/surfaces/discord/render/notices.js';
import { outcomeMessage } from '../../../src/surfaces/discord/render/outcome.js';
import { previewMessage } from '../../../src/surfaces/discord/render/preview.js';
import { progressMessage } from '../../../src/surfaces/discord/render/progress.js';
import { settledMessage } from '../../../src/surfaces/discord/render/settled.js';
import { outsideCode } from './markdown-reader.js';
import { AWAITING, BOB, PLEX_PART, planOf } from './sample-runs.js';

const EVIL = [
  '@everyone',
  '@here',
  '<@100000000000000002>',
  '<@&3>',
  '<#4>',
  '<t:1:R>',
  '```',
  '`',
  '``',
  '**x**',
  '__x__',
  '~~x~~',
  '||x||',
  '[click](https://evil.example)',
  'https://evil.example',
  '# big',
  '-# small',
  '> quote',
  '\u001b[31mred\u001b[0m',
  '\u001b]0;title\u0007',
  '\u0000',
  '\r\n',
  '\u202egnp.exe',
  '\u200b',
  '\ud800',
  '😀',
  '\\',
  '',
] as const;

/** Hostile fragments in any order, now and then very long. */
const text = fc
  .tuple(
    fc.array(fc.oneof(fc.constantFrom(...EVIL), fc.string({ unit: 'binary', maxLength: 6 }))),
    fc.nat(400),
  )
  .map(([parts, repeat]) => (repeat > 390 ? parts.join('').repeat(400) : parts.join('')));
const part: fc.Arbitrary<PhrasePart> = fc.oneof(
  text,
  text.map((code) => ({ code })),
);
const sentence: fc.Arbitrary<Phrase> = fc.array(part, { maxLength: 5 });
const notices = fc.array(
  fc.tuple(sentence, sentence).map(([message, remedy]) => notice('live_data', message, remedy)),
  { maxLength: 9 },
);
const paths = fc.array(text, { maxLength: 30 });
const steps = fc.array(
  fc.record({
    title: sentence,
    commands: fc.array(fc.array(fc.oneof(text, fc.constant({ secret: 'PASSWORD' })))),
  }),
  { maxLength: 20 },
);

const run: fc.Arbitrary<Run> = fc
  .record({
    intent: text,
    stack: text,
    name: text,
    steps,
    paths,
    warnings: notices,
    blockers: notices,
    summary: fc.array(sentence, { maxLength: 15 }),
    tail: fc.array(text, { maxLength: 15 }),
    current: text,
    state: fc.constantFrom(...FINAL_STATES),
  })
  .map((hostile) => ({
    ...AWAITING,
    intent: hostile.intent,
    stack: hostile.stack,
    actor: { kind: 'user', id: 'not-a-snowflake', name: hostile.name },
    params: { note: hostile.name },
    state: hostile.state,
    shown: null satisfies Shown | null,
    plan: planOf({
      ...PLEX_PART,
      steps: hostile.steps,
      effects: [
        { kind: 'delete', target: hostile.stack, paths: hostile.paths },
        ...hostile.paths.map((target) => ({ kind: 'stop', target }) as const),
      ],
      warnings: hostile.warnings,
      blockers: hostile.blockers,
    }),
    progress: { part: 0, step: 0, done: 1, total: 2, unit: 'files', current: hostile.current },
    outcome: {
      state: hostile.state,
      reason: 'command_failed',
      summary: hostile.summary,
      next: hostile.summary[0] ?? [],
      warnings: hostile.warnings,
      tail: hostile.tail,
    },
  }));

function everyMessage(of: Run): Message[] {
  const live = {
    run: of,
    waitsFor: [of, of, of, of],
    pace: of.progress === null ? null : paceAfter(null, of.progress, 0),
    graph: null,
    now: new Date(60_000),
  };
  return [
    previewMessage({ ...of, state: 'awaiting' }),
    previewMessage({ ...of, state: 'refused' }, of),
    progressMessage({ ...live, run: { ...of, state: 'queued' } }, true),
    progressMessage({ ...live, run: { ...of, state: 'running', stopRequestedBy: of.actor } }, true),
    outcomeMessage(of, of.intent),
    settledMessage(of, of),
    showCommands(of),
    runDetails(of, of.intent),
    runList(Array.from({ length: 10 }, () => of)),
    ...of.plan.parts.flatMap(({ warnings }) => warnings.map((warning) => refusal(warning, [of.intent]))),
  ];
}

function texts({ content, embeds }: Message): string[] {
  return [content, ...embeds.map(({ description = '' }) => description)];
}

/** Discord's limits, written down once more so that a slip in fit.ts shows. */
function expectWithinLimits(message: Message): void {
  expect(message.content.length).toBeLessThanOrEqual(2000);
  expect(message.embeds.length).toBeLessThanOrEqual(10);
  let all = 0;
  for (const { description = '' } of message.embeds) {
    expect(description.trim()).not.toBe('');
    expect(description.length).toBeLessThanOrEqual(4096);
    all += description.length;
  }
  expect(all).toBeLessThanOrEqual(6000);
  expect(message.components.length).toBeLessThanOrEqual(5);
  for (const { components } of message.components) {
    expect(components.length).toBeGreaterThan(0);
    expect(components.length).toBeLessThanOrEqual(5);
    for (const button of components) {
      expect(button.custom_id.length).toBeLessThanOrEqual(100);
      expect('label' in button ? (button.label ?? '').length : 1).toBeLessThanOrEqual(80);
    }
  }
  expect(message.files.reduce((sum, { data }) => sum + data.length, 0)).toBeLessThanOrEqual(10 * 1024 * 1024);
}

/** Nothing of what a run says may act: no mention, link or markup outside code, no controls anywhere. */
function expectHarmless(message: Message): void {
  for (const all of texts(message)) {
    expect(all.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(all).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/u);
    expect(all).not.toMatch(/\p{Surrogate}/u);
    const live = outsideCode(all);
    expect(live).not.toMatch(/<[@#:]|<a:|@everyone|@here/);
    expect(live).not.toMatch(/https?:\/\/|\]\(/);
    expect(live).not.toMatch(/\|\||~~|x\*\*|^#|^-#|^>|x__/m);
  }
  expect(message.ping).toBeNull();
}

describe('hostile data', () => {
  test('never leaves the limits and never acts', () => {
    fc.assert(
      fc.property(run, (hostile) => {
        for (const message of everyMessage(hostile)) {
          expectWithinLimits(message);
          expectHarmless(message);
        }
      }),
      { numRuns: 80, endOnFailure: true },
    );
  });

  test.each(EVIL.filter((evil) => evil !== ''))('%j in every place', (evil) => {
    const phrases: Phrase[] = [[evil], [{ code: evil }], ['say `', evil, '` or ', { code: evil }, evil]];
    const hostile: Run = {
      ...AWAITING,
      intent: evil,
      stack: evil,
      actor: { kind: 'schedule', id: 'nightly', name: evil },
      state: 'failed',
      plan: planOf({
        ...PLEX_PART,
        steps: phrases.map((title) => ({ title, commands: [[evil, '--', evil]] })),
        effects: [{ kind: 'delete', target: evil, paths: [evil, `/a/${evil}`] }],
        warnings: phrases.map((message) => notice('live_data', message, message)),
      }),
      outcome: {
        state: 'failed',
        reason: 'command_failed',
        summary: phrases,
        warnings: [],
        tail: [evil, `${evil}${evil}${evil}`, `a${evil}`],
      },
    };
    for (const message of everyMessage(hostile)) {
      expectWithinLimits(message);
      expectHarmless(message);
    }
  });

  test('enormous data makes a valid message with the whole in files', () => {
    const line = 'x'.repeat(10 * 1024 * 1024);
    const name = 'n'.repeat(4000);
    const many = Array.from({ length: 100_000 }, (_, index) => `/srv/${index}/${'d'.repeat(120)}`);
    const huge: Run = {
      ...AWAITING,
      actor: BOB,
      intent: name,
      state: 'failed',
      plan: planOf({
        ...PLEX_PART,
        effects: [{ kind: 'delete', target: name, paths: many }],
        steps: Array.from({ length: 300 }, () => ({
          title: [{ code: name }, name],
          commands: [[name, line.slice(0, 100_000)]],
        })),
      }),
      outcome: {
        state: 'failed',
        reason: 'command_failed',
        summary: Array.from({ length: 100 }, (): Phrase => [name]),
        warnings: [],
        tail: [line],
      },
    };
    for (const message of everyMessage({ ...huge, actor: { ...BOB, id: 'x' } })) {
      expectWithinLimits(message);
      expectHarmless(message);
    }
    const outcome = outcomeMessage(huge, `first line\n${'log line\n'.repeat(1_500_000)}last line\n`);
    const log = outcome.files[0]?.data.toString('utf8') ?? '';
    expect(log.split('\n')[0]).toMatch(/^\[too big for Discord/);
    expect(log.endsWith('log line\nlast line\n')).toBe(true);
    const list = previewMessage({ ...huge, state: 'awaiting' }).files[0];
    expect(list?.name).toBe('r-7k2m-deletions.txt');
    expect(list?.data.toString('utf8', 0, 200)).toContain(many[0]);
  });
});
