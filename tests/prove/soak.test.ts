import { expect, test } from '@jest/globals';
import { soak } from '../../prove/soak.js';
import { describeWithDocker } from '../support/docker.js';

describeWithDocker(
  'the soak',
  () => {
    test('a schedule every second goes on while one thing after the other fails', async () => {
      const told: string[] = [];
      const { signal } = new AbortController();
      const log = (line: string): void => void told.push(line);
      const { ok, figures } = await soak({ seeds: [3], minutes: 1, only: null, log, signal }, 20);
      console.info(JSON.stringify(figures, null, 1));
      expect(ok ? [] : told).toEqual([]);
    }, 240_000);
  },
  'docker-registry',
  'bindfs',
  'sqlite3',
);
