import type { RunContext } from '../../core/executor.js';
import type { ExecResult } from '../../core/host.js';
import { code, phrase } from '../../core/phrase.js';
import { type Failure, failure, STOPPED } from '../shared/failure.js';
import { lastLine } from '../shared/wording.js';
import type { PlexData } from './data.js';

/** Files beside a database that belong to its content. */
const WITH = ['', '-wal', '-journal'] as const;
/** What a check leaves beside the partial. */
const LEFT = [...WITH, '-shm'] as const;
/** More are not opened: each one means reading the archive once more. */
const MOST = 20;

/** Names of databases and of what belongs to them; none with an escape in it, which tar would not find. */
export function isDatabase(member: string): boolean {
  return /^[^\\]+\.db(?:-wal|-journal)?$/.test(member);
}

type Opened =
  | { readonly ok: true; readonly whole: number }
  | { readonly ok: false; readonly failure: Failure };

/**
 * Opens each database of the partial with sqlite3, one after the other, beside the partial. Plex's own have
 * collations that only Plex's SQLite knows: of those the pages are checked, and what can't be checked at all
 * counts neither as whole nor as damaged.
 * @param bytes of the tar stream: no database can need more room
 */
export async function checkDatabases(
  data: PlexData,
  members: ReadonlySet<string>,
  bytes: number,
  ctx: RunContext,
): Promise<Opened> {
  if (data.sqlite === null || (await ctx.host.free(data.destination)).available < bytes)
    return { ok: true, whole: 0 };
  let whole = 0;
  const databases = [...members].filter((member) => member.endsWith('.db')).slice(0, MOST);
  for (const member of databases) {
    const verdict = await checkOne(data, data.sqlite, member, members, ctx);
    if (ctx.signal.aborted) return { ok: false, failure: STOPPED };
    if (verdict.state === 'damaged') return { ok: false, failure: damaged(member, verdict.why) };
    if (verdict.state === 'whole') whole += 1;
  }
  return { ok: true, whole };
}

type Verdict = { readonly state: 'whole' | 'unknown' } | { readonly state: 'damaged'; readonly why: string };

async function checkOne(
  data: PlexData,
  sqlite: readonly string[],
  member: string,
  members: ReadonlySet<string>,
  ctx: RunContext,
): Promise<Verdict> {
  try {
    for (const suffix of WITH) {
      if (suffix !== '' && !members.has(member + suffix)) continue;
      const [result] = await ctx.host.pipe([[...data.extract, member + suffix]], scratch(data) + suffix);
      if (!result?.ok)
        return ctx.signal.aborted ? { state: 'unknown' } : { state: 'damaged', why: saidBy(result) };
    }
    for (const pragma of ['integrity_check(1)', 'quick_check(1)']) {
      const result = await ctx.host.exec([...sqlite, scratch(data), `PRAGMA ${pragma};`], { log: 'none' });
      const verdict = verdictOf(result);
      if (verdict.state !== 'unknown') return verdict;
    }
    return { state: 'unknown' };
  } finally {
    await removeScratch(data, ctx);
  }
}

/** What only Plex's own SQLite knows. */
const PLEX_ONLY = /no such (?:collation sequence|module|function|tokenizer)|unknown tokenizer/i;

function verdictOf(result: ExecResult): Verdict {
  if (result.ok && result.stdout.trim() === 'ok') return { state: 'whole' };
  const why = saidBy(result);
  return result.stopped || PLEX_ONLY.test(why) ? { state: 'unknown' } : { state: 'damaged', why };
}

function saidBy(result: ExecResult | undefined): string {
  return lastLine(result?.stderr ?? '') || lastLine(result?.stdout ?? '') || 'it can’t be read';
}

function scratch({ partial }: Pick<PlexData, 'partial'>): string {
  return `${partial}.db`;
}

/** Removes what a check left; also for recovery. */
export async function removeScratch(
  data: Pick<PlexData, 'partial'>,
  { host }: Pick<RunContext, 'host'>,
): Promise<void> {
  for (const suffix of LEFT) await host.remove(scratch(data) + suffix);
}

function damaged(member: string, why: string): Failure {
  return failure(
    'check_failed',
    phrase`The copied database ${code(member)} is damaged: ${code(why)}.`,
    phrase`Run it again with ${code('consistency: stop')}. If it fails again, the database in the container is damaged itself.`,
  );
}
