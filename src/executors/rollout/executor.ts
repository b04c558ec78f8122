import type { Executor } from '../../core/executor.js';
import { observeRollout } from '../compose/observe.js';
import type { RolloutData } from './data.js';
import { plan } from './plan.js';
import { recover, rollBack } from './recover.js';
import { run } from './run.js';

/** New versions of a Compose project's services, one after the other. */
export const rollout: Executor<'rollout', RolloutData> = {
  kind: 'rollout',
  plan,
  run,
  recover,
  rollBack,
  observe: observeRollout,
};
