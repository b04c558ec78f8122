/** When something was, as chats say it: the time today, else with the day. */
export function chatTime(iso: string, now = new Date()): string {
  const date = new Date(iso);
  const time = date.toLocaleTimeString(undefined, { timeStyle: 'short' });
  const day = (value: Date) => value.toDateString();
  if (day(date) === day(now)) return `Today at ${time}`;
  const yesterday = new Date(now.getTime() - 86_400_000);
  return day(date) === day(yesterday) ? `Yesterday at ${time}` : dateTime(iso);
}

export function dateTime(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'short' });
}

/** Bytes for people. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kib = bytes / 1024;
  return kib < 1024 ? `${kib.toFixed(1)} KiB` : `${(kib / 1024).toFixed(1)} MiB`;
}
