import { join } from 'node:path';
import Libsql from 'libsql';
import type { Intent } from '../../../src/core/model/intent.js';
import type { Schedule } from '../../../src/core/model/schedule.js';
import { createScheduleDesk, type ScheduleDesk } from '../../../src/core/schedule/desk.js';
import { openSchedules } from '../../../src/core/schedule/source.js';
import { createScheduler, type Scheduler } from '../../../src/surfaces/scheduler/scheduler.js';
import { type Installation, intentNamed, type Process } from '../../core/harness.js';

/** An intent with a schedule of its own: every minute when nothing else is said. */
export function scheduledIntent(
  name: string,
  more: Partial<Schedule> = {},
  intent: Partial<Intent> = {},
): Intent {
  const schedule: Schedule = {
    name,
    intent: name,
    timing: { kind: 'interval', seconds: 60 },
    jitterSeconds: 0,
    catchUp: 'latest',
    overlap: 'skip',
    dryRun: false,
    enabled: true,
    params: {},
    file: `/intents/${name}.yaml`,
    line: 1,
    column: 1,
    ...more,
  };
  return intentNamed(name, { schedule, ...intent });
}

/** A process of an installation, with a scheduler whose clock the test moves. */
export interface Watch {
  readonly process: Process;
  readonly scheduler: Scheduler;
  readonly desk: ScheduleDesk;
}

export async function startWatch(
  installation: Installation,
  options: Parameters<Installation['start']>[0] = {},
): Promise<Watch> {
  const process = await installation.start(options);
  const { deps, pipeline, ownership } = process;
  const schedules = await openSchedules({ file: null, catalogue: deps.catalogue });
  const scheduler = createScheduler({ ...deps, pipeline, schedules, owner: ownership.id });
  const desk = createScheduleDesk({ ...deps, schedules, reloadIntents: async () => {} });
  return { process, scheduler, desk };
}

const LONGEST_MS = 90_000;

/** Moves the clock, and looks at it until the condition holds. */
export async function lookUntil(
  installation: Installation,
  { scheduler }: Watch,
  condition: () => boolean | Promise<boolean>,
  what: string,
  seconds = 0,
): Promise<void> {
  pass(installation, seconds);
  for (const end = Date.now() + LONGEST_MS; Date.now() < end; ) {
    await scheduler.look();
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`looked in vain until ${what}`);
}

/** Time passes, seen by nobody. */
export function pass(installation: Installation, seconds: number): void {
  installation.now = new Date(installation.now.getTime() + seconds * 1000);
}

/** Nothing is left to be done. */
export async function isIdle({ process }: Watch): Promise<boolean> {
  return (await process.deps.store.schedules.open()).length === 0;
}

/** A time as the database has it, with its run. */
export interface StoredDue {
  readonly schedule: string;
  readonly due: string;
  readonly run: string | null;
  readonly state: string | null;
  readonly started: string | null;
  /** 1: something is still to be done about it. */
  readonly open: number;
}

/** Every time that is kept, oldest first, read past the store. */
export function storedDues(dataDir: string): readonly StoredDue[] {
  return query(
    dataDir,
    `SELECT schedule, due, run_id AS run, state, started_at AS started, open
     FROM due_times LEFT JOIN runs ON runs.id = run_id ORDER BY due, due_times.id`,
  );
}

/** Ids of the runs of schedules that have begun. */
export function begunRuns(dataDir: string): readonly string[] {
  const sql = "SELECT id FROM runs WHERE source = 'schedule' AND started_at IS NOT NULL ORDER BY seq";
  return query<{ id: string }>(dataDir, sql).map(({ id }) => id);
}

function query<Row>(dataDir: string, sql: string): Row[] {
  const database = new Libsql(join(dataDir, 'chatops.db'), { readonly: true });
  try {
    return database.prepare(sql).all() as Row[];
  } finally {
    database.close();
  }
}
