import { expect, test } from '@jest/globals';
import { collide, type ScheduledStep } from '../../../src/core/planning/step-order.js';

const step = (...touches: readonly string[][]): ScheduledStep => ({
  name: 'step',
  parts: [],
  needs: [],
  when: null,
  onFailure: 'stop',
  touches,
});
const rollout = (...services: string[]) => [
  'stack:media',
  'compose:media',
  ...services.map((service) => `service:media/${service}`),
];
const PLEX_BACKUP = ['stack:media', 'path:/backups', 'container:plex'];

test.each([
  ['different services of one project', step(rollout('sonarr')), step(rollout('radarr')), false],
  ['the same service', step(rollout('sonarr')), step(rollout('sonarr', 'radarr')), true],
  ['a service, and a backup that may stop its container', step(rollout('plex')), step(PLEX_BACKUP), true],
  [
    'a step that backs up before it rolls out, and another service',
    step(PLEX_BACKUP, rollout('sonarr')),
    step(rollout('plex')),
    true,
  ],
  ['a project of which nothing is known, and a service of it', step(rollout()), step(rollout('plex')), true],
  ['a folder, and one inside of it', step(['path:/a']), step(['path:/a/b']), true],
  ['different stacks', step(['stack:media']), step(['stack:web']), false],
])('%s', (_, one, other, inTheWay) => {
  expect([collide(one, other), collide(other, one)]).toEqual([inTheWay, inTheWay]);
});
