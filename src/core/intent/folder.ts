import { lstat, readdir, realpath } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { readTextFile, systemCode } from '../text-file.js';
import type { YamlProblem } from './flat-document.js';
import { inTurns } from './in-turns.js';
import type { IntentProblem } from './intent.js';
import { START } from './problem.js';
import { intentName, TOO_LARGE } from './read-intent.js';
import { MAX_BYTES } from './read-yaml.js';

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
export async function readFolder(dir: string): Promise<Folder> {
  try {
    return await readFiles(dir, (await readdir(dir)).filter(isIntentFile).sort());
  } catch (error) {
    return unreadableFolder(dir, systemCode(error));
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
  known: (name: string) => IntentFile | null | undefined = () => undefined,
): Promise<Extract<Folder, { ok: true }>> {
  const root = await realpath(dir);
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
  const read = await inTurns(used, async (name) => known(name) ?? readIntentFile(join(dir, name), root));
  return { ok: true, files: read.filter((file) => file !== null), problems };
}

/**
 * Reads one file, up to the size that an intent can have; null when it is not there any more.
 * @param root the real path of the folder that a symlink must not leave; null lets it lead anywhere.
 */
export async function readIntentFile(file: string, root: string | null): Promise<IntentFile | null> {
  const refuse = (message: string, hint: string): IntentFile => ({
    file,
    text: null,
    problem: { file, ...problem(message, hint) },
  });
  let real: string;
  try {
    real = await realpath(file);
  } catch (error) {
    return unreadable(file, systemCode(error), refuse);
  }
  if (root !== null && !real.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)) {
    return refuse(
      'The file is a link that leads out of the intents folder.',
      'Put the file itself into the folder.',
    );
  }
  const read = await readTextFile(real, MAX_BYTES);
  if (read.ok) return { file, text: read.text };
  switch (read.why) {
    case 'not_a_file':
      return refuse('This is not a regular file.', `Only files can be intents; rename ${basename(file)}.`);
    case 'too_large':
      return { file, text: null, problem: { file, ...TOO_LARGE } };
    case 'not_utf8':
      return refuse('The file is not UTF-8 text.', 'Save it as UTF-8 text.');
    case 'unreadable':
      return unreadable(file, read.code, refuse);
  }
}

/** Null when the file is simply gone. */
async function unreadable(
  file: string,
  code: string,
  refuse: (message: string, hint: string) => IntentFile,
): Promise<IntentFile | null> {
  if (code === 'ENOENT' && !(await isBrokenLink(file))) return null;
  if (code === 'ENOENT' || code === 'ELOOP') {
    return refuse('The file is a link that leads nowhere.', 'Remove the link, or mend where it leads.');
  }
  return refuse(
    `The file can’t be read (${code}).`,
    'Give the bot’s user the right to read it, or check the disk.',
  );
}

async function isBrokenLink(file: string): Promise<boolean> {
  return lstat(file).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
}

/** @param code the system's, or `unmounted` or `unanswered` */
export function unreadableFolder(dir: string, code: string): Extract<Folder, { ok: false }> {
  const [message, hint] = WHY[code]?.(dir) ?? [
    `The intents folder ${dir} can’t be read (${code}).`,
    'Give the bot’s user the right to read it, or check the disk.',
  ];
  return { ok: false, problem: { file: dir, ...problem(message, hint) } };
}

const MAKE_IT = 'Create it, or set CHATOPS_INTENTS_DIR to the folder with your intents.';
const WHY: Readonly<Record<string, (dir: string) => readonly [message: string, hint: string]>> = {
  ENOENT: (dir) => [`The intents folder ${dir} does not exist.`, MAKE_IT],
  ENOTDIR: (dir) => [`The intents folder ${dir} is not a folder.`, MAKE_IT],
  unmounted: (dir) => [
    `The intents folder ${dir} is empty, and on another disk than before.`,
    'Mount it again; if it is meant to be empty, restart the bot.',
  ],
  unanswered: (dir) => [`The intents folder ${dir} doesn’t answer.`, 'Check the mount that it is on.'],
};

function problem(message: string, hint: string): YamlProblem {
  return { ...START, field: '', message, hint };
}
