import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { losses } from './losses.js';
import { equalNow, show, within } from './measures.js';
import { type Archive, filesIn, type Row, type Seen } from './seen.js';
import { look } from './tree.js';

const UNPACK = ['--acls', '--xattrs', '--xattrs-include=*', '--numeric-owner', '--preserve-permissions'];

/** Unpacks an archive with plain tar into a scratch folder, and looks at it; null when there is none. */
export function openArchive(path: string, scratch: string): Archive | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  const from = [
    '--file',
    path,
    ...(path.endsWith('.zst') ? ['--zstd'] : path.endsWith('.gz') ? ['--gzip'] : []),
  ];
  const unpacked = spawnSync('tar', ['--extract', ...UNPACK, ...from, '--directory', scratch], {
    stdio: 'ignore',
  });
  const listed = spawnSync('tar', ['--list', '--quoting-style=escape', ...from], {
    encoding: 'latin1',
    maxBuffer: 1 << 26,
  });
  const archive = {
    path,
    size: stat.size,
    sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
    contents: look(scratch),
    members: listed.stdout.split('\n').filter((line) => line !== '' && !line.endsWith('/')).length,
    unpacks: unpacked.status === 0,
  };
  rmSync(scratch, { recursive: true, force: true });
  return archive;
}

/** What the catalogue of a data directory says of the backups that this run made. */
export function rowOf(dataDir: string, runId: string): Row | null {
  const sql = `select * from artifacts where run_id = '${runId.replace(/\W/g, (sign) => (sign === '-' ? sign : ''))}' order by seq desc limit 1`;
  const { stdout } = spawnSync('sqlite3', ['-readonly', '-json', `${dataDir}/chatops.db`, sql], {
    encoding: 'utf8',
  });
  if (stdout.trim() === '') return null;
  const [row] = JSON.parse(stdout) as Record<string, string | number | null>[];
  if (row === undefined) return null;
  // Before there were levels, there was only a yes or no.
  const level = row.verified_level ?? (row.verified === 1 ? 'listed' : 'none');
  return {
    path: String(row.path),
    files: Number(row.files),
    size: Number(row.size),
    sha256: row.sha256 === null ? null : String(row.sha256),
    level: String(level),
  };
}

/** The archive holds all that was there all the time, and tar reads it to its end. */
export function isGood(seen: Seen): boolean {
  const lost = losses(seen);
  return seen.archive?.unpacks === true && !lost.has('missing') && !lost.has('contents') && !lost.has('type');
}

/** What the catalogue claims of this run's backup, and what is so. */
export function rowIsTrue(seen: Seen): readonly string[] {
  const { row, told, archive } = seen;
  if (row === null)
    return told.state === 'succeeded' ? ['succeeded, and the catalogue knows nothing of it'] : [];
  const { files, equal } = equalNow(seen);
  if (row.level === 'none') {
    const isWhole = told.state === 'succeeded' && equal.least === files.most;
    return isWhole ? ['succeeded with all there, and the catalogue says unchecked'] : [];
  }
  if (told.state !== 'succeeded') return [`the catalogue says ${row.level} of a run that ${told.state}`];
  const lost = losses(seen);
  const wrong: string[] = [];
  for (const loss of ['type', 'contents'] as const) {
    const paths = lost.get(loss);
    if (paths) wrong.push(`the catalogue says ${row.level}, but the ${loss} of ${paths[0]} is another one`);
  }
  const there = { least: equal.least, most: Math.max(files.most, filesIn(seen.copy.after).length) };
  if (seen.kind === 'docker_volumes' && !within(row.files, there)) {
    wrong.push(`the catalogue says ${row.files} files; ${show(there)} are there`);
  }
  if (seen.kind !== 'docker_volumes') {
    if (archive === null) return [...wrong, 'the catalogue has an archive that isn’t there'];
    if (!archive.unpacks) wrong.push(`the catalogue says ${row.level}, but tar can’t unpack it`);
    if (archive.size !== row.size)
      wrong.push(`the catalogue says ${row.size} bytes; there are ${archive.size}`);
    if (archive.sha256 !== row.sha256) wrong.push('the catalogue has another sha256');
    if (archive.members !== row.files)
      wrong.push(`the catalogue says ${row.files} files; ${archive.members} are in it`);
  }
  return wrong;
}

/** Retention never leaves fewer good archives than it must, and the newest good one stays. */
export function retentionHolds(seen: Seen): readonly string[] {
  if (seen.kind === 'docker_volumes') return [];
  const there = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;
  const good = [...seen.good, ...(seen.archive !== null && isGood(seen) ? [seen.archive.path] : [])];
  const left = good.filter(there);
  const newest = good.at(-1);
  return [
    ...(left.length < Math.min(seen.minKeep, good.length)
      ? [`${left.length} good archives are left of ${good.length}, and ${seen.minKeep} must stay`]
      : []),
    ...(seen.others.some((path) => !there(path)) ? ['a good archive of another source was deleted'] : []),
    ...(knowsItsOwn(seen) ? [] : ['archives of this installation are called unknown']),
    ...(newest !== undefined && !there(newest) ? ['the newest good archive was deleted'] : []),
  ];
}

function knowsItsOwn({ told }: Seen): boolean {
  return !told.plan?.warnings.some(({ code }) => code === 'archives_unknown');
}
