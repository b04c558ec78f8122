export { archiveReader } from './adopt.js';

import type { Executor } from '../core/ports/executor.js';
import { dockerVolumes } from './docker-volumes/executor.js';
import { folders } from './folders.js';
import { plex } from './plex/executor.js';
import { rollout } from './rollout/executor.js';
import { scale } from './scale/executor.js';
import { createVmProxmox } from './vm-proxmox/executor.js';
import type { VmProxmoxSettings } from './vm-proxmox/way.js';

/** What executors need of the configuration. */
export interface ExecutorSettings {
  readonly proxmox: VmProxmoxSettings;
}

/**
 * Every kind of intent that this version can run. Each loads its code with the first thing that it is asked:
 * a start and the lists need none of it.
 */
export function createExecutors({ proxmox }: ExecutorSettings): readonly Executor[] {
  return [folders, dockerVolumes, plex, createVmProxmox(proxmox), scale, rollout];
}
