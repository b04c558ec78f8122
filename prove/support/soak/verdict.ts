import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { docker } from '../../../tests/support/docker-cli.js';
import type { Scene } from './scene.js';
import type { Trouble } from './troubles.js';

/** A run as the database has it, read without anything of the product. */
export interface StoredRun {
  readonly id: string;
  readonly intent: string;
  readonly state: string;
  readonly reason: string | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

const ENDED = [
  'succeeded',
  'failed',
  'rolled_back',
  'cancelled',
  'expired',
  'refused',
  'plan_changed',
  'interrupted',
];

/** What needs neither the NAS nor Docker nor the registry nor the gateway: only a full disk may keep it from running. */
const ALWAYS = 'mirror';
/** Within so many ms something that can run has to: a hang, and a stalled run that holds a place meanwhile. */
const WITHIN_MS = 40_000;
/** So long after a trouble what it hit may still be ending, in ms. */
const AFTER_MS = 20_000;

export function runsOf({ stage }: Pick<Scene, 'stage'>): readonly StoredRun[] {
  return query(
    stage.path('data', 'chatops.db'),
    "SELECT id, intent, state, json_extract(outcome, '$.reason') AS reason, created_at AS createdAt, finished_at AS finishedAt FROM runs ORDER BY seq",
  );
}

function query<T>(file: string, sql: string): readonly T[] {
  const { stdout, stderr, status } = spawnSync('sqlite3', ['-json', '-cmd', '.timeout 5000', file, sql], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`sqlite3: ${stderr}`);
  return stdout.trim() === '' ? [] : (JSON.parse(stdout) as readonly T[]);
}

/** What is wrong when everything has come to rest: looked at from outside. */
export function wrongAtTheEnd(scene: Scene, runs: readonly StoredRun[]): readonly string[] {
  const { stage, plex, stack } = scene;
  const wrong: string[] = [];
  for (const { id, intent, state, reason } of runs) {
    if (!ENDED.includes(state)) wrong.push(`${id} (${intent}) is ${state}`);
    if (reason === 'internal_error') wrong.push(`${id} (${intent}) is called a defect`);
  }
  const leases = query<{ key: string }>(stage.path('data', 'chatops.db'), 'SELECT key FROM leases');
  wrong.push(...leases.map(({ key }) => `a lease is held: ${key}`));
  const status = docker('inspect', '--format', '{{.State.Status}}', plex);
  if (status !== 'running') wrong.push(`the plex container is ${status}`);
  const running = stack.running();
  wrong.push(
    ...stack
      .names()
      .filter((name) => !running.includes(name))
      .map((name) => `${name} does not run`),
  );
  // By their ends: two that come due together don't have to run in the order in which they were recorded.
  const scales = runs
    .filter(({ intent }) => intent.startsWith('web_'))
    .sort((a, b) => (a.finishedAt ?? '').localeCompare(b.finishedAt ?? ''));
  const wanted = scales.findLast(({ state }) => state === 'succeeded')?.intent === 'web_two' ? 2 : 1;
  const replicas = running.filter((name) => name.startsWith('web-')).length;
  if (replicas !== wanted) {
    const last = scales
      .slice(-4)
      .map(({ id, intent, state, finishedAt }) => `${id} ${intent} ${state} ${finishedAt}`);
    wrong.push(`${replicas} replicas of web run, not the ${wanted} of the last success: ${last.join(', ')}`);
  }
  for (const [intent, folder] of [
    ['archive', stage.path('nas', 'archives')],
    ['plexdb', stage.path('dst', 'plex')],
  ] as const) {
    wrong.push(
      ...wrongFolder(
        folder,
        runs.filter((run) => run.intent === intent),
      ),
    );
  }
  return wrong;
}

/** Each success left one whole archive, and each archive is a success's or told of by the run that made it. */
function wrongFolder(folder: string, runs: readonly StoredRun[]): readonly string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const archives = names.filter((name) => name.endsWith('.tar.gz'));
  const wrong = names
    .filter((name) => !/\.tar\.gz(\.manifest\.json)?$/.test(name))
    .map((name) => `half-done: ${folder}/${name}`);
  const made = new Set<string>();
  for (const name of archives) {
    const manifest = join(folder, `${name}.manifest.json`);
    if (!existsSync(manifest)) {
      wrong.push(`${name} has no manifest`);
      continue;
    }
    const { run, sha256 } = JSON.parse(readFileSync(manifest, 'utf8')) as { run: string; sha256: string };
    made.add(run);
    const hash = createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
    if (hash !== sha256) wrong.push(`${name} has another sha256 than its manifest`);
  }
  const lost = runs.filter(({ id, state }) => state === 'succeeded' && !made.has(id));
  return [
    ...wrong,
    ...lost.map(({ id, intent }) => `${id} (${intent}) succeeded, and its archive is not there`),
  ];
}

/** Stretches in which nothing ran although it could have. */
export function idleStretches(
  runs: readonly StoredRun[],
  troubles: readonly Trouble[],
  from: number,
  to: number,
): readonly string[] {
  const full = troubles.filter(({ name }) => name === 'disk full');
  const ends = runs
    .filter(({ intent, state }) => intent === ALWAYS && state === 'succeeded')
    .map(({ finishedAt }) => Date.parse(finishedAt ?? ''));
  const idle: string[] = [];
  for (let start = from; start + WITHIN_MS <= to; start += WITHIN_MS / 4) {
    const end = start + WITHIN_MS;
    const isHit = full.some((trouble) => trouble.from < end && (trouble.to ?? end) + AFTER_MS > start);
    if (isHit || ends.some((at) => at >= start && at <= end)) continue;
    const during = troubles.filter((trouble) => trouble.from < end && (trouble.to ?? end) > start);
    idle.push(
      `nothing of ${ALWAYS} succeeded from ${new Date(start).toISOString()} on for ${WITHIN_MS / 1000} s, while: ${during.map(({ name }) => name).join(', ') || 'nothing'}`,
    );
  }
  return idle;
}
