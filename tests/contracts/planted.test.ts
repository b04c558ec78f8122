import { expect, test } from '@jest/globals';
import { findPlanted } from '../../prove/planted.js';
import { describeWithDocker } from '../support/docker.js';
import { PLANTED } from './executor/planted.js';

describeWithDocker('the contract suite of executors', () => {
  test('finds every other defect that is planted on purpose; all of them are `prove planted`', async () => {
    const every = PLANTED.filter((_, index) => index % 2 === 0);
    const told: string[] = [];
    const log = (line: string): void => void told.push(line);
    const signal = AbortSignal.timeout(480_000);
    const { figures } = await findPlanted(every, { seeds: [1], minutes: 8, only: null, log, signal });
    console.info(told.join('\n'));
    expect(told.filter((line) => line.startsWith('MISSED'))).toEqual([]);
    expect(figures.found).toBe(every.length);
  }, 540_000);
});
