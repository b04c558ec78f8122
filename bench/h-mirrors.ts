import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { needTools } from './support/box.js';
import type { Figure, Part } from './support/figures.js';
import { writeLibrary } from './support/library.js';
import { loggedTools } from './support/logged-tools.js';
import { type MirrorBot, startMirrorBot } from './support/mirror-bot.js';
import { inScope } from './support/scope.js';
import { median, rounded } from './support/stats.js';
import { writeEmptyFiles } from './support/trees.js';

const call = promisify(execFile);

/** Smaller for a quick try: `CHATOPS_BENCH_FILES=2000 CHATOPS_BENCH_DELETIONS=5000 CHATOPS_BENCH_EMPTY=20000`. */
const FILES = numberFrom('CHATOPS_BENCH_FILES', 20_000);
const DELETIONS = numberFrom('CHATOPS_BENCH_DELETIONS', 100_000);
const EMPTY = numberFrom('CHATOPS_BENCH_EMPTY', 1_000_000);
const BYTES_EACH = 25_000;
const ROUNDS = 3;

const RSYNC = ['rsync', '-aHAX', '--numeric-ids'] as const;

/** One tree, by the bare tool and by us; seconds. */
interface Times {
  readonly tree: string;
  readonly first: Pair;
  readonly unchanged: Pair;
  readonly preview: Pair;
}

interface Pair {
  readonly ours: number;
  readonly bare: number;
}

/** (h) Mirrors and archives of many files, in a running bot, beside the bare tool. */
export const mirrors: Part = {
  title: `mirrors: ${FILES} files, ${DELETIONS} deletions, ${EMPTY} empty files`,
  run: () =>
    inScope(async (scope) => {
      needTools('rsync', 'tar', 'pigz');
      const tools = loggedTools(scope.dir, 'rsync', 'find');
      const bot = await startMirrorBot(scope, tools.bin);
      const at = (name: string): string => join(scope.dir, name);
      await writeLibrary(at('files'), FILES, FILES * BYTES_EACH);
      const files = await mirrored('files', scope.dir, bot);
      const walks = await walksOf('files', bot, () => tools.calls());
      const archive = await archived(scope.dir, bot);
      await rm(at('files'), { recursive: true });
      const deletions = await deleted(scope.dir, bot);
      await writeEmptyFiles(at('empty'), EMPTY);
      const empty = await mirrored('empty', scope.dir, bot);
      return {
        figures: [...figuresOf(files), ...figuresOf(empty), ...others(archive, deletions, walks)],
        raw: { files, empty, archive, deletions, walks },
      };
    }),
};

/** A first mirror, the unchanged one, and its preview. The bare tool's first copy is followed by one read of all of it. */
async function mirrored(tree: string, dir: string, bot: MirrorBot): Promise<Times> {
  const [source, bare, ours] = [join(dir, tree), join(dir, `${tree}-bare`), join(dir, `${tree}-ours`)];
  await bot.add(tree, { backup_type: 'docker_volumes', source, destination: ours });
  const firstBare =
    (await timed(...RSYNC, `${source}/`, `${bare}/`)) +
    (await timed(...RSYNC, '--dry-run', `${source}/`, `${bare}/`));
  const first = { bare: firstBare, ours: await bot.run(tree) };
  const unchanged: Pair[] = [];
  const preview: Pair[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    preview.push({
      bare: await timed(...RSYNC, '--dry-run', `${source}/`, `${bare}/`),
      ours: await bot.preview(tree),
    });
    unchanged.push({ bare: await timed(...RSYNC, `${source}/`, `${bare}/`), ours: await bot.run(tree) });
  }
  await rm(bare, { recursive: true });
  return { tree, first, unchanged: middle(unchanged), preview: middle(preview) };
}

/** An archive, and tar with the same compressor, whose archive is then read once. */
async function archived(dir: string, bot: MirrorBot): Promise<Pair> {
  const [source, bare] = [join(dir, 'files'), join(dir, 'bare.tar.gz')];
  await mkdir(join(dir, 'archives'));
  await bot.add('archive', { backup_type: 'files', source, destination: join(dir, 'archives') });
  const rounds: Pair[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const packed = await timed(
      'sh',
      '-c',
      'tar -C "$0" --acls --xattrs -cf - . | pigz -1 >"$1"',
      source,
      bare,
    );
    const read = await timed('sh', '-c', 'pigz -dc "$0" | tar -tf - >/dev/null', bare);
    rounds.push({ bare: packed + read, ours: await bot.run('archive') });
    await rm(bare);
  }
  return middle(rounds);
}

/** Files that the source no longer has, with a run that somebody confirms by typing. */
async function deleted(dir: string, bot: MirrorBot): Promise<Pair> {
  const [source, bare, ours] = [join(dir, 'left'), join(dir, 'left-bare'), join(dir, 'left-ours')];
  for (const folder of [source, bare, ours]) await writeEmptyFiles(folder, 1);
  for (const folder of [bare, ours]) await writeEmptyFiles(join(folder, 'old'), DELETIONS);
  const options = { options: ['--delete'], max_delete: DELETIONS * 2 };
  await bot.add('deletions', { backup_type: 'docker_volumes', source, destination: ours, ...options });
  const times = {
    bare: await timed(...RSYNC, '--delete', `${source}/`, `${bare}/`),
    ours: await bot.confirm('deletions'),
  };
  for (const folder of [source, bare, ours]) await rm(folder, { recursive: true });
  return times;
}

interface Walks {
  readonly confirmed: readonly string[];
  readonly unattended: readonly string[];
}

async function walksOf(name: string, bot: MirrorBot, calls: () => readonly string[]): Promise<Walks> {
  calls();
  await bot.confirm(name);
  const confirmed = calls();
  await bot.run(name);
  return { confirmed, unattended: calls() };
}

function figuresOf({ tree, first, unchanged, preview }: Times): Figure[] {
  const told = (what: string, { ours, bare }: Pair, judged: Figure['judged']): Figure => ({
    what: `${tree}: ${what}`,
    unit: 's',
    values: { ours: rounded(ours), rsync: rounded(bare) },
    judged,
  });
  return [
    told('preview', preview, ratio('(ours − 0.1 s) ÷ rsync -n', preview.ours - 0.1, preview.bare, 1.3)),
    told(
      'nothing changed',
      unchanged,
      ratio('(ours − 0.3 s) ÷ rsync', unchanged.ours - 0.3, unchanged.bare, 3),
    ),
    told('first mirror', first, ratio('ours ÷ (rsync + rsync -n)', first.ours, first.bare, 1.3)),
  ];
}

function others(archive: Pair, deletions: Pair, { confirmed, unattended }: Walks): Figure[] {
  const rsyncs = (calls: readonly string[]): number =>
    calls.filter((line) => line.startsWith('rsync')).length;
  const finds = (calls: readonly string[]): number => calls.length - rsyncs(calls);
  return [
    {
      what: 'archive',
      unit: 's',
      values: { ours: rounded(archive.ours), 'tar + pigz, read once': rounded(archive.bare) },
      judged: ratio('ours ÷ bare', archive.ours, archive.bare, 1.3),
    },
    {
      what: 'deletions',
      unit: 's',
      values: { ours: rounded(deletions.ours), rsync: rounded(deletions.bare) },
      judged: { what: 'ours − rsync, s', value: deletions.ours - deletions.bare, atMost: 5 },
    },
    {
      what: 'walks by rsync, confirmed',
      unit: '',
      values: { ours: rsyncs(confirmed), 'of find': finds(confirmed) },
      judged: { what: 'walks', value: rsyncs(confirmed), atMost: 3 },
    },
    {
      what: 'walks by rsync, unattended',
      unit: '',
      values: { ours: rsyncs(unattended), 'of find': finds(unattended) },
      judged: { what: 'walks', value: rsyncs(unattended), atMost: 3 },
    },
  ];
}

function ratio(what: string, ours: number, bare: number, atMost: number): NonNullable<Figure['judged']> {
  return { what, value: rounded(ours / bare), atMost };
}

function middle(pairs: readonly Pair[]): Pair {
  return { ours: median(pairs.map(({ ours }) => ours)), bare: median(pairs.map(({ bare }) => bare)) };
}

async function timed(program: string, ...args: readonly string[]): Promise<number> {
  const began = performance.now();
  await call(program, args, { maxBuffer: 1 << 28 });
  return (performance.now() - began) / 1000;
}

function numberFrom(name: string, otherwise: number): number {
  const value = process.env[name];
  return value === undefined ? otherwise : Number(value);
}
