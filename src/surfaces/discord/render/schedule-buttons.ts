import { createHash } from 'node:crypto';
import type { Button } from './fit.js';

export const SCHEDULE_VERBS = ['pause', 'resume', 'now'] as const;
/** What a press below a schedule asks for. */
export type ScheduleVerb = (typeof SCHEDULE_VERBS)[number];

/** Stands for a schedule's name in a custom id: names can be longer than what Discord lets one hold. */
export function scheduleKey(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 16);
}

/** Reads `schedule:<key>:<verb>`; null when it is no such button. */
export function parseScheduleId(text: string): { key: string; verb: ScheduleVerb } | null {
  const [, key, name] = /^schedule:([0-9a-f]{16}):([a-z]+)$/.exec(text) ?? [];
  const verb = SCHEDULE_VERBS.find((known) => known === name);
  return key === undefined || verb === undefined ? null : { key, verb };
}

/** The buttons that fit the schedule's state. */
export function scheduleButtons(name: string, state: { paused: boolean; runnable: boolean }): Button[] {
  const button = (verb: ScheduleVerb, label: string, style: Button['style'] = 'quiet'): Button => ({
    id: `schedule:${scheduleKey(name)}:${verb}`,
    label,
    style,
  });
  return [
    state.paused ? button('resume', 'Resume', 'go') : button('pause', 'Pause'),
    ...(state.runnable ? [button('now', 'Run now')] : []),
  ];
}
