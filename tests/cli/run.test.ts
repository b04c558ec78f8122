import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { phrase } from '../../src/core/model/phrase.js';
import { notice } from '../../src/core/model/reasons.js';
import { gate, Installation } from './harness.js';

let here: Installation;
beforeEach(async () => {
  here = await Installation.create();
});
afterEach(() => here.remove());

const QUESTION = 'Run it? [y/N] ';

async function lastState(): Promise<string | undefined> {
  const { value } = await here.json(['runs']);
  return value[0]?.state;
}

describe('with --yes', () => {
  test('preview, steps, outcome, exit 0; and it is closed again', async () => {
    const { exitCode, out, err } = await here.run(['run', 'photos', '--yes']);
    const id = /r-[a-z0-9]+/.exec(out)?.[0];
    expect(out.split('\n')).toEqual([
      `Backup · photos  ${id}`,
      expect.stringMatching(/^stack media · asked by ada · open until \d\d:\d\d \(in 15 min\)$/),
      '',
      'What will happen',
      '  1. Copy 1.8 GiB to /srv/backups/photos.',
      '  2. Check the archive.',
      '  How long it takes is not known: there is no earlier run to go by.',
      '',
      'step 1 of 2: Copy 1.8 GiB to /srv/backups/photos.',
      'step 2 of 2: Check the archive.',
      `✅ Backup succeeded · photos  ${id} · in 0 s`,
      '1.8 GiB copied.',
      '',
    ]);
    expect([exitCode, err, here.opened, here.closed]).toEqual([0, '', 1, 1]);
  });

  test('json: one object and nothing else', async () => {
    const { exitCode, value, err } = await here.json(['run', 'photos', '--yes']);
    expect(value).toMatchObject({
      id: expect.stringMatching(/^r-/),
      intent: 'photos',
      action: 'backup',
      stack: 'media',
      state: 'succeeded',
      source: 'cli',
      dryRun: false,
      actor: { kind: 'operator', id: 'ada', name: 'ada' },
      reason: 'done',
      durationMs: 0,
      plan: {
        parts: [
          {
            steps: [
              {
                title: 'Copy 1.8 GiB to /srv/backups/photos.',
                commands: [['tar', '-cf', '/srv/backups', '••••', "it's"]],
              },
              {},
            ],
          },
        ],
      },
      outcome: { state: 'succeeded', summary: ['1.8 GiB copied.'] },
    });
    expect([exitCode, err]).toEqual([0, '']);
  });

  test.each([
    ['failed', 1],
    ['rolled_back', 1],
  ] as const)('%s ends with %i and says what is next', async (state, code) => {
    here.work.run = async () => ({
      state,
      reason: 'destination_full',
      summary: [phrase`The destination is full.`],
      next: phrase`free some space.`,
      warnings: [notice('retention_failed', phrase`One old archive stays.`)],
    });
    const { exitCode, out } = await here.run(['run', 'photos', '-y']);
    expect(exitCode).toBe(code);
    expect(out).toContain(`Backup ${state.replace('_', ' ')} · photos`);
    expect(out).toContain('The destination is full.\n⚠ One old archive stays. Check the rights');
    expect(out).toContain('\nNext: free some space.\n');
  });

  test('plan changed: the new preview is shown, nothing runs, and it does not stay open', async () => {
    let plans = 0;
    here.work.planning = async () => {
      plans += 1;
      if (plans === 2) here.work.plan = { targets: 'other' };
      here.work.titles = [phrase`Plan number ${plans}.`];
    };
    const { exitCode, out } = await here.run(['run', 'photos', '--yes']);
    expect(exitCode).toBe(3);
    expect(out).toMatch(
      /🔁 Not run: Now: Plan number 2\.\nHere is what would happen now\.\n\nBackup · photos/,
    );
    expect(out).toContain('  1. Plan number 3.');
    expect(out).toMatch(/Nothing was run: --yes answers the first preview only\. Run the command again\.\n$/);
    expect(here.work.ran).toBe(0);
    const { value } = await here.json(['runs']);
    expect(value.map(({ state }: { state: string }) => state)).toEqual(['cancelled', 'plan_changed']);
  });
});

describe('the question', () => {
  test.each(['y\n', 'Y\n', ' yes \n', 'YES\r\n'])('%j runs', async (answer) => {
    const session = here.start(['run', 'photos'], { tty: true });
    await session.saw(QUESTION);
    expect(here.work.ran).toBe(0);
    session.type(answer);
    expect([await session.exitCode, here.work.ran]).toEqual([0, 1]);
  });

  test.each(['\n', 'n\n', 'no\n', 'yeah\n', 'y y\n', 'ja\n'])('%j does not', async (answer) => {
    const session = here.start(['run', 'photos'], { tty: true });
    await session.saw(QUESTION);
    session.type(answer);
    expect([await session.exitCode, here.work.ran]).toEqual([3, 0]);
    expect(session.out()).toMatch(/Cancelled\. Nothing was run\.\n$/);
    expect(await lastState()).toBe('cancelled');
  });

  test('the end of input is a no', async () => {
    const session = here.start(['run', 'photos'], { tty: true });
    await session.saw(QUESTION);
    session.endInput();
    expect([await session.exitCode, here.work.ran, await lastState()]).toEqual([3, 0, 'cancelled']);
  });

  test('Ctrl-C is a no', async () => {
    const session = here.start(['run', 'photos'], { tty: true });
    await session.saw(QUESTION);
    session.interrupt();
    expect([await session.exitCode, here.work.ran, await lastState()]).toEqual([3, 0, 'cancelled']);
    expect(session.out()).toMatch(/\[y\/N\] \nCancelled\. Nothing was run\.\n$/);
  });

  test('a preview that expires ends the question', async () => {
    const session = here.start(['run', 'photos'], { tty: true });
    await session.saw(QUESTION);
    here.now = new Date('2026-11-22T14:16:00Z');
    await here.pipeline?.expireOverdue();
    expect([await session.exitCode, here.work.ran]).toEqual([3, 0]);
    expect(session.out()).toContain('Backup expired');
  });

  test('a yes that comes too late is refused', async () => {
    const session = here.start(['run', 'photos'], { tty: true });
    await session.saw(QUESTION);
    here.now = new Date('2026-11-22T14:16:00Z');
    session.type('y\n');
    expect([await session.exitCode, here.work.ran, await lastState()]).toEqual([3, 0, 'expired']);
  });

  test('a changed plan is shown and asked about again', async () => {
    let plans = 0;
    here.work.planning = async () => {
      plans += 1;
      if (plans === 2) here.work.plan = { targets: 'other' };
    };
    const session = here.start(['run', 'photos'], { tty: true });
    await session.saw(QUESTION);
    session.type('y\n');
    await session.saw('Here is what would happen now.');
    await new Promise((resolve) => setImmediate(resolve));
    while (session.out().split(QUESTION).length < 3) await new Promise((resolve) => setImmediate(resolve));
    expect(here.work.ran).toBe(0);
    session.type('y\n');
    expect([await session.exitCode, here.work.ran]).toEqual([0, 1]);
  });
});

describe('where nobody can answer', () => {
  test.each([
    ['no terminal', ['run', 'photos'], { tty: false }],
    ['json on a terminal', ['run', 'photos', '--json'], { tty: true }],
  ])('%s: says to add --yes, and the preview does not stay open', async (_case, argv, options) => {
    const { exitCode, out, err } = await here.run(argv, options);
    expect([exitCode, here.work.ran]).toEqual([3, 0]);
    expect(out + err).toContain('Add --yes to run photos without a question.');
    expect(await lastState()).toBe('cancelled');
  });

  test('json: the error is on stdout, with its code', async () => {
    const { exitCode, value, err } = await here.json(['run', 'photos']);
    expect([exitCode, err, value]).toEqual([
      3,
      '',
      {
        error: {
          code: 'confirmation_needed',
          message: 'Nobody can answer here, so nothing was run.',
          remedy: 'Add --yes to run photos without a question.',
        },
      },
    ]);
  });
});

describe('refusals', () => {
  test('a blocked plan: 3, with what to do', async () => {
    here.work.plan = { blockers: [notice('tool_missing', phrase`${{ code: 'tar' }} is not installed.`)] };
    const { exitCode, out } = await here.run(['run', 'photos', '--yes']);
    expect([exitCode, here.work.ran]).toEqual([3, 0]);
    expect(out).toContain('Can’t run yet.\n  tar is not installed. Install it, then try again.\n');
    expect((await here.json(['run', 'photos', '--yes'])).value).toMatchObject({
      state: 'refused',
      reason: 'blocked',
      plan: { blockers: [{ code: 'tool_missing', message: 'tar is not installed.' }] },
    });
  });

  test('an unknown name: 2, with what was probably meant', async () => {
    const { exitCode, out, err } = await here.run(['run', 'phtos', '--yes']);
    expect([exitCode, out, err]).toEqual([2, '', 'There is no intent phtos.\nDid you mean photos?\n']);
    expect((await here.json(['run', 'phtos'])).value).toEqual({
      error: { code: 'intent_unknown', message: 'There is no intent phtos.', remedy: 'Did you mean photos?' },
    });
  });

  test('names match to the letter', async () => {
    expect((await here.run(['run', 'Photos', '-y'])).exitCode).toBe(2);
    expect((await here.run(['run', ' photos', '-y'])).exitCode).toBe(2);
    expect(here.work.ran).toBe(0);
  });

  test('a label that this installation does not carry: 3', async () => {
    await here.intent('photos', 'label_required: test');
    const { exitCode, value } = await here.json(['run', 'photos', '--yes']);
    expect([exitCode, value.error.code]).toEqual([3, 'label_mismatch']);
  });

  test('a broken intent: 3', async () => {
    await here.intent('photos', 'compress: maximal');
    const { exitCode, value } = await here.json(['run', 'photos', '--yes']);
    expect([exitCode, value.error.code]).toEqual([3, 'intent_invalid']);
  });

  test('a parameter that the intent does not know: 2', async () => {
    const { exitCode, value } = await here.json(['run', 'photos', '-p', 'replicas=3']);
    expect([exitCode, value.error.code]).toEqual([2, 'params_invalid']);
  });

  test('a bug while planning is a refusal; nothing runs', async () => {
    here.work.planning = async () => {
      throw new Error('bug');
    };
    const { exitCode, out } = await here.run(['run', 'photos', '--yes']);
    expect([exitCode, here.work.ran]).toEqual([3, 0]);
    expect(out).toContain('Can’t run yet.\n  The plan could not be made');
  });
});

describe('Ctrl-C', () => {
  test('once while it runs: stops, tidies up, 1', async () => {
    const entered = gate();
    here.work.run = async (ctx) => {
      ctx.step(0, 'running');
      entered.open();
      await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve, { once: true }));
      return { state: 'cancelled', reason: 'stopped', summary: [phrase`The partial file is gone.`] };
    };
    const session = here.start(['run', 'photos', '--yes']);
    await entered.opened;
    session.interrupt();
    expect(await session.exitCode).toBe(1);
    const lines = session.out().trimEnd().split('\n').slice(-4);
    expect(lines).toEqual([
      expect.stringMatching(/^Stopping r-\w+ and tidying up\. Press Ctrl-C again to leave it half-done\.$/),
      expect.stringMatching(/^✖ Backup cancelled · photos {2}r-\w+ · after 0 s$/),
      'Stopped by ada.',
      'The partial file is gone.',
    ]);
    expect(here.closed).toBe(1);
  });

  test('twice: leaves at once, says what is left, and closes nothing', async () => {
    const entered = gate();
    const tidied = gate();
    here.work.run = async (ctx) => {
      ctx.step(1, 'running');
      entered.open();
      await tidied.opened;
      return {};
    };
    const session = here.start(['run', 'photos', '--yes']);
    await entered.opened;
    session.interrupt();
    session.interrupt();
    expect(await session.exitCode).toBe(1);
    expect(session.err()).toMatch(
      /^Left r-\w+ before it had tidied up, at step 2 of 2: Check the archive\.\nPartial files or stopped/,
    );
    expect(here.closed).toBe(0);
    const ended = new Promise<void>((resolve) => {
      here.pipeline?.events.subscribe((event) => {
        if (event.type === 'finished') resolve();
      });
    });
    tidied.open();
    await ended;
    await here.store?.close();
  });

  test('while the preview is being made: 3 at once', async () => {
    const planning = gate();
    const slow = gate();
    here.work.planning = async () => {
      planning.open();
      await slow.opened;
    };
    const session = here.start(['run', 'photos', '--yes']);
    await planning.opened;
    session.interrupt();
    expect([await session.exitCode, here.work.ran]).toEqual([3, 0]);
    expect(session.err()).toContain('Interrupted while the preview was being made. Nothing was run.');
    slow.open();
  });

  test('in the moment of confirming: it is stopped all the same', async () => {
    here.work.run = async ({ signal }) => {
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { state: 'cancelled', reason: 'stopped' };
    };
    here.work.planning = async () => {
      here.pipeline?.events.subscribe((event) => {
        if (event.type === 'queued') session.interrupt();
      });
    };
    const session = here.start(['run', 'photos', '--yes']);
    expect([1, 3]).toContain(await session.exitCode);
    expect(await lastState()).toBe('cancelled');
  });

  test('while it waits for its turn: cancelled before it began, 3', async () => {
    const entered = gate();
    const done = gate();
    here.work.run = async () => {
      entered.open();
      await done.opened;
      return {};
    };
    const first = here.start(['run', 'photos', '--yes']);
    await entered.opened;
    const second = here.start(['run', 'photos', '--yes']);
    await second.saw('media is busy: ');
    second.interrupt();
    expect([await second.exitCode, here.work.ran]).toEqual([3, 1]);
    expect(second.out()).toMatch(/media is busy: r-\w+ has not ended\. r-\w+ starts when it ends\./);
    done.open();
    expect(await first.exitCode).toBe(0);
  });
});

test('--dry-run stops after the preview', async () => {
  const { exitCode, out } = await here.run(['run', 'photos', '--dry-run', '--yes']);
  expect([exitCode, here.work.ran]).toEqual([0, 0]);
  expect(out).toContain('dry run, nothing is changed');
});

test.each([
  ['a reader that goes away does not stop the run', 'EPIPE', 0, ''],
  [
    'a full disk under stdout neither, but is told',
    'ENOSPC',
    1,
    'The output is not complete: write ENOSPC.\n',
  ],
])('%s', async (_case, code, exitCode, err) => {
  const entered = gate();
  const go = gate();
  here.work.run = async (ctx) => {
    entered.open();
    await go.opened;
    ctx.step(0, 'running');
    return {};
  };
  const session = here.start(['run', 'photos', '--yes']);
  await entered.opened;
  session.breakOutput(code);
  go.open();
  expect([await session.exitCode, session.err(), await lastState()]).toEqual([exitCode, err, 'succeeded']);
});
