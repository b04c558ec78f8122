import { posix } from 'node:path';
import type { StackFields } from '../../core/model/fields.js';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import { type Host, HostError } from '../../core/ports/host.js';
import { variablesOf } from './env-file.js';
import type { StackInputs } from './inputs.js';
import { BASES, usualFiles } from './usual-files.js';

export type FoundInputs =
  | {
      readonly ok: true;
      readonly inputs: StackInputs;
      /** Is it said which profiles are on? If not, those of what runs are. */
      readonly hasProfiles: boolean;
    }
  | { readonly ok: false; readonly notice: Notice };

/** What Compose is given for a stack by its intent and its variables; its containers are not looked at. */
export async function findInputs(host: Host, fields: StackFields): Promise<FoundInputs> {
  const paths = typeof fields.compose === 'string' ? [fields.compose] : fields.compose;
  const [first = ''] = paths;
  const isFolder = paths.length === 1 && (await typeOf(host, first)) === 'directory';
  const envFiles = fields.env_files ?? [];
  const [missing] = await notFiles(host, [...(isFolder ? [] : paths), ...envFiles]);
  if (missing !== undefined) return nothing(phrase`${code(missing)} is not there, or is no file.`);
  const folder = isFolder ? first : posix.dirname(first);
  const variables = await variablesOf(host, folder, envFiles);
  if (!variables.ok) return variables;
  const files = isFolder ? await filesIn(host, folder, variables.files) : paths;
  if (!isList(files)) return files;
  const profiles = fields.profiles ?? variables.profiles;
  return {
    ok: true,
    inputs: {
      files,
      folder: posix.dirname(files[0] ?? first),
      project: fields.project ?? null,
      envFiles,
      profiles,
    },
    hasProfiles: profiles.length > 0 || fields.profiles !== undefined,
  };
}

type Nothing = Extract<FoundInputs, { ok: false }>;

/** The files of a folder as Compose finds them there; `named` by `COMPOSE_FILE` they come first. */
async function filesIn(
  host: Host,
  folder: string,
  named: readonly string[],
): Promise<readonly string[] | Nothing> {
  if (named.length === 0) return usualFilesIn(host, folder);
  const files = named.map((file) => posix.resolve(folder, file));
  const [missing] = await notFiles(host, files);
  if (missing === undefined) return files;
  const variable = code('COMPOSE_FILE');
  return nothing(
    phrase`${variable} in the variables of ${code(folder)} names ${code(missing)}, which is not there.`,
    phrase`Correct ${variable}, or name the files in ${code('compose')} in the intent.`,
  );
}

/** Its parents are not searched, as Compose would: what is there belongs to another stack. */
async function usualFilesIn(host: Host, folder: string): Promise<readonly string[] | Nothing> {
  try {
    const files = usualFiles(await host.list(folder));
    if (files.length > 0) return files.map((name) => posix.join(folder, name));
    return nothing(phrase`The folder ${code(folder)} has no Compose file (${code(BASES.join(', '))}).`);
  } catch (error) {
    if (!(error instanceof HostError) || error.code !== 'EACCES') throw error;
    const remedy = phrase`Let the bot’s user read it.`;
    return nothing(phrase`The bot can’t read the folder ${code(folder)}.`, remedy);
  }
}

function nothing(message: Phrase, remedy?: Phrase): Nothing {
  return { ok: false, notice: notice('compose_missing', message, remedy) };
}

function isList(files: readonly string[] | Nothing): files is readonly string[] {
  return Array.isArray(files);
}

async function notFiles(host: Host, paths: readonly string[]): Promise<readonly string[]> {
  const types = await Promise.all(paths.map((path) => typeOf(host, path)));
  return paths.filter((_, index) => types[index] === null || types[index] === 'directory');
}

/** Of what a symlink leads to; null: nothing is there. */
async function typeOf(host: Host, path: string): Promise<string | null> {
  const real = await host.realpath(path);
  return real === null ? null : ((await host.stat(real))?.type ?? null);
}
