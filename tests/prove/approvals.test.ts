import { expect, test } from '@jest/globals';
import { proof } from '../../prove/approvals.js';
import { slice } from './slice.js';

test('nothing that needs two people begins without another person’s Approve for this very plan', async () => {
  const { figures } = await slice(proof, [4]);
  // The stories do reach what they are about.
  expect(figures.begunWithTwo).toBeGreaterThan(2);
}, 120_000);
