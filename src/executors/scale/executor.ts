import type { Executor } from '../../core/executor.js';
import type { ScaleData } from './data.js';

/** More or fewer containers of one Compose service. */
export const scale: Executor<'scale', ScaleData> = {
  kind: 'scale',
  places: ({ compose }) => [`compose:${compose}`],
  plan: async (fields, ctx) => (await import('./plan.js')).plan(fields, ctx),
  run: async (part, ctx) => (await import('./run.js')).run(part, ctx),
  recover: async (part, journal, ctx) => (await import('./recover.js')).recover(part, journal, ctx),
  rollBack: async (part, journal, ctx) => (await import('./recover.js')).rollBack(part, journal, ctx),
  undo: async (part, journal, ctx) => (await import('./undo.js')).undo(part, journal, ctx),
  observe: async (fields, ctx) => (await import('../compose/observe.js')).observeScale(fields, ctx),
};
