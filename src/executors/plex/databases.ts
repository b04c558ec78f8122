import { posix } from 'node:path';
import { code, phrase } from '../../core/model/phrase.js';
import type { RunContext } from '../../core/ports/executor.js';
import { commandFailed, type Failure, failure, STOPPED } from '../shared/failure.js';
import type { PlexData } from './data.js';
import { BESIDE, isNamed, isSurely, type Member, mayBe } from './members.js';
import { removeScratch, scratch } from './scratch.js';
import { askSqlite } from './sqlite.js';

/** More are not opened. */
const MOST = 20;

/** What was found out about the databases in an archive. */
export interface Databases {
  /** All that there are, as far as they could be told. */
  readonly found: number;
  /** Passed SQLite's integrity check. */
  readonly intact: number;
  /** Passed its quick check: the other one needs Plex's own SQLite. */
  readonly pages: number;
  /** Called like databases, and none of SQLite's. */
  readonly foreign: readonly string[];
  /** Why those that are left were not opened. */
  readonly unopened: 'no_sqlite' | 'no_space' | 'too_many' | 'needs_plex' | 'odd_name' | null;
}

type Checked =
  | { readonly ok: true; readonly databases: Databases }
  | { readonly ok: false; readonly failure: Failure };

const NONE: Databases = { found: 0, intact: 0, pages: 0, foreign: [], unopened: null };

/**
 * Opens the databases of the partial with sqlite3, beside the partial. They are found by their names and by their first
 * bytes. One that is empty, has no table, or is damaged fails the check; what can't be opened is counted apart.
 */
export async function checkDatabases(
  data: PlexData,
  members: readonly Member[],
  ctx: RunContext,
): Promise<Checked> {
  const empty = members.find((member) => isNamed(member) && member.size === 0);
  if (empty) return { ok: false, failure: emptyDatabase(empty) };
  const named = members.filter(isNamed);
  const unopened = (why: Databases['unopened']): Checked => ({
    ok: true,
    databases: { ...NONE, found: named.length, unopened: named.length > 0 ? why : null },
  });
  if (data.sqlite === null) return unopened('no_sqlite');

  const all = new Map(members.map((member) => [member.listed, member]));
  // A name that is no UTF-8 can't be given to a program from here.
  const odd = named.filter(({ name }) => name === null).length;
  const candidates = members.filter((member) => member.name !== null && (isNamed(member) || mayBe(member)));
  if (candidates.length === 0) return unopened('odd_name');
  const wanted = candidates.flatMap((member) => [
    member,
    ...BESIDE.flatMap((suffix) => all.get(member.listed + suffix) ?? []),
  ]);
  const bytes = wanted.reduce((sum, { size }) => sum + size, 0);
  if ((await ctx.host.free(data.destination)).available < bytes) return unopened('no_space');
  try {
    const failed = await extract(data, [...new Set(wanted)], ctx);
    if (failed) return { ok: false, failure: failed };
    const sorted = await sortOut(data, candidates, all, ctx);
    return sorted.ok ? await openAll(data, data.sqlite, { ...sorted, odd }, ctx) : sorted;
  } finally {
    await removeScratch(data, ctx);
  }
}

async function extract(data: PlexData, members: readonly Member[], ctx: RunContext): Promise<Failure | null> {
  const folder = scratch(data);
  await ctx.host.mkdir(folder);
  const result = await ctx.host.exec(data.extract, {
    stdin: members.map(({ listed }) => `${asked(listed)}\n`).join(''),
    env: { LC_ALL: 'C' },
  });
  if (ctx.signal.aborted) return STOPPED;
  if (!result.ok) return commandFailed('tar', result);
  // Without rights of its own a file can't be opened by the one who just wrote it.
  const opened = await ctx.host.exec(['chmod', '-R', 'u+rwX', '--', folder]);
  if (ctx.signal.aborted) return STOPPED;
  return opened.ok ? null : commandFailed('chmod', opened);
}

/** A line of --files-from, in which tar undoes escapes; it would trim spaces, and take a dash for an option. */
function asked(listed: string): string {
  return listed.replace(/^-/, '\\055').replaceAll(' ', '\\040');
}

type Sorted =
  | { readonly ok: true; readonly real: readonly Member[]; readonly foreign: readonly string[] }
  | { readonly ok: false; readonly failure: Failure };

/** By their first bytes: which are SQLite's, and which are only called like that. */
async function sortOut(
  data: PlexData,
  candidates: readonly Member[],
  all: ReadonlyMap<string, Member>,
  ctx: RunContext,
): Promise<Sorted> {
  const real: Member[] = [];
  const foreign: string[] = [];
  for (const member of candidates) {
    const kind = await kindOf(data, member, ctx);
    if (ctx.signal.aborted) return { ok: false, failure: STOPPED };
    // Whether it is one can’t be told: SQLite says what it is.
    if (kind === 'sqlite' || (kind === 'unknown' && isNamed(member))) real.push(member);
    else if (!isNamed(member)) continue;
    else if (kind === 'zeros' || isSurely(member, all)) {
      const why = kind === 'zeros' ? 'it begins with zeros' : 'it does not begin like a database';
      return { ok: false, failure: damaged(member, why) };
    } else foreign.push(posix.basename(member.name ?? member.listed));
  }
  // What is called like a database first.
  return { ok: true, real: [...real].sort((a, b) => Number(isNamed(b)) - Number(isNamed(a))), foreign };
}

const MAGIC = Buffer.from('SQLite format 3\0').toString('hex');

async function kindOf(
  data: PlexData,
  member: Member,
  { host }: RunContext,
): Promise<'sqlite' | 'zeros' | 'other' | 'unknown'> {
  const result = await host.exec(['od', '-A', 'n', '-t', 'x1', '-N', '16', '--', pathOf(data, member)], {
    log: 'none',
  });
  const hex = result.stdout.replace(/\s/g, '');
  if (hex === MAGIC) return 'sqlite';
  if (!result.ok) return 'unknown';
  return /^0+$/.test(hex) ? 'zeros' : 'other';
}

async function openAll(
  data: PlexData,
  sqlite: readonly string[],
  { real, foreign, odd }: Extract<Sorted, { ok: true }> & { readonly odd: number },
  ctx: RunContext,
): Promise<Checked> {
  const counts = { intact: 0, pages: 0, unknown: 0 };
  for (const member of real.slice(0, MOST)) {
    const verdict = await askSqlite(sqlite, pathOf(data, member), ctx);
    if (ctx.signal.aborted) return { ok: false, failure: STOPPED };
    if (verdict.state === 'damaged') return { ok: false, failure: damaged(member, verdict.why) };
    if (verdict.state === 'without_tables') return { ok: false, failure: emptyDatabase(member) };
    counts[verdict.state] += 1;
  }
  const { intact, pages, unknown } = counts;
  const unopened = real.length > MOST ? 'too_many' : unknown > 0 ? 'needs_plex' : odd > 0 ? 'odd_name' : null;
  return { ok: true, databases: { found: real.length + odd, intact, pages, foreign, unopened } };
}

function pathOf(data: PlexData, { name, listed }: Member): string {
  return posix.join(scratch(data), name ?? listed);
}

function damaged({ name, listed }: Member, why: string): Failure {
  return failure(
    'check_failed',
    phrase`The copied database ${code(name ?? listed)} is damaged: ${code(why)}.`,
    phrase`Run it again with ${code('consistency: stop')}. If it fails again, the database in the container is damaged itself.`,
  );
}

function emptyDatabase({ name, listed, size }: Member): Failure {
  const what = size === 0 ? 'is empty (0 bytes)' : 'has no table in it';
  return failure(
    'check_failed',
    phrase`The copied database ${code(name ?? listed)} ${what}.`,
    phrase`Look at the file in the source: a full disk can leave one like that. Restore it from an earlier backup, or move it away if nothing needs it.`,
  );
}
