import * as z from 'zod';
import { HIDDEN } from '../text/characters.js';
import { isId } from '../text/discord-id.js';
import { secondsOf } from '../text/duration.js';
import { formatOf } from '../text/time-zone.js';
import { checked, readable, text } from './forms.js';

/** Text of people's own: names of roles, channels, keys, schedules. */
export const anyName = readable(
  new RegExp(`^[^\\s${HIDDEN}](?:[^${HIDDEN}]{0,98}[^\\s${HIDDEN}])?$`),
  () => ({
    why: 'a name is 1 to 100 characters on one line, without a space at its ends',
    hint: 'Write it as it is shown.',
  }),
);

/** A Discord user's id. */
export const userId = checked((value) =>
  isId(value)
    ? null
    : {
        why: 'people are named by their id, 17 to 20 digits',
        hint: 'In Discord, turn on Developer Mode, right-click the person and choose Copy User ID.',
      },
);

/** What names of stacks and intents look like, with `*` for any text. */
export const pattern = text(/^[A-Za-z0-9*][A-Za-z0-9._*-]{0,99}$/, () => ({
  why: 'a name has letters, digits, dots, underscores and dashes, and * stands for any text',
  hint: 'Write it like media, "media-*" or "*".',
}));

export const clock = text(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, () => ({
  why: 'it must be a time of the day',
  hint: 'Write it like 09:30 or 23:00.',
})).transform((value) => Number(value.slice(0, 2)) * 60 + Number(value.slice(3)));

export const day = checked((value) =>
  /^\d{4}-\d\d-\d\d$/.test(value) && isDate(value)
    ? null
    : { why: 'it must be a day', hint: 'Write it like 2026-12-20.' },
);

function isDate(value: string): boolean {
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

export const moment = checked((value) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(value) && !Number.isNaN(Date.parse(value))
    ? null
    : { why: 'it must be a moment with its time zone', hint: 'Write it like 2026-11-22T14:00:00Z.' },
).transform((value) => new Date(value));

export const timezone = checked((value) => {
  try {
    formatOf(value);
    return null;
  } catch {
    return { why: 'there is no such time zone', hint: 'Write it like Europe/Berlin or UTC.' };
  }
});

export const hash = text(/^[0-9a-fA-F]{64}$/, () => ({
  why: 'it must be a sha256 in hex, 64 characters',
  hint: 'Make it with: printf %s "$KEY" | sha256sum.',
})).transform((value) => value.toLowerCase());

/** `10 per 1h`: so many runs in a time. */
export const rate = text(/^[1-9][0-9]{0,3} per [1-9][0-9]{0,4}[smhd]$/, () => ({
  why: 'it must be so many runs per time',
  hint: 'Write it like 10 per 1h, 3 per 10m or 50 per 1d.',
})).transform((value) => {
  const [runs = '', time = ''] = value.split(' per ');
  return { runs: Number(runs), perSeconds: secondsOf(time) ?? 0 };
});

/** One value, or a list of at least one; always a list in the end. */
export function some<Item extends z.ZodType<string>>(item: Item, most = 200) {
  return z
    .union([item, z.array(item).min(1).max(most)])
    .transform((value): readonly z.output<Item>[] => (typeof value === 'string' ? [value] : value));
}
