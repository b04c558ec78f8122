import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { code, phrase } from '../../src/core/model/phrase.js';
import { Redactor } from '../../src/core/ports/redact.js';
import { RunLog } from '../../src/core/records/run-log.js';
import { lastLine } from '../../src/executors/shared/wording.js';
import { alice, Installation, type Process, previewed } from './harness.js';

const SECRET = 'hunter2-correct-horse-battery-staple';
/** Wherever a text may be cut, this has a secret across that place. */
const LONG = `${`${'x'.repeat(59)} ${SECRET} `.repeat(200)}end`;

let installation: Installation;
let bot: Process;
beforeEach(async () => {
  installation = await Installation.create();
  installation.redactor.add(SECRET);
  bot = await installation.start();
});
afterEach(() => installation.end());

test('what a tool said last is whole until it is redacted', () => {
  expect(lastLine(`first\n${LONG}\n`)).toBe(LONG);
});

test('an outcome is redacted first and cut then: no part of a secret stays at the cut', async () => {
  installation.world.during = async () => ({
    state: 'failed',
    reason: 'command_failed',
    summary: [phrase`Docker said: ${code(lastLine(LONG))}.`, phrase`${LONG}`],
    next: phrase`Look at ${code(LONG)}.`,
  });
  await bot.deps.store.incidents.enroll('ops', '2026-11-22T14:00:00.000Z');
  const { id } = await previewed(bot, 'photos');
  const decision = await bot.pipeline.decide(id, alice, 'confirm');
  if (decision.ok) await decision.done;
  const run = await bot.deps.store.runs.get(id);
  const [incident = ''] = await bot.deps.store.incidents.due('ops', 1);
  const stored = JSON.stringify([run, await bot.deps.store.incidents.troubles(incident, 1)]);
  expect(stored).toContain('••••');
  expect(stored).not.toMatch(/hunter2|correct|horse|battery|staple/);
  expect(JSON.stringify(run?.outcome).length).toBeLessThan(20_000);
});

test('a line of output is shown as the log keeps it: redacted, then cut', () => {
  const redactor = new Redactor();
  redactor.add(SECRET);
  const log = new RunLog(redactor.text);
  const shown = log.add(LONG);
  expect(log.text()).toBe(`${shown}\n`);
  expect(shown.length).toBeLessThan(4200);
  expect(shown).not.toMatch(/hunter2|correct|horse|battery|staple/);
});

test('a key of several lines stays hidden in output that is split into lines', () => {
  const redactor = new Redactor();
  const key = ['-----BEGIN KEY-----', 'A'.repeat(64), 'bcDE'.repeat(16), '-----END KEY-----'].join('\n');
  redactor.add(key);
  const log = new RunLog(redactor.text);
  for (const line of `config:\n${key.replaceAll(/^/gm, '  ')}\ndone`.split('\n')) log.add(line);
  expect(log.text()).toBe('config:\n  ••••\n  ••••\n  ••••\n  ••••\ndone\n');
});
