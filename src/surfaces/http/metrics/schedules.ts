import { Counter, Gauge } from 'prom-client';
import type { ScheduleFigures } from '../../../core/schedule/figures.js';
import { type Into, MS_PER_SECOND } from './names.js';

const LABELS = ['schedule', 'intent_name'] as const;

/** Returns what reads the schedules before each scrape and never rejects; one that is gone is gone here too. */
export function scheduleMetrics(
  { registers }: Into,
  read: () => Promise<readonly ScheduleFigures[]>,
): () => Promise<void> {
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames: LABELS, registers });
  const counter = (name: string, help: string) => new Counter({ name, help, labelNames: LABELS, registers });
  const last = gauge(
    'chatops_schedule_last_run_timestamp_seconds',
    'When the last run of the schedule began.',
  );
  const next = gauge(
    'chatops_schedule_next_run_timestamp_seconds',
    'When the next run is due. Absent while the schedule is paused or not enabled.',
  );
  const paused = gauge('chatops_schedule_paused', '1 while the schedule is paused.');
  const waiting = gauge(
    'chatops_schedule_runs_waiting',
    'Runs whose time has come and that have not begun, such as in a freeze.',
  );
  const missed = counter('chatops_schedule_missed_total', 'Times at which the bot was down.');
  const skipped = counter(
    'chatops_schedule_skipped_total',
    'Times that were left out because the run before had not ended.',
  );
  return async () => {
    // That the store can't be read is told by a metric of its own.
    const figures = await read().catch(() => []);
    for (const metric of [last, next, paused, waiting, missed, skipped]) metric.reset();
    for (const one of figures) {
      const labels = { schedule: one.schedule, intent_name: one.intent };
      if (one.lastAt !== null) last.set(labels, Date.parse(one.lastAt) / MS_PER_SECOND);
      if (one.nextAt !== null) next.set(labels, Date.parse(one.nextAt) / MS_PER_SECOND);
      paused.set(labels, Number(one.paused));
      waiting.set(labels, one.waiting);
      missed.inc(labels, one.missed);
      skipped.inc(labels, one.skipped);
    }
  };
}
