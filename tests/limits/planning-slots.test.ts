import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { createPlanningSlots } from '../../src/limits/planning-slots.js';

const LIMITS = { atOnce: 3, perPlace: 2, busyMs: 60, atMost: 6 };
const NEVER = new AbortController().signal;

/** Plans that end when they are told to. */
function bench() {
  const slot = createPlanningSlots(LIMITS);
  const running: string[] = [];
  const ends = new Map<string, () => void>();
  const plan = (name: string, places: readonly string[], signal = NEVER): Promise<void> =>
    slot(
      places,
      () =>
        new Promise<void>((resolve) => {
          running.push(name);
          ends.set(name, resolve);
        }),
      signal,
    );
  return { plan, running, end: (name: string) => ends.get(name)?.() };
}

describe('places for plans', () => {
  test('are few at once, and given away in the order of asking', async () => {
    const { plan, running, end } = bench();
    for (const name of ['a', 'b', 'c', 'd', 'e']) void plan(name, [name]);
    await sleep(5);
    expect(running).toEqual(['a', 'b', 'c']);
    end('b');
    await sleep(5);
    expect(running).toEqual(['a', 'b', 'c', 'd']);
  });

  test('of one destination are fewer, and who waits for them holds up nobody else', async () => {
    const { plan, running, end } = bench();
    for (const name of ['nas1', 'nas2', 'nas3']) void plan(name, ['nas']);
    void plan('other', ['disk']);
    await sleep(5);
    expect(running).toEqual(['nas1', 'nas2', 'other']);
    end('nas1');
    await sleep(5);
    expect(running).toEqual(['nas1', 'nas2', 'other', 'nas3']);
  });

  test('are not kept by what hangs, except at its own destination', async () => {
    const { plan, running } = bench();
    for (const name of ['a1', 'a2', 'b1']) void plan(name, [name.slice(0, 1)]);
    void plan('a3', ['a']);
    void plan('free', ['c']);
    await sleep(5);
    expect(running).toEqual(['a1', 'a2', 'b1']);
    await sleep(LIMITS.busyMs + 20);
    expect(running).toEqual(['a1', 'a2', 'b1', 'free']);
  });

  test('have an end, however much hangs', async () => {
    const { plan, running, end } = bench();
    for (let at = 0; at < 8; at += 1) void plan(`p${at}`, [`host${at}`]);
    await sleep(LIMITS.busyMs * 3);
    expect(running).toHaveLength(LIMITS.atMost);
    end('p0');
    await sleep(5);
    expect(running.at(-1)).toBe('p6');
  });

  test('are no longer waited for once the plan was given up', async () => {
    const { plan, running, end } = bench();
    for (const name of ['a', 'b']) void plan(name, ['nas']);
    const stop = new AbortController();
    const given = plan('c', ['nas'], stop.signal);
    stop.abort(new Error('given up'));
    await expect(given).rejects.toThrow('given up');
    end('a');
    await sleep(5);
    expect(running).toEqual(['a', 'b']);
    await expect(plan('d', ['nas'], stop.signal)).rejects.toThrow('given up');
  });

  test('are free again after a failure, and counted once where a plan names one twice', async () => {
    const slot = createPlanningSlots(LIMITS);
    const fail = () => slot(['nas', 'nas'], () => Promise.reject(new Error('no')), NEVER);
    for (let at = 0; at < 5; at += 1) await expect(fail()).rejects.toThrow('no');
    expect(await slot(['nas'], async () => 'made', NEVER)).toBe('made');
  });
});
