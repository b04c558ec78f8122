/** What the log may say of the troubles that are made; everything else of this level is a violation. */
const EXPECTED: readonly RegExp[] = [
  /disk|database|store|full/i,
  /doesn’t answer|does not answer|timed out/i,
  /gateway|reconnect|shard/i,
];

interface Line {
  readonly level: string;
  readonly msg: string;
}

/** How often each warning and error came, and what of it nobody expects. */
export function readLog(text: string): {
  readonly counts: ReadonlyMap<string, number>;
  readonly unexpected: readonly string[];
} {
  const counts = new Map<string, number>();
  const unexpected = new Set<string>();
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const read = parse(line);
    if (read === null || /unhandled/i.test(line)) unexpected.add(line.slice(0, 300));
    if (read === null || read.level === 'info') continue;
    counts.set(`${read.level} ${read.msg}`, (counts.get(`${read.level} ${read.msg}`) ?? 0) + 1);
    if (read.level !== 'warn' && !EXPECTED.some((pattern) => pattern.test(line)))
      unexpected.add(line.slice(0, 600));
  }
  return { counts, unexpected: [...unexpected] };
}

function parse(line: string): Line | null {
  try {
    const { level, msg } = JSON.parse(line) as Line;
    return { level, msg };
  } catch {
    return null;
  }
}
