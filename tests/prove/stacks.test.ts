import { expect, test } from '@jest/globals';
import { proof } from '../../prove/stacks.js';
import { describeWithDocker } from '../support/docker.js';
import { slice } from './slice.js';

describeWithDocker('a random stack', () => {
  test('is what was shown, or what it was, also when it is edited meanwhile', async () => {
    const { figures } = await slice(proof, [18]);
    expect(figures.stacks).toBe(1);
  }, 120_000);
});
