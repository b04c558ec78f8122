import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { phrase } from '../../../../src/core/model/phrase.js';
import { intentNamed } from '../../../core/harness.js';
import { Port } from '../port.js';

let port: Port;
beforeAll(async () => {
  port = await Port.open();
  port.installation.intents.push(
    intentNamed('needs', { dependsOn: ['films'] }),
    intentNamed('needs-too', { dependsOn: ['films'] }),
    intentNamed('needs-both', { dependsOn: ['needs', 'needs-too'] }),
  );
});
afterAll(() => port.close());
afterEach(() => port.calm());

describe('POST /orchestrate', () => {
  test('in order, each a run of its own', async () => {
    const from = port.world.entered.length;
    const { status, body } = await port.json('POST', '/orchestrate', { intents: ['films', 'photos'] });
    expect([status, body]).toMatchObject([
      200,
      {
        ok: true,
        dry_run: false,
        results: [
          { intent: 'films', ok: true, run: { state: 'succeeded' }, problem: null },
          { intent: 'photos', ok: true, run: { state: 'succeeded' }, problem: null },
        ],
        summary: { total: 2, success: 2, failed: 0, waiting: 0, skipped: 0 },
      },
    ]);
    expect(port.world.entered.slice(from)).toEqual(['films', 'photos']);
  });

  test.each([
    [true, ['films'], { total: 3, success: 1, failed: 1, waiting: 0, skipped: 1 }],
    [false, ['films', 'photos'], { total: 3, success: 2, failed: 1, waiting: 0, skipped: 0 }],
  ])('stop_on_failure %s', async (stop, ran, summary) => {
    const from = port.world.entered.length;
    const sent = { intents: ['films', 'nowhere', 'photos'], stop_on_failure: stop };
    const { body } = await port.json('POST', '/orchestrate', sent);
    expect(body).toMatchObject({ ok: false, summary });
    expect(body.results[1]).toMatchObject({ ok: false, run: null, problem: { code: 'intent_unknown' } });
    expect(port.world.entered.slice(from)).toEqual(ran);
  });

  test('a run that fails counts and stops the rest; what is blocked brings its reason', async () => {
    port.world.during = async () => ({
      state: 'failed',
      reason: 'command_failed',
      summary: [phrase`It broke.`],
    });
    const failed = await port.json('POST', '/orchestrate', { intents: ['films', 'photos'] });
    expect(failed.body).toMatchObject({
      results: [{ ok: false, run: { state: 'failed' }, problem: null }],
      summary: { failed: 1, skipped: 1 },
    });
    port.world.blocked = true;
    const blocked = await port.json('POST', '/orchestrate', { intents: ['films'] });
    expect(blocked.body.results[0]).toMatchObject({
      run: { state: 'refused' },
      problem: { status: 409, code: 'blocked' },
    });
    expect(blocked.body.results[0]?.problem?.run).toBeUndefined();
  });

  test.each([
    [
      ['films', 'needs'],
      ['films', 'needs'],
    ],
    [
      ['needs', 'films'],
      ['films', 'needs'],
    ],
    [
      ['needs', 'needs-too'],
      ['films', 'needs', 'needs-too'],
    ],
    [
      ['needs-both', 'needs', 'films'],
      ['films', 'needs', 'needs-too', 'needs-both'],
    ],
  ])('what ran already in the call is not run again: %j', async (intents, ran) => {
    const from = port.world.entered.length;
    const { body } = await port.json('POST', '/orchestrate', { intents });
    expect(body).toMatchObject({ ok: true, summary: { success: intents.length, failed: 0 } });
    expect(port.world.entered.slice(from)).toEqual(ran);
    const noted = body.results.filter(({ note }) => note !== undefined);
    expect(noted.map(({ note }) => note)).toEqual(noted.map(({ run }) => `already ran as ${run?.id}`));
  });

  test('what needs something that failed in the call doesn’t run it again', async () => {
    port.world.during = async () => ({
      state: 'failed',
      reason: 'command_failed',
      summary: [phrase`It broke.`],
    });
    const from = port.world.entered.length;
    const sent = { intents: ['needs', 'needs-too', 'films'], stop_on_failure: false };
    const { body } = await port.json('POST', '/orchestrate', sent);
    expect(port.world.entered.slice(from)).toEqual(['films']);
    expect(body.results).toMatchObject([
      { ok: false, run: { state: 'failed' } },
      {
        ok: false,
        run: null,
        problem: { detail: expect.stringContaining('needs films, which ran already as') },
      },
      { ok: false, note: expect.stringContaining('already ran as') },
    ]);
  });

  test('a dry run of all changes nothing', async () => {
    const from = port.world.entered.length;
    const { body } = await port.json('POST', '/orchestrate', { intents: ['films', 'photos'], dry_run: true });
    expect(body).toMatchObject({ ok: true, dry_run: true, results: [{ run: { state: 'planned' } }, {}] });
    expect(port.world.entered.length).toBe(from);
  });

  test.each([
    [['photos', 'films', 'photos'], 'body.intents.2: "photos" is there twice; each intent runs once.'],
    [[], 'body.intents'],
    [Array.from({ length: 51 }, (_, index) => `a${index}`), 'body.intents'],
    [['photos', 7], 'body.intents.1'],
  ])('%j is refused, and nothing runs', async (intents, detail) => {
    const from = port.world.entered.length;
    const { status, body } = await port.json('POST', '/orchestrate', { intents });
    expect([status, body.code]).toEqual([422, 'request_invalid']);
    expect(body.detail).toContain(detail);
    expect(port.world.entered.length).toBe(from);
  });
});
