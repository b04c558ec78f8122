import { posix } from 'node:path';
import * as z from 'zod';
import type { StackFields } from '../../core/model/fields.js';

/** What Compose is given to read a stack and to run it: the same both times, or what runs isn't what was shown. */
export type StackInputs = {
  /** Absolute; a later file overrides the ones before it. */
  readonly files: readonly string[];
  /** The project's folder, absolute: relative paths in the files begin there. */
  readonly folder: string;
  /** The project's name; null: as the files or the folder say. */
  readonly project: string | null;
  readonly envFiles: readonly string[];
  readonly profiles: readonly string[];
};

export const INPUTS_SCHEMA: z.ZodType<StackInputs> = z.strictObject({
  files: z.array(z.string()),
  folder: z.string(),
  project: z.string().nullable(),
  envFiles: z.array(z.string()),
  profiles: z.array(z.string()),
});

/** A stack of one file, read without any further setting. */
export function inputsOfFile(file: string): StackInputs {
  return { files: [file], folder: posix.dirname(file), project: null, envFiles: [], profiles: [] };
}

/** What an intent says of a stack, as far as that goes without a look at the host. */
export function inputsOf({ compose, project, env_files, profiles }: StackFields): StackInputs {
  const files = typeof compose === 'string' ? [compose] : compose;
  const folder = posix.dirname(files[0] ?? '/');
  return { files, folder, project: project ?? null, envFiles: env_files ?? [], profiles: profiles ?? [] };
}

/** Where looking at a stack goes: to its files. */
export function stackPlaces({ compose }: StackFields): readonly string[] {
  return [`compose:${typeof compose === 'string' ? compose : compose.join()}`];
}

/** The files as people read them in a sentence: `/opt/stacks/web/docker-compose.yml`. */
export function namesOf({ files }: StackInputs): string {
  return files.join(', ');
}
