import type { Argv } from '../../core/plan.js';
import { upArgv } from '../compose/command.js';
import type { ScaleData } from './data.js';

/** Goes to this many containers; those that are there are not made anew. */
export function scaleArgv({ inputs, service }: ScaleData, replicas: number): Argv {
  return upArgv(inputs, service, replicas, '--no-recreate');
}
