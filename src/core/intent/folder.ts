import { basename, dirname, join, sep } from 'node:path';
import type { YamlProblem } from '../documents/flat-document.js';
import { MAX_BYTES } from '../documents/read-yaml.js';
import { plainReads, type Reads } from '../documents/reads.js';
import { systemCode } from '../documents/text-file.js';
import type { IntentProblem } from '../model/intent.js';
import { NoAnswerError } from '../ports/host.js';
import { START } from '../text/problem.js';
import { inTurns } from './in-turns.js';
import { intentName, TOO_LARGE } from './read-intent.js';

/** A file of the intents folder: its text, or why there is none. */
export type IntentFile =
  | { readonly file: string; readonly text: string }
  | { readonly file: string; readonly text: null; readonly problem: IntentProblem };

export type Folder =
  | { readonly ok: true; readonly files: readonly IntentFile[]; readonly problems: readonly IntentProblem[] }
  /** It is not there, or can't be read. */
  | { readonly ok: false; readonly problem: IntentProblem };

/** Does the folder's reader take it for an intent? Hidden files (of editors, of other tools) are none. */
export function isIntentFile(name: string): boolean {
  return /^[^.].*\.ya?ml$/s.test(name);
}

/** Reads every `*.yaml` and `*.yml` of a folder, not of those below it. Of `x.yaml` and `x.yml` the first counts. */
export async function readFolder(dir: string, reads: Reads = plainReads): Promise<Folder> {
  try {
    return await readFiles(dir, (await reads.names(dir)).filter(isIntentFile).sort(), reads);
  } catch (error) {
    return unreadableFolder(dir, error);
  }
}

/**
 * Reads these files of a folder.
 * @param known a file that is as it was; undefined has it read
 * @throws the system's error when the folder can't be read
 */
export async function readFiles(
  dir: string,
  names: readonly string[],
  reads: Reads,
  known: (name: string) => IntentFile | null | undefined = () => undefined,
): Promise<Extract<Folder, { ok: true }>> {
  const root = await reads.truePath(dir);
  const there = new Set(names);
  const doubles = names.filter((name) => name.endsWith('.yml') && there.has(`${intentName(name)}.yaml`));
  const problems = doubles.map((name) => ({
    file: join(dir, name),
    ...problem(
      `There is ${intentName(name)}.yaml too, and both would be the intent ${intentName(name)}; this one is not used.`,
      'Remove or rename one of them.',
    ),
  }));
  const unused = new Set(doubles);
  const used = names.filter((name) => !unused.has(name));
  const read = await inTurns(
    used,
    async (name) => known(name) ?? readIntentFile(join(dir, name), root, reads),
  );
  return { ok: true, files: read.filter((file) => file !== null), problems };
}

/**
 * Reads one file, up to the size that an intent can have; null when it is not there any more.
 * @param root the real path of the folder that a symlink must not leave; null lets it lead anywhere.
 */
export async function readIntentFile(
  file: string,
  root: string | null,
  reads: Reads = plainReads,
): Promise<IntentFile | null> {
  const refuse: Refuse = (message, hint) => ({
    file,
    text: null,
    problem: { file, ...problem(message, hint) },
  });
  let real: string;
  try {
    real = await reads.truePath(file);
  } catch (error) {
    return unreadable(file, error, refuse, reads);
  }
  if (root !== null && !real.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)) {
    return refuse(
      'The file is a link that leads out of the intents folder.',
      'Put the file itself into the folder.',
    );
  }
  const read = await reads.text(real, MAX_BYTES);
  if (read.ok) return { file, text: read.text };
  switch (read.why) {
    case 'not_a_file':
      return refuse('This is not a regular file.', `Only files can be intents; rename ${basename(file)}.`);
    case 'too_large':
      return { file, text: null, problem: { file, ...TOO_LARGE } };
    case 'not_utf8':
      return refuse('The file is not UTF-8 text.', 'Save it as UTF-8 text.');
    case 'unreadable':
      return unreadable(file, read, refuse, reads);
    case 'unanswered':
      return unanswered(file, read.mount, refuse, reads);
  }
}

type Refuse = (message: string, hint: string) => IntentFile;

/** Null when the file is simply gone. */
async function unreadable(
  file: string,
  error: unknown,
  refuse: Refuse,
  reads: Reads,
): Promise<IntentFile | null> {
  if (error instanceof NoAnswerError) return unanswered(file, error.path, refuse, reads);
  const code = systemCode(error);
  if (code === 'ENOENT' && !(await isBrokenLink(file, reads))) return null;
  if (code === 'ENOENT' || code === 'ELOOP') {
    return refuse('The file is a link that leads nowhere.', 'Remove the link, or mend where it leads.');
  }
  return refuse(
    `The file can’t be read (${code}).`,
    'Give the bot’s user the right to read it, or check the disk.',
  );
}

/** A link to a mount that doesn't answer is one broken file. @throws NoAnswerError when the folder doesn't answer either */
async function unanswered(file: string, mount: string, refuse: Refuse, reads: Reads): Promise<IntentFile> {
  await reads.facts(dirname(file));
  return refuse(`The file is on ${mount}, which doesn’t answer.`, 'Check that mount.');
}

async function isBrokenLink(file: string, reads: Reads): Promise<boolean> {
  return reads.linkFacts(file).then(
    ({ isLink }) => isLink,
    () => false,
  );
}

/** @param why `unmounted`, `unanswered`, or the error of the system or of what reads */
export function unreadableFolder(dir: string, why: unknown): Extract<Folder, { ok: false }> {
  const mount = why instanceof NoAnswerError ? why.path : null;
  const code = mount !== null ? 'unanswered' : typeof why === 'string' ? why : systemCode(why);
  const [message, hint] = WHY[code]?.(dir, mount) ?? [
    `The intents folder ${dir} can’t be read (${code}).`,
    'Give the bot’s user the right to read it, or check the disk.',
  ];
  return { ok: false, problem: { file: dir, ...problem(message, hint) } };
}

const MAKE_IT = 'Create it, or set CHATOPS_INTENTS_DIR to the folder with your intents.';
const WHY: Readonly<
  Record<string, (dir: string, mount: string | null) => readonly [message: string, hint: string]>
> = {
  ENOENT: (dir) => [`The intents folder ${dir} does not exist.`, MAKE_IT],
  ENOTDIR: (dir) => [`The intents folder ${dir} is not a folder.`, MAKE_IT],
  unmounted: (dir) => [
    `The intents folder ${dir} is empty, and on another disk than before.`,
    'Mount it again; if it is meant to be empty, restart the bot.',
  ],
  unanswered: (dir, mount) => [
    `The intents folder ${dir} doesn’t answer.`,
    mount === null ? 'Check the mount that it is on.' : `Check the mount ${mount} that it is on.`,
  ],
};

function problem(message: string, hint: string): YamlProblem {
  return { ...START, field: '', message, hint };
}
