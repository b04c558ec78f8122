import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { onInterrupt } from '../../src/cli/signals.js';

let signals: EventEmitter;
let terminal: PassThrough & { isTTY: boolean };
let calls: number;
let at: number;
let end: () => void;

beforeEach(() => {
  signals = new EventEmitter();
  terminal = Object.assign(new PassThrough(), { isTTY: true });
  terminal.on('error', () => {});
  calls = 0;
  at = 0;
  end = onInterrupt(
    signals,
    [terminal],
    () => {
      calls += 1;
    },
    () => at,
  );
});

const lose = (): boolean => terminal.emit('error', Object.assign(new Error('write EIO'), { code: 'EIO' }));

describe('what asks a process to end', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP'])('%s', (signal) => {
    signals.emit(signal);
    expect(calls).toBe(1);
  });

  test('each time that somebody insists', () => {
    for (const signal of ['SIGINT', 'SIGINT', 'SIGQUIT', 'SIGTERM']) signals.emit(signal);
    expect(calls).toBe(4);
  });

  test('a terminal that can be written to no more', () => {
    lose();
    lose();
    expect(calls).toBe(1);
  });

  test('not a pipe whose reader went away', () => {
    end();
    const pipe = new PassThrough();
    pipe.on('error', () => {});
    onInterrupt(signals, [pipe], () => {
      calls += 1;
    });
    pipe.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect(calls).toBe(0);
  });
});

describe('losing a terminal is told several times, and nobody insists by it', () => {
  test('by the system and by its shell', () => {
    for (const signal of ['SIGHUP', 'SIGHUP']) signals.emit(signal);
    lose();
    expect(calls).toBe(1);
  });

  test('by a service manager, after or before its SIGTERM', () => {
    for (const signal of ['SIGHUP', 'SIGTERM']) signals.emit(signal);
    expect(calls).toBe(1);
  });

  test('also long after somebody asked to stop', () => {
    signals.emit('SIGTERM');
    at = 60_000;
    signals.emit('SIGHUP');
    expect(calls).toBe(1);
  });

  test('but who asks later does insist', () => {
    signals.emit('SIGHUP');
    at = 5001;
    signals.emit('SIGTERM');
    expect(calls).toBe(2);
  });
});

test('the end of the subscription takes every listener away', () => {
  end();
  expect(signals.eventNames()).toEqual([]);
  expect(terminal.listenerCount('error')).toBe(1);
});
