import { expect, test } from '@jest/globals';
import { proof } from '../../prove/planted.js';
import { describeWithDocker } from '../support/docker.js';

describeWithDocker('the contract suite of executors', () => {
  test('finds each defect that is planted on purpose', async () => {
    const told: string[] = [];
    const log = (line: string): void => void told.push(line);
    const signal = AbortSignal.timeout(480_000);
    const { figures } = await proof.run({ seeds: [1], minutes: 8, only: null, log, signal });
    console.info(told.join('\n'));
    expect(told.filter((line) => line.startsWith('MISSED'))).toEqual([]);
    expect(figures.found).toBe(13);
  }, 540_000);
});
