import type { Executor } from '../../core/executor.js';
import type { RolloutData } from './data.js';

/** New versions of a Compose project's services, one after the other. */
export const rollout: Executor<'rollout', RolloutData> = {
  kind: 'rollout',
  places: ({ compose }) => [`compose:${compose}`],
  plan: async (fields, ctx) => (await import('./plan.js')).plan(fields, ctx),
  run: async (part, ctx) => (await import('./run.js')).run(part, ctx),
  recover: async (part, journal, ctx) => (await import('./recover.js')).recover(part, journal, ctx),
  rollBack: async (part, journal, ctx) => (await import('./recover.js')).rollBack(part, journal, ctx),
  undo: async (part, journal, ctx) => (await import('./undo.js')).undo(part, journal, ctx),
  observe: async (fields, ctx) => (await import('../compose/observe.js')).observeRollout(fields, ctx),
};
