import type { Executor } from '../core/executor.js';
import { dockerVolumes } from './docker-volumes/executor.js';
import { files } from './files/executor.js';

/** Every kind of intent that this version can run. */
export const executors: readonly Executor[] = [files, dockerVolumes];
