import { Dice } from './dice.js';
import { FAULTS, type Fault, type FaultName } from './faults.js';
import { FEATURES, type FeatureName, OF_MIRRORS } from './features.js';
import { PLACE_NAMES } from './places.js';

export type Kind = 'files' | 'docker_volumes' | 'plex';

/** One run of a story: what is added to the tree before it, and what goes wrong in it. */
export interface Act {
  readonly features: readonly FeatureName[];
  readonly fault: FaultName;
}

/** One source and one destination over a few runs. */
export interface Story {
  readonly seed: number;
  readonly kind: Kind;
  readonly place: string;
  /** What the intent names as its source. */
  readonly form: 'folder' | 'link-to-folder' | 'link-to-file' | 'parameter';
  readonly hasExcludes: boolean;
  /** The intent has another name on the last night. */
  readonly isRenamed: boolean;
  /** The parents of the destination aren't there. */
  readonly isDeep: boolean;
  readonly acts: readonly Act[];
}

const LOCAL = PLACE_NAMES.filter((name) => !name.startsWith('ssh') && name !== 'daemon-nobody');
const FEATURE_NAMES = Object.keys(FEATURES) as FeatureName[];
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

/** How often each feature, destination and fault, and each pair of two of them, was met. */
export class Coverage {
  readonly #counts = new Map<string, number>();

  count(...names: readonly string[]): number {
    return this.#counts.get([...names].sort().join(' × ')) ?? 0;
  }

  /** @param features those that the tree has by now */
  add(place: string, fault: string, features: readonly string[]): void {
    const met = [place, fault, `${place} ${fault}`];
    for (const feature of features) met.push(feature, `${place} ${feature}`, `${fault} ${feature}`);
    for (const names of met) {
      const key = names.split(' ').sort().join(' × ');
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    }
  }
}

export function canMeet(kind: Kind, place: string, fault: FaultName): boolean {
  const { only } = FAULTS[fault] as Fault;
  return (only === undefined || only === kind) && (kind === 'docker_volumes' || LOCAL.includes(place));
}

/** The story of a seed: random, but what was met least so far is what comes first. */
export function storyOf(seed: number, covered: Coverage): Story {
  const dice = new Dice(seed);
  const place = least(dice, [...PLACE_NAMES], (name) => covered.count(name));
  const isLocal = LOCAL.includes(place);
  const kind: Kind = isLocal
    ? dice.pick(['docker_volumes', 'docker_volumes', 'files', 'files', 'plex'] as const)
    : 'docker_volumes';
  const form = formOf(kind, dice);
  const faults = FAULT_NAMES.filter((fault) => canMeet(kind, place, fault));
  const features = FEATURE_NAMES.filter((name) => kind === 'docker_volumes' || !OF_MIRRORS.includes(name));
  const told: Act[] = [];
  for (let act = 0; act < 3; act += 1) {
    // The first run finds a whole world now and then, so that the later ones have something to lose.
    const rest = faults.filter((fault) => !told.some((before) => before.fault === fault));
    const fault = dice.chance(act === 0 ? 0.4 : 0.08)
      ? 'none'
      : least(dice, rest, (name) => covered.count(place, name));
    const few = least3(
      dice,
      act === 2 ? features : features.filter((name) => !spoils(name, place)),
      (name) => covered.count(place, name) + covered.count(fault, name),
    );
    told.push({ features: form === 'link-to-file' ? [] : few, fault });
    covered.add(
      place,
      fault,
      told.flatMap((before) => before.features),
    );
  }
  const isRenamed = kind === 'files' && dice.chance(0.25);
  const hasExcludes = kind !== 'plex' && form !== 'link-to-file' && dice.chance(0.3);
  const isDeep = !isLocal && dice.chance(0.12);
  return { seed, kind, place, form, hasExcludes, isDeep, isRenamed, acts: told };
}

/** Mostly a folder; else a link to one or to a file, or one of two folders, by a parameter. */
function formOf(kind: Kind, dice: Dice): Story['form'] {
  if (kind === 'plex' || dice.chance(kind === 'files' ? 0.5 : 0.8)) return 'folder';
  return kind === 'files'
    ? dice.pick(['link-to-folder', 'link-to-file', 'parameter'] as const)
    : 'link-to-folder';
}

function least<T>(dice: Dice, all: readonly T[], count: (one: T) => number): T {
  const fewest = Math.min(...all.map(count));
  return dice.pick(all.filter((one) => count(one) === fewest));
}

function least3<T>(dice: Dice, all: readonly T[], count: (one: T) => number): readonly T[] {
  const shuffled = dice.some(all, all.length);
  return [...shuffled].sort((one, other) => count(one) - count(other)).slice(0, 2 + dice.below(2));
}

/** What a destination can't hold at all ends every later run too, so it comes last. */
const SPOILS: Readonly<Partial<Record<string, readonly FeatureName[]>>> = {
  exfat: [
    'links',
    'hard-links',
    'colon-names',
    'odd-names',
    'fifo',
    'socket',
    'device',
    'attributes',
    'owners',
  ],
  ntfs: ['odd-names', 'colon-names', 'attributes', 'device', 'owners'],
  'ntfs-no-case': ['odd-names', 'colon-names', 'attributes', 'device', 'owners', 'case-pair'],
  'daemon-nobody': ['attributes', 'device', 'owners', 'modes', 'unreadable'],
  'not-root': ['unreadable', 'device'],
};

function spoils(feature: FeatureName, place: string): boolean {
  return feature === 'folder-for-file' || SPOILS[place]?.includes(feature) === true;
}
