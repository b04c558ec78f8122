import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type ChannelTurns,
  channelTurns,
  type Urgency,
} from '../../../src/surfaces/discord/channel-turns.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** Requests that take `ms`, and note when they began. */
function requests(turns: ChannelTurns, ms = 100) {
  const began: { name: string; at: number }[] = [];
  const ask = (name: string, urgency: Urgency, channel = 'ops', signal?: AbortSignal) =>
    turns.take(
      channel,
      urgency,
      async () => {
        began.push({ name, at: performance.now() });
        await new Promise((resolve) => setTimeout(resolve, ms));
        return name;
      },
      signal,
    );
  return { began, ask, names: () => began.map(({ name }) => name) };
}

describe('turns in a channel', () => {
  test('so many at once, and the next a whole window after the first has ended', async () => {
    const { began, ask } = requests(channelTurns({ count: 5, windowMs: 5000 }));
    for (let index = 0; index < 7; index += 1) void ask(`${index}`, 'now');
    await jest.advanceTimersByTimeAsync(20_000);
    const first = began[0]?.at ?? 0;
    expect(began.map(({ at }) => at - first)).toEqual([0, 0, 0, 0, 0, 5100, 5100]);
  });

  test('what is urgent goes before progress that waits longer', async () => {
    const { ask, names } = requests(channelTurns({ count: 2, windowMs: 1000 }));
    void ask('progress 1', 'when_free');
    void ask('progress 2', 'when_free');
    void ask('progress 3', 'when_free');
    void ask('outcome 1', 'now');
    void ask('outcome 2', 'now');
    await jest.advanceTimersByTimeAsync(20_000);
    expect(names()).toEqual(['progress 1', 'outcome 1', 'outcome 2', 'progress 2', 'progress 3']);
  });

  test('progress leaves one place free', async () => {
    const { ask, names } = requests(channelTurns({ count: 5, windowMs: 5000 }));
    for (let index = 0; index < 9; index += 1) void ask(`progress ${index}`, 'when_free');
    await jest.advanceTimersByTimeAsync(1000);
    expect(names()).toHaveLength(4);
    void ask('outcome', 'now');
    expect(names().at(-1)).toBe('outcome');
  });

  test('channels don’t wait for one another', () => {
    const { ask, names } = requests(channelTurns({ count: 1, windowMs: 5000 }));
    void ask('a', 'now', 'ops');
    void ask('b', 'now', 'ops');
    void ask('c', 'now', 'media');
    expect(names()).toEqual(['a', 'c']);
  });

  test('work that finds nothing to do uses no turn', async () => {
    const turns = channelTurns({ count: 1, windowMs: 5000 });
    for (let index = 0; index < 10; index += 1) expect(await turns.take('ops', 'now', () => null)).toBeNull();
    const { ask, names } = requests(turns);
    void ask('at once', 'now');
    expect(names()).toEqual(['at once']);
  });

  test('what is withdrawn before its turn is not done; what is under way goes on', async () => {
    const { ask, names } = requests(channelTurns({ count: 2, windowMs: 1000 }));
    const [first, second] = [new AbortController(), new AbortController()];
    const underWay = ask('under way', 'when_free', 'ops', first.signal);
    const waiting = ask('waiting', 'when_free', 'ops', second.signal);
    first.abort();
    second.abort();
    await jest.advanceTimersByTimeAsync(5000);
    expect([await underWay, await waiting]).toEqual(['under way', null]);
    expect(await ask('never', 'now', 'ops', AbortSignal.abort())).toBeNull();
    expect(names()).toEqual(['under way']);
  });

  test('a request that fails frees its place, and its error arrives', async () => {
    const turns = channelTurns({ count: 1, windowMs: 1000 });
    const failing = turns.take('ops', 'now', () => Promise.reject(new Error('500')));
    await expect(failing).rejects.toThrow('500');
    const { ask, names } = requests(turns);
    void ask('next', 'now');
    await jest.advanceTimersByTimeAsync(1000);
    expect(names()).toEqual(['next']);
  });

  test('no window, wherever it begins, holds more than the limit', async () => {
    const asked = fc.array(
      fc.record({
        wait: fc.integer({ min: 0, max: 800 }),
        ms: fc.integer({ min: 0, max: 3000 }),
        urgency: fc.constantFrom<Urgency>('now', 'when_free'),
      }),
      { minLength: 1, maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(asked, async (all) => {
        const turns = channelTurns({ count: 5, windowMs: 5000 });
        const began: number[] = [];
        for (const { wait, ms, urgency } of all) {
          await jest.advanceTimersByTimeAsync(wait);
          void turns.take('ops', urgency, async () => {
            began.push(performance.now());
            await new Promise((resolve) => setTimeout(resolve, ms));
          });
        }
        await jest.advanceTimersByTimeAsync(400_000);
        const crowded = began.some((at, index) => (began[index + 5] ?? Infinity) < at + 5000);
        return began.length === all.length && !crowded;
      }),
      { numRuns: 50 },
    );
  });
});
