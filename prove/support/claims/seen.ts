import type { Told } from './command.js';
import type { Kind } from './story.js';
import type { Tree } from './tree.js';

/** What the catalogue says of a run's backup. */
export interface Row {
  readonly path: string;
  readonly files: number;
  readonly size: number;
  readonly sha256: string | null;
  readonly level: string;
}

/** An archive as it lies at the destination. */
export interface Archive {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  /** What plain tar unpacks of it. */
  readonly contents: Tree;
  /** How many members are no folders, as tar lists them. */
  readonly members: number;
  /** tar unpacked it without a complaint. */
  readonly unpacks: boolean;
}

/** One run: what was said, and what an independent look found before and after it. */
export interface Seen {
  readonly kind: Kind;
  readonly place: string;
  readonly fault: string;
  /** The fault did strike. */
  readonly struck: boolean;
  readonly told: Told;
  readonly source: { readonly before: Tree; readonly after: Tree };
  /** The mirror; for an archive, the folder that it lies in. */
  readonly copy: { readonly before: Tree; readonly after: Tree };
  /** The archive of this run, when there is one. */
  readonly archive: Archive | null;
  readonly row: Row | null;
  /** The source's path was meant to change in this run, or lies below such a path. */
  readonly isTouched: (path: string) => boolean;
  /** What the intent's excludes did: what they should have kept out of the copy, and the ones that match nothing. */
  readonly excludes: { readonly packed: readonly string[]; readonly idle: readonly string[] } | null;
  /** What the intent itself gives up, such as `owner`. */
  readonly givenUp: ReadonlySet<string>;
  /** A disk was mounted below the source when a backup of it last succeeded. */
  readonly hadMount: boolean;
  /** Archives that were good before this run, oldest first, and how many of them must stay. */
  readonly good: readonly string[];
  /** Good ones of another source, which this run has no business with. */
  readonly others: readonly string[];
  readonly minKeep: number;
}

/** What the run left of the source: the mirror, or what the archive holds. */
export function copyOf(seen: Seen): Tree {
  if (seen.kind === 'docker_volumes') return seen.copy.after;
  return seen.archive?.contents ?? new Map();
}

/** Everything that people were told before and after, as one text. */
export function allTold({ told }: Seen): string {
  const { plan } = told;
  return [
    ...(plan?.parts.flatMap(({ steps }) => steps.map(({ title }) => title)) ?? []),
    ...(plan?.warnings.map(({ message }) => message) ?? []),
    ...(plan?.blockers.map(({ message }) => message) ?? []),
    ...sentences(told),
  ].join('\n');
}

/** What the outcome says, one after the other. */
export function sentences({ outcome }: Told): readonly string[] {
  return [...(outcome?.summary ?? []), ...(outcome?.warnings.map(({ message }) => message) ?? [])];
}

/** Not a part of any backup: what rsync keeps for its own. */
export function isToolsOwn(path: string): boolean {
  return /(^|\/)\.rsync-partial(\/|$)|^ballast$/.test(path);
}

/** Those that are no folders. */
export function filesIn(tree: Tree): readonly string[] {
  return [...tree].filter(([path, { type }]) => type !== 'folder' && !isToolsOwn(path)).map(([path]) => path);
}
