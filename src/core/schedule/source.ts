import { dirname } from 'node:path';
import { checkParams } from '../documents/check-params.js';
import { fieldName } from '../documents/flat-document.js';
import { plainReads, type Reads } from '../documents/reads.js';
import type { TextFile } from '../documents/text-file.js';
import { watchFolder } from '../documents/watch-folder.js';
import { askable } from '../intent/askable.js';
import { intentName } from '../intent/read-intent.js';
import { fileNotice, type OnFile } from '../model/file-notice.js';
import type { Catalogue, IntentProblem } from '../model/intent.js';
import type { Schedule } from '../model/schedule.js';
import { readSettled } from '../policy/read-files.js';
import { START } from '../text/problem.js';
import { MAX_SCHEDULES_BYTES, type ReadSchedules, readSchedules } from './read-file.js';

export interface SchedulesOptions {
  /** The schedules file; null: only intents have schedules. */
  readonly file: string | null;
  readonly catalogue: Pick<Catalogue, 'all' | 'find' | 'suggest' | 'problems'>;
  /** Follow changes of the file. */
  readonly watch?: boolean;
  /** Called when the file's schedules or problems are others than before, also for what is found at the start. */
  readonly onChange?: (problems: readonly IntentProblem[]) => void;
  /** Told after each reading of the file. */
  readonly onFile?: OnFile<'schedules-file'>;
  /** How often the file is looked at besides, in milliseconds. Default 10 s. */
  readonly pollMs?: number;
  /** How the file is read. Default: in this process. */
  readonly reads?: Reads;
}

/** The schedules as they are now: those of the file, and those that intents have themselves. */
export interface ScheduleSource {
  /** Sorted by name; also those that are not enabled. */
  all(): readonly Schedule[];
  /** Everything wrong with the file as it is on disk now, and with what its schedules ask of intents. */
  problems(): readonly IntentProblem[];
  /** Some schedules could not be read: what is not listed may still be there. */
  isPartial(): boolean;
}

export interface OpenSchedules extends ScheduleSource {
  /** Reads the file again now. */
  reload(): Promise<void>;
  /** Stops following changes; the schedules stay as they are. */
  close(): void;
}

const NONE: ReadSchedules = { schedules: [], problems: [], broken: [] };

/** Opens the schedules. Nothing here throws because of a file: what was good before stays in force. */
export async function openSchedules(options: SchedulesOptions): Promise<OpenSchedules> {
  const { file, catalogue, watch = false, onChange, onFile, pollMs = 10_000, reads = plainReads } = options;
  let now = NONE;
  let wasRead = false;
  let closed = false;

  const load = async (): Promise<void> => {
    if (file === null) return onFile?.('schedules-file', null);
    const found = await readFile(file, reads);
    if (closed) return;
    if (found.unread === undefined) wasRead = true;
    onFile?.('schedules-file', found.unread ? fileNotice(WORDS, found.unread, wasRead) : null);
    const next = lastGood(now, found.read);
    if (JSON.stringify(next) === JSON.stringify(now)) return;
    now = next;
    onChange?.(problems());
  };
  // One after the other: a slow older reading must not overwrite a newer one.
  let turn = Promise.resolve();
  const reload = (): Promise<void> => {
    turn = turn.then(load, load);
    return turn;
  };
  const own = (): readonly Schedule[] =>
    catalogue.all().flatMap(({ schedule }) => (schedule === undefined ? [] : [schedule]));
  const problems = (): readonly IntentProblem[] => [
    ...now.problems,
    ...now.schedules.flatMap((schedule) => clashOf(schedule, own()) ?? wishProblems(schedule, catalogue)),
  ];

  await reload();
  const stopWatching =
    watch && file !== null ? watchFolder(dirname(file), pollMs, () => void reload(), reads) : () => {};
  return {
    all: () => {
      const ofIntents = own();
      const names = new Set(ofIntents.map(({ name }) => name));
      const ofFile = now.schedules.filter(({ name }) => !names.has(name));
      return [...ofIntents, ...ofFile].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    problems,
    isPartial: () => now.broken === null || now.broken.length > 0 || lacksIntents(catalogue),
    reload,
    close: () => {
      closed = true;
      stopWatching();
    },
  };
}

const WORDS = {
  code: 'schedules_unavailable',
  name: 'schedules file',
  kept: 'Its schedules stay as they were.',
  never: 'Until it can be read, only intents have schedules.',
} as const;

interface ReadFile {
  readonly read: ReadSchedules;
  /** Why there is no file, or nothing of it could be read. */
  readonly unread?: IntentProblem;
}

async function readFile(file: string, reads: Reads): Promise<ReadFile> {
  const found = await readSettled(file, reads, MAX_SCHEDULES_BYTES);
  if (found.ok) return { read: readSchedules(found.text, file) };
  const [message, hint] = WHY[found.why]('code' in found ? found.code : 'mount' in found ? found.mount : '');
  const unread = { file, ...START, field: '', message, hint };
  return { read: { schedules: [], problems: [unread], broken: null }, unread };
}

type Why = Exclude<TextFile, { ok: true }>['why'];

const WHY: Readonly<Record<Why, (detail: string) => readonly [message: string, hint: string]>> = {
  too_large: () => [`The file is larger than ${MAX_SCHEDULES_BYTES / 1024} KiB.`, 'Is this the right file?'],
  not_utf8: () => ['The file is not UTF-8 text.', 'Save it as UTF-8 text.'],
  not_a_file: () => ['The file is not a regular file.', 'Name a file.'],
  unreadable: (code) =>
    code === 'ENOENT'
      ? ['The file does not exist.', 'Put it back, or unset CHATOPS_SCHEDULES_FILE and restart.']
      : [`The file can’t be read (${code}).`, 'Give the bot’s user the right to read it.'],
  unanswered: (mount) => [`The file is on ${mount}, which doesn’t answer.`, 'Check that mount.'],
};

/** What is there now, and in place of what is broken now its last good version. */
function lastGood(before: ReadSchedules, next: ReadSchedules): ReadSchedules {
  const there = new Set(next.schedules.map(({ name }) => name));
  const isBroken = (name: string): boolean => next.broken === null || next.broken.includes(name);
  const kept = before.schedules.filter(({ name }) => isBroken(name) && !there.has(name));
  return { ...next, schedules: [...next.schedules, ...kept] };
}

function clashOf({ name, file, line, column }: Schedule, own: readonly Schedule[]): IntentProblem[] | null {
  if (!own.some((one) => one.name === name)) return null;
  const message = `${fieldName(name)} is the name of an intent that has a schedule itself, which counts.`;
  return [
    { file, line, column, field: 'name', message, hint: 'Give this one another name, or remove either.' },
  ];
}

/** A file of the intents, or their folder, can't be used, and no earlier version of it is in force. */
function lacksIntents(catalogue: Pick<Catalogue, 'find' | 'problems'>): boolean {
  return catalogue.problems().some(({ file }) => catalogue.find(intentName(file)) === null);
}

/** What a schedule of the file asks of an intent that can't be. */
function wishProblems(
  schedule: Schedule,
  catalogue: Pick<Catalogue, 'find' | 'suggest'>,
): readonly IntentProblem[] {
  const { name, intent: wanted, file, line, column, params } = schedule;
  const intent = catalogue.find(wanted);
  const at = { line, column };
  if (!intent) {
    const [near] = catalogue.suggest(wanted);
    const message = `${fieldName(name)}: there is no intent ${fieldName(wanted)}.`;
    const hint = near ? `Did you mean ${near}?` : 'Write the name of an intent that there is.';
    return [{ file, ...at, field: 'intent', message, hint }];
  }
  const found: IntentProblem[] = [];
  checkParams(params, { name: intent.name, params: askable(intent) }, { locate: () => at }, (problem) => {
    found.push({ file, ...problem, message: `${fieldName(name)}: ${problem.message}` });
  });
  return found;
}
