import { expect, test } from '@jest/globals';
import { findPlanted } from '../../prove/planted.js';
import { describeWithDocker } from '../support/docker.js';
import { PLANTED } from './executor/planted.js';

/** One for each thing that is looked at afterwards, and one that only containers show. */
const NAMES = [
  'a partial file is not removed',
  'a lease is kept',
  'a failed check is called a success',
  'what it is about to write is not in the journal',
  'a child is left running',
  'going back makes another number of replicas',
];

describeWithDocker('the contract suite of executors', () => {
  test('finds some of the defects that are planted on purpose; all of them are `prove planted`', async () => {
    const some = PLANTED.filter(({ name }) => NAMES.includes(name));
    const told: string[] = [];
    const log = (line: string): void => void told.push(line);
    const signal = AbortSignal.timeout(480_000);
    const { figures } = await findPlanted(some, { seeds: [1], minutes: 8, only: null, log, signal });
    console.info(told.join('\n'));
    expect(told.filter((line) => line.startsWith('MISSED'))).toEqual([]);
    expect(figures.found).toBe(NAMES.length);
  }, 540_000);
});
