import type { ExecutorUnderTest } from '../under-test.js';
import { dockerVolumes } from './docker-volumes.js';
import { files } from './files.js';
import { plex } from './plex.js';
import { rollout } from './rollout.js';
import { scale } from './scale.js';
import { snapshots } from './snapshots.js';
import { vmProxmox } from './vm-proxmox.js';

/** Every executor that there is. */
export const EXECUTORS: readonly ExecutorUnderTest[] = [
  files,
  snapshots,
  dockerVolumes,
  plex,
  vmProxmox,
  scale,
  rollout,
];
