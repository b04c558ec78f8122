import type { Notice } from '../../core/model/reasons.js';
import { isSameEnv, isSameFolder, isSameStack } from './adopt.js';
import { otherEnv, otherFiles, otherFolder, otherProject } from './difference-words.js';
import type { IntentLines } from './intent-lines.js';
import type { Made } from './made.js';
import type { MadeAlike, Meant } from './meant.js';
import type { Paths } from './origin.js';

/** Why containers of the stack were made from something else than the intent means. */
export async function differences(
  meant: Meant,
  made: readonly Made[],
  paths: Paths,
  lines: IntentLines,
): Promise<readonly Notice[]> {
  const other = await elsewhere(meant, made, paths);
  if (other !== null) return [otherProject(meant, other)];
  const own = made.filter(({ project, origin }) => project === meant.project && origin.folder !== '');
  const notices: Notice[] = [];
  for (const its of await alike(own, paths)) {
    const services = its.services.filter((service) => meant.services.has(service));
    const ours = { ...its, services };
    if (!(await isSameFolder(meant.inputs, its, paths))) {
      notices.push(otherFolder(meant, its, await lines.compose(its)));
    } else if (services.length > 0 && !(await isSameStack(meant.inputs, its, paths))) {
      notices.push(otherFiles(meant, ours, await lines.compose(its)));
    } else if (services.length > 0 && !(await isSameEnv(meant.inputs, its, paths))) {
      notices.push(otherEnv(meant, ours, lines.envFiles(its)));
    }
  }
  return notices;
}

/**
 * Another project in which these files run, while none of the intent's own containers does; null: none. An intent
 * that names its project means that one alone.
 */
export async function elsewhere(meant: Meant, made: readonly Made[], paths: Paths): Promise<string | null> {
  const up = made.filter(({ isUp }) => isUp);
  if (meant.isNamed || up.some(({ project }) => project === meant.project)) return null;
  for (const { project, origin } of up) {
    if (!(await paths.areSame([origin.folder], [meant.inputs.folder]))) continue;
    if (await isSameStack(meant.inputs, await paths.of(origin), paths)) return project;
  }
  return null;
}

/** Services that still run although the files, which they were made from, no longer have them. */
export async function orphans(
  { inputs, project, services }: Meant,
  made: readonly Made[],
  paths: Paths,
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const one of made) {
    if (one.project !== project || !one.isUp || services.has(one.service)) continue;
    if (await isSameStack(inputs, await paths.of(one.origin), paths)) found.add(one.service);
  }
  return [...found].sort();
}

/** One for each origin, however it is spelled in the labels. */
async function alike(made: readonly Made[], paths: Paths): Promise<readonly MadeAlike[]> {
  const groups = new Map<string, MadeAlike>();
  for (const { origin, service } of made) {
    const its = await paths.of(origin);
    const real = await Promise.all(
      [its.folder, ...its.files, '', ...its.envFiles].map((path) => paths.real(path)),
    );
    const key = JSON.stringify(real);
    const known = groups.get(key)?.services ?? [];
    groups.set(key, { ...its, services: [...new Set([...known, service])].sort() });
  }
  return [...groups.values()];
}
