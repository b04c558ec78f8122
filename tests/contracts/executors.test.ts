import { expect, test } from '@jest/globals';
import { proveAll } from '../../prove/contract.js';
import { describeWithDocker } from '../support/docker.js';
import { EXECUTORS } from './executor/worlds/index.js';

/** How many faults of each executor: about 10 s of each on two idle cores; all of them are `prove contract`. */
const FAULTS: Readonly<Record<string, number>> = {
  files: 8,
  docker_volumes: 5,
  plex: 4,
  vm_proxmox: 8,
  scale: 3,
  rollout: 3,
};

describeWithDocker(
  'the contract of executors, a fixed sample of its faults',
  () => {
    test.each(EXECUTORS.map((subject) => [subject.name, subject] as const))(
      '%s',
      async (name, subject) => {
        const told: string[] = [];
        const log = (line: string): void => void told.push(line);
        const { signal } = new AbortController();
        const options = { seeds: [14], minutes: 8, only: null, log, signal };
        const { figures } = await proveAll([subject], options, FAULTS[name] ?? 10);
        console.info(`${name}: ${figures[name]}`);
        expect(told.filter((line) => line.includes('VIOLATION'))).toEqual([]);
        expect(figures.injected).toBeGreaterThan(0);
      },
      540_000,
    );
  },
  'docker-registry',
  'rsync',
  'sqlite3',
);
