import { basename, dirname, join } from 'node:path';
import { withPatterns } from '../documents/pattern.js';
import { type FileFacts, plainReads, type Reads } from '../documents/reads.js';
import type { IntentProblem } from '../model/intent.js';
import { NoAnswerError } from '../ports/host.js';
import { START } from '../text/problem.js';
import { type Folder, isIntentFile, readFolder, readIntentFile } from './folder.js';
import { readIntent } from './read-intent.js';
import { EMPTY, nextSnapshot } from './snapshot.js';

/** What was looked at, and everything that is wrong with it. */
export interface Validation {
  readonly files: readonly string[];
  readonly problems: readonly IntentProblem[];
}

/**
 * Checks an intent's text as if it stood in `file`. Never rejects.
 * @param known the names that `depends_on` may have; without them only their form is checked.
 */
export async function validateIntentText(
  text: string,
  file: string,
  known?: readonly string[],
): Promise<readonly IntentProblem[]> {
  const read = await withPatterns(() => readIntent(text, file));
  if (!read.intent || !known) return read.problems;
  return read.mentions
    .filter(({ name }) => !known.includes(name))
    .map(({ name, ...where }) => ({
      file,
      ...where,
      message: `${where.field} is "${name}", but there is no intent of that name.`,
      hint: 'Write the name of another intent, without the ending of its file.',
    }));
}

/**
 * Checks files and folders on disk. A single file is checked together with the others of its folder, because
 * `depends_on` names them; only what is wrong with the file itself is returned.
 */
export async function validatePaths(
  paths: readonly string[],
  reads: Reads = plainReads,
): Promise<Validation> {
  const found = await Promise.all(paths.map((path) => validatePath(path, reads)));
  const problems = new Map<string, IntentProblem>();
  for (const problem of found.flatMap((part) => part.problems))
    problems.set(JSON.stringify(problem), problem);
  return { files: [...new Set(found.flatMap(({ files }) => files))], problems: [...problems.values()] };
}

async function validatePath(path: string, reads: Reads): Promise<Validation> {
  let facts: FileFacts;
  try {
    facts = await reads.facts(path);
  } catch (error) {
    const [message, hint] =
      error instanceof NoAnswerError
        ? [`The path is on ${error.path}, which doesn’t answer.`, 'Check that mount.']
        : ['There is no such file or folder.', 'Check the path.'];
    return single(path, { ...START, field: '', message, hint });
  }
  if (facts.isFolder) {
    const folder = await readFolder(path, reads);
    const files = folder.ok ? [...folder.files, ...folder.problems].map(({ file }) => file) : [path];
    return { files, problems: (await nextSnapshot(EMPTY, folder)).problems };
  }
  if (!isIntentFile(basename(path))) {
    const message = 'The file would not be loaded: an intent’s file ends in .yaml and is not hidden.';
    return single(path, { ...START, field: '', message, hint: 'Rename it, such as to backup_media.yaml.' });
  }
  const file = await readIntentFile(path, null, reads);
  const siblings = await readFolder(dirname(path), reads);
  const folder: Folder = {
    ok: true,
    problems: siblings.ok ? siblings.problems : [],
    files: [
      ...(siblings.ok ? siblings.files.filter((other) => basename(other.file) !== basename(path)) : []),
      ...(file ? [file] : []),
    ],
  };
  const same = (other: string): boolean => join(other) === join(path);
  return {
    files: [path],
    problems: (await nextSnapshot(EMPTY, folder)).problems
      .filter((problem) => same(problem.file))
      .map((problem) => ({ ...problem, file: path })),
  };
}

function single(file: string, problem: Omit<IntentProblem, 'file'>): Validation {
  return { files: [file], problems: [{ file, ...problem }] };
}
