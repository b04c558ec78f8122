import type * as z from 'zod';
import type { Schedule, Timing } from '../model/schedule.js';
import type { FlatDocument, YamlProblem } from './flat-document.js';
import type { OwnSchedule } from './schedule-fields.js';
import { timetableOf } from './timetable.js';

/** What a schedule is besides its fields. */
type Place = Pick<Schedule, 'name' | 'intent' | 'file' | 'line' | 'column'> & {
  /** Where the clock hangs when the schedule does not say. Default UTC. */
  readonly timezone?: string;
};

/** So many times in a row tell how close two can be. */
const LOOKED_AT = 20;

/** Makes a schedule of fields that are valid by themselves; null when they contradict each other, which is told. */
export function scheduleOf(
  values: z.output<typeof OwnSchedule>,
  { timezone = 'UTC', ...place }: Place,
  fields: FlatDocument,
  report: (problem: YamlProblem) => void,
): Schedule | null {
  const tell = (field: string, message: string, hint: string): null => {
    report({ ...fields.locateKey(field), field, message, hint });
    return null;
  };
  const { cron, interval_seconds: seconds, jitter, params, enabled, overlap } = values;
  if ((cron === undefined) === (seconds === undefined)) {
    return cron === undefined
      ? tell('cron', 'It does not say when.', 'Add cron, such as cron: "0 3 * * *", or interval_seconds.')
      : tell('interval_seconds', 'It has cron and interval_seconds.', 'Keep one of them.');
  }
  const timing: Timing =
    cron === undefined
      ? { kind: 'interval', seconds: seconds ?? 0 }
      : { kind: 'cron', cron, timezone: values.timezone ?? timezone };
  const closest = shortestGap(timing);
  if (jitter >= closest) {
    const message = `jitter is ${jitter} s, but two runs can be only ${closest} s apart.`;
    return tell('jitter', message, `Write less than ${closest} s, or remove the line.`);
  }
  return {
    ...place,
    timing,
    jitterSeconds: jitter,
    catchUp: values.catch_up,
    overlap,
    dryRun: values.dry_run,
    enabled,
    params,
  };
}

/** Seconds between two times that follow each other; infinite when there is only one. */
function shortestGap(timing: Timing): number {
  if (timing.kind === 'interval') return timing.seconds;
  const table = timetableOf(timing);
  let shortest = Number.POSITIVE_INFINITY;
  let before = table.next(new Date(0));
  for (let looked = 0; before !== null && looked < LOOKED_AT; looked += 1) {
    const next = table.next(before);
    if (next === null) break;
    shortest = Math.min(shortest, (next.getTime() - before.getTime()) / 1000);
    before = next;
  }
  return shortest;
}
