import { posix } from 'node:path';
import { code, phrase } from '../../core/model/phrase.js';
import type { Json } from '../../core/model/plan.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { RunContext } from '../../core/ports/executor.js';
import type { Host } from '../../core/ports/host.js';
import { excludesFolder } from './excludes.js';
import { type Failure, failure, STOPPED } from './failure.js';
import { rememberedText, rememberedTexts } from './memory.js';
import { mountIdIn, mountInfoOf, mountPointIn } from './mountinfo.js';
import { isWithin } from './paths.js';
import { someOf } from './wording.js';

/** The mounts on which a source's contents depend: those that it lies on, its own, and each below it. */
export type SourceMounts = {
  /** The source with symlinks resolved. */
  readonly real: string;
  readonly points: readonly string[];
};

/** What of a source counts, and what the intent says of its mounts. */
export interface MountQuestion {
  readonly source: string;
  readonly exclude: readonly string[];
  /** Mounts below the source are not entered. */
  readonly staysOnOne: boolean;
  /** The mounts that must be there, in place of those of the last run. */
  readonly wanted: readonly string[] | undefined;
}

/**
 * By mount point, what tells this very mount; null where the kernel doesn't say. It is read twice: while others mount
 * something, an entry can be skipped.
 */
async function table(host: Host): Promise<ReadonlyMap<string, string> | null> {
  const [one, two] = [await readTable(host), await readTable(host)];
  return one && two ? new Map([...one, ...two]) : null;
}

async function readTable(host: Host): Promise<ReadonlyMap<string, string> | null> {
  const text = await mountInfoOf(host);
  if (text === null) return null;
  const points = new Map<string, string>();
  for (const line of text.split('\n')) {
    const point = mountPointIn(line);
    // One mounted over another has the same place.
    if (point !== null) points.set(point, `${points.get(point) ?? ''} ${mountIdIn(line)}`);
  }
  return points;
}

function concerns(point: string, real: string, { exclude, staysOnOne }: MountQuestion): boolean {
  if (isWithin(real, point)) return true;
  if (!isWithin(point, real) || staysOnOne) return false;
  return !excludesFolder(exclude, posix.relative(real, point));
}

/** Null where the kernel doesn't say. */
export async function sourceMounts(
  host: Host,
  real: string,
  asked: MountQuestion,
): Promise<SourceMounts | null> {
  const points = await table(host);
  if (points === null) return null;
  return { real, points: [...points.keys()].filter((point) => concerns(point, real, asked)).sort() };
}

/** What to remember for the next plan. */
export function mountFacts(mounts: SourceMounts | null): { readonly [name: string]: Json } {
  return mounts === null ? {} : { mounts: mounts.points };
}

/** What a plan says of mounts that are gone since the last run (a blocker), or new (a warning). */
export interface MountFindings {
  readonly blocker: Notice | null;
  readonly warning: Notice | null;
}

/** Compares the mounts with those of the last run, or with those that the intent wants. */
export function compareMounts(asked: MountQuestion, now: SourceMounts | null, before: Json): MountFindings {
  if (now === null) return { blocker: null, warning: null };
  const lastOne = rememberedText(before, 'mount');
  const remembered = rememberedTexts(before, 'mounts') ?? (lastOne === null ? null : [lastOne]);
  const expected = (asked.wanted ?? remembered ?? []).filter((point) => concerns(point, now.real, asked));
  const missing = expected.filter((point) => !now.points.includes(point));
  const isKnown = asked.wanted === undefined && rememberedTexts(before, 'mounts') !== null;
  const added = isKnown ? now.points.filter((point) => !expected.includes(point)) : [];
  return {
    blocker: missing.length === 0 ? null : notMounted(asked, now, missing),
    warning:
      added.length === 0
        ? null
        : notice(
            'source_mount_new',
            phrase`${someOf(added)} is mounted now, and wasn’t at the last run: what is copied may be other data.`,
          ),
  };
}

function notMounted(asked: MountQuestion, now: SourceMounts, missing: readonly string[]): Notice {
  const left = now.points.filter((point) => isWithin(point, now.real));
  const list = `source_mounts: [${left.map((point) => JSON.stringify(point)).join(', ')}]`;
  const since = asked.wanted === undefined ? ' and was at the last run' : '';
  const isSourceItself = missing.length === 1 && missing[0] === now.real;
  return notice(
    'source_not_mounted',
    isSourceItself
      ? phrase`${code(asked.source)} is not mounted now${since}.`
      : phrase`${someOf(missing)} is not mounted now${since}; ${code(asked.source)} depends on it.`,
    phrase`Mount it, then try again. If it is no longer meant to be a mount, write ${code(list)} in the intent: the mounts that must be there.`,
  );
}

/** Looks at a source's mounts over a whole run. */
export interface MountWatch {
  /** What came or went since the run began, or since the preview; null: nothing did. */
  look(): Promise<Failure | null>;
}

/** @param planned null where a plan knew nothing of them, which then is not looked at */
export async function watchMounts(
  planned: SourceMounts | null,
  { host, signal }: Pick<RunContext, 'host' | 'signal'>,
): Promise<MountWatch> {
  const began = planned === null ? null : await table(host);
  return {
    look: async () => {
      if (planned === null) return null;
      const now = await table(host);
      if (signal.aborted) return STOPPED;
      if (began === null || now === null) {
        return failure('source_not_mounted', phrase`Whether the source’s mounts stayed can’t be told.`);
      }
      const changed = [...new Set([...planned.points, ...began.keys(), ...now.keys()])].filter(
        (point) =>
          (planned.points.includes(point) || isNewBelow(point, planned, began, now)) &&
          began.get(point) !== now.get(point),
      );
      const gone = planned.points.filter((point) => !began.has(point) || !now.has(point));
      const what = [...new Set([...gone, ...changed])];
      if (what.length === 0) return null;
      const [verb, mounts] =
        gone.length > 0 ? ['is no longer mounted', gone] : ['was mounted or unmounted', what];
      return failure(
        'source_not_mounted',
        phrase`${someOf(mounts)} ${verb}: it changed while the source was copied, so the copy can’t be trusted.`,
        phrase`Check the mount, then run it again.`,
      );
    },
  };
}

function isNewBelow(
  point: string,
  { real }: SourceMounts,
  began: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
): boolean {
  return isWithin(point, real) && !began.has(point) && now.has(point);
}
