import type { Param } from '../../../core/model/param.js';
import type { Actor } from '../../../core/model/request.js';
import type { DiscordDeps } from '../deps.js';

/** Discord's limits on what can be chosen from: 25 entries of 100 characters. */
const CHOICES = 25;
const CHOICE_LENGTH = 100;

export type BackupDeps = Pick<DiscordDeps, 'pipeline' | 'catalogue' | 'artifacts' | 'redact'>;

/** The backups that can be chosen for each parameter of the type `artifact`, newest first, by its name. */
export async function backupsFor(
  deps: BackupDeps,
  actor: Actor,
  params: readonly Param[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const param of params) {
    if (param.type === 'artifact') found.set(param.name, await backupsOf(deps, actor, param.intent));
  }
  return found;
}

/** Nothing of an intent that this person may not see. */
async function backupsOf(
  { pipeline, catalogue, artifacts, redact }: BackupDeps,
  actor: Actor,
  name: string,
): Promise<readonly string[]> {
  const { action = null, stack = null } = catalogue.find(name) ?? {};
  if (pipeline.check(actor, 'view', { intent: name, action, stack }) !== null) return [];
  const paths = [...(await artifacts.list(name))].reverse().map(({ path }) => path);
  return paths.filter((path) => path.length <= CHOICE_LENGTH && redact(path) === path).slice(0, CHOICES);
}
