import { join } from 'node:path';
import type { World } from './faults.js';
import { LARGE } from './features.js';
import type { Story } from './story.js';

export interface Intent {
  readonly text: string;
  /** What its options give up, by the name of the loss. */
  readonly givenUp: ReadonlySet<string>;
  readonly minKeep: number;
  readonly excludes: readonly string[];
  /** What its excludes mean, as rsync and .gitignore read them. */
  isExcluded(path: string): boolean;
}

/** A pattern that is anchored, one that is not, and one that matches nothing. */
const EXCLUDES = ['/cache', '*.tmp', '/never/there'] as const;

function meansExcluded(path: string): boolean {
  return path === 'cache' || path.startsWith('cache/') || path.endsWith('.tmp');
}

const PARAMETER = 'params:\n  album: { type: string, pattern: "[a-z]+", example: src }';

/** What is written as the source. */
const SOURCES: Readonly<Record<Story['form'], (source: string) => string>> = {
  folder: (source) => source,
  parameter: (source) => join(source, '../{{ album }}'),
  'link-to-folder': (source) => join(source, '../current'),
  'link-to-file': (source) => join(source, '../current'),
};

/** What the link points at that an intent names instead of the folder. */
export function sourceOf({ form }: Story, source: string): string {
  return form === 'link-to-file' ? join(source, LARGE) : source;
}

/** What people write for a disk that keeps little. */
const KEEP_LITTLE: Readonly<Record<string, readonly string[]>> = {
  '--no-owner': ['owner'],
  '--no-group': ['owner'],
  '--no-perms': ['mode'],
  '--no-acls': ['attributes', 'mode'],
  '--no-xattrs': ['attributes'],
  '--no-hard-links': ['hard links'],
  '--no-devices': ['missing', 'device'],
  '--no-specials': ['missing'],
};
const POOR = ['exfat', 'ntfs', 'ntfs-no-case', 'daemon-nobody', 'not-root'];

/** The intent of a story, with choices that suit its destination as often as not. */
export function intentOf(
  { kind, place, form, hasExcludes }: Story,
  { source, dice }: World,
  destination: string,
  knows: (line: string) => boolean,
): Intent {
  const head = [
    'action: backup',
    kind === 'plex' ? 'database_type: plex\nconsistency: none' : `backup_type: ${kind}`,
    'stack: claims',
    `source: ${SOURCES[form](source)}`,
    ...(form === 'parameter' ? [PARAMETER] : []),
    `destination: ${destination}`,
  ];
  const minKeep = 1 + dice.below(2);
  const excludes = hasExcludes ? EXCLUDES : [];
  const isExcluded = hasExcludes ? meansExcluded : () => false;
  if (hasExcludes) head.push(`exclude: ${JSON.stringify(excludes)}`);
  if (kind !== 'docker_volumes') {
    const compress = dice.pick(['none', 'gzip', 'zstd']);
    const lines = [`compress: ${compress}`, `retention_days: ${1 + dice.below(2)}`, `min_keep: ${minKeep}`];
    return { text: [...head, ...lines, ''].join('\n'), givenUp: new Set(), minKeep, excludes, isExcluded };
  }
  const options: string[] = dice.chance(0.6) ? ['--delete'] : [];
  const givenUp = new Set<string>();
  if (POOR.includes(place) && dice.chance(0.7)) {
    for (const [option, losses] of Object.entries(KEEP_LITTLE)) {
      options.push(option);
      for (const loss of losses) givenUp.add(loss);
    }
    if (place === 'exfat') options.push('--modify-window=2');
    if (knows('options: [--no-links]') && dice.chance(0.5)) {
      options.push('--no-links');
      givenUp.add('missing');
    }
  }
  if (dice.chance(0.3)) options.push('--sparse');
  else givenUp.add('holes');
  const checks = knows('verify: checksum') && dice.chance(0.3) ? ['verify: checksum'] : [];
  return {
    text: [...head, `options: [${options.join(', ')}]`, ...checks, ''].join('\n'),
    givenUp,
    minKeep,
    excludes,
    isExcluded,
  };
}
