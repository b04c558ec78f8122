import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { Effect, PlanStep } from '../../core/model/plan.js';
import { formatBytes, formatCount } from '../../core/text/format.js';
import { someOf } from '../shared/wording.js';
import { deletesByRules, ROOM_OPTIONS, roomCommand } from './commands.js';
import type { MirrorData } from './data.js';
import { type Excluded, excludedText } from './exclude-words.js';
import { howToCheck } from './how-checked.js';
import type { Listing } from './listing.js';
import { lookBackCommand } from './look-back.js';
import { readable } from './names.js';
import { placeKind } from './place.js';

export type StepName = 'probe' | 'copy' | 'sync' | 'remove' | 'check';

/** The plan's steps in their order. */
export function stepNames({ destination, deletions, probe }: MirrorData): readonly StepName[] {
  return [
    ...(probe === null ? [] : (['probe'] as const)),
    'copy',
    ...(placeKind(destination) === 'local' ? (['sync'] as const) : []),
    ...(deletions.length > 0 ? (['remove'] as const) : []),
    'check',
  ];
}

/** The plan as people read it. */
export function steps(data: MirrorData, excluded: Excluded): readonly PlanStep[] {
  const lookBack = lookBackCommand(data.check, data.destination);
  const { probe } = data;
  const all: Readonly<Record<StepName, PlanStep>> = {
    probe: {
      title: phrase`Try in a scratch folder what ${code(data.destination)} can keep, before anything there is replaced.`,
      commands: probe === null ? [] : [probe.copy, probe.check, probe.remove],
    },
    copy: {
      title: phrase`${copyTitle(data)}${excludedText(excluded)}${roomText(data)}`,
      commands: [...roomCommands(data), data.copy],
      slack: SLACK,
      // Making room is among the deletions that may be fewer.
      insteadOf: [data.copy.filter((arg) => !ROOM_OPTIONS.test(arg))],
    },
    sync: { title: phrase`Write it through to the disk.`, commands: [data.sync] },
    remove: { title: removeTitle(data), commands: removal(data), deletes: true },
    check: {
      title: checkTitle(data),
      commands: [data.check, ...(lookBack === null ? [] : [lookBack])],
    },
  };
  return stepNames(data).map((name) => all[name]);
}

function checkTitle(data: MirrorData): Phrase {
  return phrase`Verify that ${code(data.destination)} is complete, by ${howToCheck(data)} of each file.`;
}

function removal({ remove, look, folderTimes, removeByRules }: MirrorData): PlanStep['commands'] {
  if (remove.length === 0) return [removeByRules];
  return [look, remove, ...(folderTimes.length > 0 ? [folderTimes] : [])];
}

/** None where there is room, or the copy makes it itself. */
function roomCommands({ inTheWay, copy, look, remove }: MirrorData): PlanStep['commands'] {
  return inTheWay.length === 0 || deletesByRules(copy) ? [] : [look, roomCommand(remove)];
}

function copyTitle(data: MirrorData): Phrase {
  const { source, destination, files, transfers, transferBytes } = data;
  // Nothing was counted: the plan is blocked.
  if (files === 0) return phrase`Copy ${code(source)} to ${code(destination)}.`;
  const of = formatCount(files, 'file');
  if (transfers === 0) {
    return phrase`Compare ${code(source)} with ${code(destination)}, which has the contents of all ${of} already.`;
  }
  const amount = `${formatBytes(transferBytes)} (${transfers.toLocaleString('en-US')} of ${of}: ${kindsText(data)})`;
  return phrase`Copy ${amount} from ${code(source)} to ${code(destination)}.`;
}

/** `3 new, 1 overwritten (newer there)`. */
function kindsText({ transfers, created, newer }: MirrorData): string {
  const overwritten = transfers - created;
  const count = (number: number): string => number.toLocaleString('en-US');
  const parts = [
    ...(created > 0 ? [`${count(created)} new`] : []),
    ...(overwritten > 0 ? [`${count(overwritten)} overwritten`] : []),
  ];
  if (newer === 0) return parts.join(', ');
  return `${parts.join(', ')} (${newer === overwritten ? '' : `${count(newer)} `}newer there)`;
}

function removeTitle({ destination, deletions }: MirrorData): Phrase {
  return phrase`Delete ${countOf(deletions)} at ${code(destination)} that the source no longer has: ${names(deletions)}.`;
}

function roomText({ inTheWay, replaced }: MirrorData): Phrase {
  const paths = [...inTheWay, ...replaced];
  if (paths.length === 0) return [];
  return phrase` Delete ${countOf(paths)} there to make room for something of another type: ${names(paths)}.`;
}

/** `3 files`, `1 file and 2 folders`. */
export function countOf(paths: readonly string[]): string {
  const folders = paths.filter((path) => path.endsWith('/')).length;
  const files = paths.length - folders;
  const parts = [
    ...(files > 0 ? [formatCount(files, 'file')] : []),
    ...(folders > 0 ? [formatCount(folders, 'folder')] : []),
  ];
  return parts.join(' and ');
}

function names(paths: readonly string[]): Phrase {
  return someOf(paths.map(readable));
}

/** In bytes: what comes and goes in a folder in use. */
const SLACK = 1024 * 1024;

/** What the plan does, in numbers; every path that is deleted. */
export function effects(
  data: MirrorData,
  { files, created }: Pick<Listing, 'files' | 'created'>,
): readonly Effect[] {
  const { destination, transferBytes, transfers, inTheWay, replaced, deletions } = data;
  const paths = [...inTheWay, ...replaced, ...deletions].map((path) => `${destination}/${readable(path)}`);
  return [
    {
      kind: 'write',
      target: destination,
      bytes: transferBytes,
      files: transfers,
      estimate: false,
    },
    // What stays is what the source has and need not be created; what is excluded is not known.
    ...(paths.length > 0
      ? [
          {
            kind: 'delete',
            target: destination,
            paths,
            of: paths.length + files - created,
            atMost: true,
          } as const,
        ]
      : []),
  ];
}
