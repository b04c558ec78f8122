import type { Executor } from '../../core/executor.js';
import { observeScale } from '../compose/observe.js';
import type { ScaleData } from './data.js';
import { plan } from './plan.js';
import { recover, rollBack } from './recover.js';
import { run } from './run.js';

/** More or fewer containers of one Compose service. */
export const scale: Executor<'scale', ScaleData> = {
  kind: 'scale',
  plan,
  run,
  recover,
  rollBack,
  observe: observeScale,
};
