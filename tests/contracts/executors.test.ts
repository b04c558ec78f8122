import { expect, test } from '@jest/globals';
import { proveAll } from '../../prove/contract.js';
import { describeWithDocker } from '../support/docker.js';
import type { FaultKind } from './choose.js';
import { EXECUTORS } from './executor/worlds/index.js';

/**
 * One fault of each of these kinds: each kind comes, and each executor meets a failure and a kill or a stop. Containers
 * are dear, so theirs are few. All faults are `prove contract`.
 */
const KINDS: Readonly<Record<string, readonly FaultKind[]>> = {
  files: ['call fail', 'call hang', 'call kill-during', 'row before', 'row from-on', 'row kill-after'],
  snapshots: ['call fail', 'call hang', 'call stop', 'call kill-during', 'row before', 'row kill-after'],
  docker_volumes: ['call fail', 'call stop', 'call kill', 'row after'],
  plex: ['call fail', 'call kill-during'],
  vm_proxmox: ['call fail', 'call lost', 'call hang', 'call stop', 'row kill-before', 'row from-on'],
  scale: ['call fail', 'call stop'],
  rollout: ['call fail', 'call kill'],
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
        const { figures } = await proveAll([subject], options, KINDS);
        console.info(`${name}: ${figures[name]}`);
        expect(told.filter((line) => line.includes('VIOLATION'))).toEqual([]);
        expect(figures.injected).toBe(KINDS[name]?.length);
      },
      540_000,
    );
  },
  'docker-registry',
  'rsync',
  'sqlite3',
);
