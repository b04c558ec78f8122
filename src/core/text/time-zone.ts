const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * Shows a moment as the clocks and calendars of a zone do, to the minute.
 * @throws RangeError when there is no such time zone
 */
export function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(timezone, made);
  return made;
}
