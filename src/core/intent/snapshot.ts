import { setImmediate as nextTurn } from 'node:timers/promises';
import { withPatterns } from '../documents/pattern.js';
import type { Intent, IntentProblem } from '../model/intent.js';
import { code, phrase } from '../model/phrase.js';
import { type Notice, notice } from '../model/reasons.js';
import { type Candidate, settle } from './dependencies.js';
import type { Folder, IntentFile } from './folder.js';
import { intentName, type ReadIntent, readIntent } from './read-intent.js';

/** How long files are read before something else gets its turn. */
const AT_ONCE_MS = 20;

/** A file as it was read, so that it is read again only when its text is another one. */
interface Reading {
  readonly text: string | null;
  readonly read: ReadIntent;
}

/** The intents at one moment. */
export interface Snapshot {
  /** Those that can be used, sorted by name. */
  readonly intents: ReadonlyMap<string, Intent>;
  /** Sorted by file and place. */
  readonly problems: readonly IntentProblem[];
  /** By intent: why its file should be looked at. */
  readonly warnings: ReadonlyMap<string, Notice>;
  readonly readings: ReadonlyMap<string, Reading>;
}

export const EMPTY: Snapshot = {
  intents: new Map(),
  problems: [],
  warnings: new Map(),
  readings: new Map(),
};

/** The next moment: what the folder holds now, and for files that are broken now what worked before. */
export async function nextSnapshot(before: Snapshot, folder: Folder): Promise<Snapshot> {
  // What can't be read is no change.
  if (!folder.ok) return { ...before, problems: [folder.problem] };
  const readings = await readingsOf(folder.files, before);
  const candidates = new Map<string, Candidate>();
  for (const [file, { read }] of readings) {
    const name = intentName(file);
    candidates.set(name, { read, last: before.intents.get(name) ?? null });
  }
  const settled = settle(candidates);
  const broken = [...[...readings.values()].flatMap(({ read }) => read.problems), ...settled.problems];
  return {
    intents: new Map([...settled.intents].sort(([a], [b]) => (a < b ? -1 : 1))),
    problems: sorted([...folder.problems, ...broken]),
    warnings: warningsOf(sorted(broken), settled.intents),
    readings,
  };
}

/** Reading ten thousand files takes seconds, in which everything else goes on. */
async function readingsOf(
  files: readonly IntentFile[],
  before: Snapshot,
): Promise<ReadonlyMap<string, Reading>> {
  const readings = new Map<string, Reading>();
  let restedAt = performance.now();
  for (const file of files) {
    readings.set(file.file, await withPatterns(() => readingOf(file, before)));
    if (performance.now() - restedAt < AT_ONCE_MS) continue;
    await nextTurn();
    restedAt = performance.now();
  }
  return readings;
}

function readingOf(file: IntentFile, before: Snapshot): Reading {
  if (file.text === null) return { text: null, read: { intent: null, problems: [file.problem] } };
  const earlier = before.readings.get(file.file);
  return earlier?.text === file.text ? earlier : { text: file.text, read: readIntent(file.text, file.file) };
}

function warningsOf(
  problems: readonly IntentProblem[],
  intents: ReadonlyMap<string, Intent>,
): ReadonlyMap<string, Notice> {
  const warnings = new Map<string, Notice>();
  for (const { file, line, message } of problems) {
    const name = intentName(file);
    if (warnings.has(name)) continue;
    const what = phrase`${message.replace(/\.$/, '')} (line ${line} of its file)`;
    const warning = intents.has(name)
      ? notice('intent_stale', phrase`${code(name)} is used as it was before its file was broken: ${what}.`)
      : notice('intent_invalid', phrase`${code(name)} can’t be used: ${what}.`);
    warnings.set(name, warning);
  }
  return warnings;
}

function sorted(problems: readonly IntentProblem[]): readonly IntentProblem[] {
  return [...problems].sort(
    (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );
}
