import { phrase } from '../../src/core/model/phrase.js';
import { notice } from '../../src/core/model/reasons.js';
import type { CoreDeps } from '../../src/core/ports/deps.js';
import { createScheduleDesk, type ScheduleDesk } from '../../src/core/schedule/desk.js';
import { type OpenSchedules, openSchedules } from '../../src/core/schedule/source.js';

type DeskDeps = Pick<CoreDeps, 'store' | 'refusals' | 'catalogue' | 'policy' | 'hosts' | 'redactor' | 'now'>;

/** The schedules of a file, and the desk for them, above what a test has already. */
export async function openDesk(
  deps: DeskDeps,
  file: string | null = null,
): Promise<{ readonly schedules: OpenSchedules; readonly desk: ScheduleDesk }> {
  const schedules = await openSchedules({ file, catalogue: deps.catalogue });
  const desk = createScheduleDesk({ ...deps, schedules, reloadIntents: async () => {} });
  return { schedules, desk };
}

const NONE = { ok: false, notice: notice('schedule_unknown', phrase`There is no such schedule.`) } as const;

/** For what has no schedules. */
export const NO_SCHEDULES: ScheduleDesk = {
  list: async () => [],
  show: async () => NONE,
  names: () => [],
  whyNot: async () => NONE.notice,
  pause: async () => NONE,
  resume: async () => NONE,
  runNow: () => NONE,
  reload: async () => ({ added: [], changed: [], removed: [], schedules: 0, problems: [] }),
  problems: () => [],
  figures: async () => [],
};
