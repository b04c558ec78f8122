import { posix } from 'node:path';
import type { StackInputs } from './inputs.js';
import type { Made } from './made.js';
import type { OriginPaths, Paths } from './origin.js';

/**
 * The inputs in the spelling that the stack's containers have in their labels: a folder that is reached by a
 * symlink is the same, and with another spelling Compose would see other mounts and write other labels.
 */
export async function asMade(inputs: StackInputs, made: readonly Made[], paths: Paths): Promise<StackInputs> {
  const ours: OriginPaths[] = [];
  for (const { origin, project } of made) {
    if (inputs.project !== null && project !== inputs.project) continue;
    if (!(await paths.areSame([origin.folder], [inputs.folder]))) continue;
    const its = await paths.of(origin);
    if (await isSameStack(inputs, its, paths)) ours.push(its);
  }
  const written = inputs.files.join();
  const its = ours.find(({ files }) => files.join() === written) ?? ours[0];
  if (!its) return inputs;
  const envFiles = (await isSameEnv(inputs, its, paths)) ? its.envFiles : inputs.envFiles;
  return { ...inputs, files: its.files, folder: its.folder, envFiles };
}

/** Were they made from these files, in this folder? */
export async function isSameStack(inputs: StackInputs, its: OriginPaths, paths: Paths): Promise<boolean> {
  return (await isSameFolder(inputs, its, paths)) && (await paths.areSame(its.files, inputs.files));
}

export async function isSameFolder(
  { folder }: StackInputs,
  its: OriginPaths,
  paths: Paths,
): Promise<boolean> {
  return paths.areSame([its.folder], [folder]);
}

/** Without a word about it, Compose takes the `.env` of the folder. */
export async function isSameEnv(
  { folder, envFiles }: StackInputs,
  its: OriginPaths,
  paths: Paths,
): Promise<boolean> {
  const effective = (files: readonly string[]): readonly string[] =>
    files.length > 0 ? files : [posix.join(folder, '.env')];
  return paths.areSame(effective(envFiles), effective(its.envFiles));
}
