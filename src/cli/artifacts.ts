import { resolve } from 'node:path';
import type { Adoption } from '../core/admission/adoption.js';
import type { Artifact } from '../core/model/artifact.js';
import type { Origin } from '../core/model/origin.js';
import { plain } from '../core/model/phrase.js';
import { formatBytes, formatCount } from '../core/text/format.js';
import { restoreLineOf } from '../core/views/restore-line.js';
import type { Context } from './context.js';
import { CliError, EXIT } from './errors.js';
import { isYes, readLine } from './question.js';
import { clean, localTime, sentence, table } from './text.js';

export interface ArtifactsOptions {
  readonly intent: string | null;
  /** Also those that were deleted. */
  readonly all: boolean;
}

/** `chatops artifacts`: what backups left, newest first. */
export async function artifactsCommand(ctx: Context, { intent, all }: ArtifactsOptions): Promise<number> {
  const { app, deps, out } = ctx;
  const listed = (await app.artifacts.list(intent)).filter(({ deletedAt }) => all || deletedAt === null);
  const artifacts = [...listed].reverse();
  if (out.json) {
    out.result(artifacts.map(json));
    return EXIT.done;
  }
  if (artifacts.length === 0) {
    out.lines([
      intent === null
        ? 'The catalogue has no artifacts yet.'
        : `The catalogue has nothing of ${clean(intent)}.`,
      'chatops artifacts adopt <path> takes archives into it that are there already.',
    ]);
    return EXIT.done;
  }
  const now = deps.now();
  const rows = artifacts.map((artifact) => [
    clean(artifact.intent),
    artifact.deletedAt === null ? artifact.verified : 'deleted',
    formatBytes(artifact.size),
    ageText(artifact, now),
    clean(sourceOf(artifact)),
    clean(artifact.path),
  ]);
  const [head = '', ...lines] = table([['INTENT', 'CHECKED', 'SIZE', 'AGE', 'OF', 'WHERE'], ...rows]);
  out.lines([out.style.dim(head), ...lines, ...restoreLines(artifacts)]);
  return EXIT.done;
}

/** How the newest one that a line restores is restored. */
function restoreLines(newestFirst: readonly Artifact[]): readonly string[] {
  const [newest] = newestFirst.flatMap((artifact) => restoreLineOf(artifact) ?? []);
  return newest === undefined ? [] : ['', 'Restore the newest one, as root:', `  ${clean(newest)}`];
}

export interface AdoptOptions {
  readonly yes: boolean;
  readonly dryRun: boolean;
}

/** `chatops artifacts adopt PATH…`: reads what is there, asks, and takes it into the catalogue. */
export async function adoptCommand(
  ctx: Context,
  paths: readonly string[],
  { yes, dryRun }: AdoptOptions,
): Promise<number> {
  const { app, deps, out } = ctx;
  const signal = new AbortController().signal;
  const adoption = await app.artifacts.look(
    paths.map((path) => resolve(path)),
    signal,
  );
  const { adopt, refused } = adoption;
  out.lines(adoptionLines(adoption, ctx));
  const isWanted = adopt.length > 0 && !dryRun && (yes || (await agreed(ctx)));
  if (isWanted) await app.artifacts.adopt(adopt, deps.operator, 'cli');
  if (out.json) out.result(adoptionJson(adoption, isWanted));
  if (isWanted) out.lines([`✅ ${formatCount(adopt.length, nounOf(adopt))} adopted.`]);
  else if (adopt.length > 0) out.lines(['Nothing was changed.']);
  if (refused.length > 0) return EXIT.failed;
  return isWanted || adopt.length === 0 || dryRun ? EXIT.done : EXIT.refused;
}

/** `chatops artifacts rescan`: marks what is gone. */
export async function rescanCommand({ app, deps, out }: Context): Promise<number> {
  const { gone, skipped } = await app.artifacts.rescan(deps.operator, 'cli', new AbortController().signal);
  if (out.json) out.result({ gone, skipped });
  out.lines([
    gone.length === 0 ? 'Nothing is gone.' : `${formatCount(gone.length, 'artifact')} gone, and marked so:`,
    ...gone.map((path) => `  ${clean(path)}`),
    ...skipped.map(
      (folder) => `⚠ ${clean(folder)} holds none of its archives. It was left alone: is it mounted?`,
    ),
  ]);
  return EXIT.done;
}

async function agreed({ deps, out }: Context): Promise<boolean> {
  if (!out.interactive) {
    throw new CliError(
      EXIT.refused,
      'confirmation_needed',
      'Nobody can answer here, so nothing was adopted.',
      'Add --yes to adopt them without a question.',
    );
  }
  deps.stdout.write('Adopt them? [y/N] ');
  const line = await readLine(deps.stdin, new AbortController().signal);
  return line !== null && isYes(line);
}

function adoptionLines({ adopt, known, refused }: Adoption, { out }: Context): readonly string[] {
  const bytes = adopt.reduce((sum, { size }) => sum + size, 0);
  return [
    ...(adopt.length === 0
      ? ['There is nothing to adopt.']
      : [
          `${formatCount(adopt.length, nounOf(adopt))} to adopt (${formatBytes(bytes)}), ${lookedAt(adopt)}:`,
        ]),
    ...adopt.map(
      ({ path, intent, files, createdAt }) =>
        `  ${clean(path)} · ${clean(intent)} · ${formatCount(files, 'file')} · ${localTime(createdAt)}`,
    ),
    ...(known.length === 0 ? [] : [`${formatCount(known.length, 'archive')} in the catalogue already.`]),
    ...refused.map(({ path, why }) => `❌ ${clean(path)}: ${sentence(why, out.style)}`),
    ...(adopt.length === 0
      ? []
      : ['Retention counts them from then on, and may delete them when they are too old.']),
  ];
}

function nounOf(adopt: readonly Artifact[]): string {
  return adopt.every(({ kind }) => kind === 'snapshot') ? 'snapshot' : 'archive';
}

/** Archives are read; of a snapshot, files and bytes are counted. */
function lookedAt(adopt: readonly Artifact[]): string {
  const counted = adopt.filter(({ kind }) => kind === 'snapshot').length;
  if (counted === 0) return 'read to the end';
  return counted === adopt.length ? 'counted' : 'read to the end, snapshots counted';
}

function adoptionJson({ adopt, known, refused }: Adoption, isDone: boolean): object {
  return {
    done: isDone,
    adopted: adopt.map(json),
    known,
    refused: refused.map(({ path, why }) => ({ path, why: plain(why) })),
  };
}

function json({ origin, ...artifact }: Artifact): object {
  const line = restoreLineOf({ ...artifact, origin });
  return {
    ...artifact,
    ...(line === null ? {} : { restore: line }),
    origin: origin === null ? null : (JSON.parse(origin) as Origin),
  };
}

function sourceOf({ origin }: Artifact): string {
  return origin === null ? '' : (JSON.parse(origin) as Origin).source;
}

function ageText({ createdAt }: Artifact, now: Date): string {
  const hours = Math.floor((now.getTime() - Date.parse(createdAt)) / 3_600_000);
  if (hours < 0) return 'in the future';
  if (hours < 48) return hours === 1 ? '1 hour' : `${hours} hours`;
  return `${Math.floor(hours / 24)} days`;
}
