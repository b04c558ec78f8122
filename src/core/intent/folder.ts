import { lstat, readdir, realpath } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { readTextFile, systemCode } from '../text-file.js';
import type { YamlProblem } from './flat-document.js';
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
  /** `gone`: there is no such folder; otherwise it is there and can't be read. */
  | { readonly ok: false; readonly gone: boolean; readonly problem: IntentProblem };

/** Does the folder's reader take it for an intent? Hidden files (of editors, of other tools) are none. */
export function isIntentFile(name: string): boolean {
  return /^[^.].*\.ya?ml$/s.test(name);
}

/** Reads every `*.yaml` and `*.yml` of a folder, not of those below it. Of `x.yaml` and `x.yml` the first counts. */
export async function readFolder(dir: string): Promise<Folder> {
  let names: string[];
  let root: string;
  try {
    names = (await readdir(dir)).filter(isIntentFile).sort();
    root = await realpath(dir);
  } catch (error) {
    return unreadableFolder(dir, systemCode(error));
  }
  const doubles = names.filter((name) => name.endsWith('.yml') && names.includes(`${intentName(name)}.yaml`));
  const problems = doubles.map((name) => ({
    file: join(dir, name),
    ...problem(
      `There is ${intentName(name)}.yaml too, and both would be the intent ${intentName(name)}; this one is not used.`,
      'Remove or rename one of them.',
    ),
  }));
  const files: IntentFile[] = [];
  for (const name of names) {
    if (doubles.includes(name)) continue;
    const file = await readIntentFile(join(dir, name), root);
    if (file) files.push(file);
  }
  return { ok: true, files, problems };
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

function unreadableFolder(dir: string, code: string): Folder {
  const gone = code === 'ENOENT' || code === 'ENOTDIR';
  const [message, hint] = gone
    ? [
        `The intents folder ${dir} ${code === 'ENOENT' ? 'does not exist' : 'is not a folder'}.`,
        'Create it, or set CHATOPS_INTENTS_DIR to the folder with your intents.',
      ]
    : [
        `The intents folder ${dir} can’t be read (${code}).`,
        'Give the bot’s user the right to read it, or check the disk.',
      ];
  return { ok: false, gone, problem: { file: dir, ...problem(message, hint) } };
}

function problem(message: string, hint: string): YamlProblem {
  return { ...START, field: '', message, hint };
}
