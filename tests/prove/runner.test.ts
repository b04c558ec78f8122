import { describe, expect, test } from '@jest/globals';
import { readArguments } from '../../prove/support/arguments.js';
import { loadProof, proofNames } from '../../prove/support/load.js';

describe('npm run prove', () => {
  test('without a name lists every proof with what it shows', async () => {
    expect(proofNames()).toContain('approvals');
    for (const name of proofNames()) {
      expect((await loadProof(name)).description).toMatch(/^\S.{20,120}$/);
    }
  });

  test.each([
    [[], { name: null, seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], minutes: 10, only: null }],
    [['soak', '--seeds', '2', '--minutes', '20'], { name: 'soak', seeds: [1, 2], minutes: 20, only: null }],
    [['soak', '--seed', '7', '--only', 'nas'], { name: 'soak', seeds: [7], minutes: 10, only: 'nas' }],
  ])('reads %j', (args, read) => {
    expect(readArguments(args)).toEqual(read);
  });

  test.each([
    [['soak', '--minutes', '61'], 'A proof takes at most 60 minutes.'],
    [['soak', '--seeds', '0'], '--seeds is a whole number from 1 on, not "0".'],
    [['soak', '--seed', 'x'], '--seed is a whole number from 1 on, not "x".'],
    [['soak', 'kill'], 'Name one proof.'],
  ])('refuses %j', (args, message) => {
    expect(() => readArguments(args)).toThrow(message);
  });
});
