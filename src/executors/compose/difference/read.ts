import type { Host } from '../../../core/ports/host.js';
import type { ServiceContainer } from '../containers.js';
import type { ComposeProject } from '../project.js';
import { differences } from './compare.js';
import { composeVersion, hashesAsMade } from './hashes.js';
import type { Made } from './inspected.js';
import { lookAtMade } from './made.js';
import { DEFINITIONS, RENDERED } from './rendered.js';
import type { Setting } from './setting.js';

/** What a container would be made with now, against what it was made with; its image aside. */
export type Change =
  | { readonly state: 'same' }
  | { readonly state: 'changed'; readonly settings: readonly Setting[] }
  /** Compose would make it again, for something that a container doesn't show. */
  | { readonly state: 'unseen' }
  /** Nothing differs, but another version of Compose made it, and this one would make it again. */
  | { readonly state: 'other_version'; readonly made: string; readonly now: string };

const SAME: Change = { state: 'same' };

/** Compares containers with the rendered configuration of their services, by id. Reads only. */
export async function readChanges(
  host: Host,
  project: ComposeProject,
  all: readonly ServiceContainer[],
  chosen: readonly ServiceContainer[],
): Promise<ReadonlyMap<string, Change>> {
  const hashesOf = (service: string): readonly string[] => project.services.get(service)?.hashes ?? [];
  const unsure = chosen.filter(({ service, configHash }) => !hashesOf(service).includes(configHash));
  const changes = new Map(chosen.map(({ id }) => [id, SAME] as const));
  if (unsure.length === 0) return changes;
  // Compose itself says best whether anything besides the image is another thing.
  const asMade = await hashesAsMade(host, project, all);
  const differing = unsure.filter(({ service, configHash }) => !asMade(service).includes(configHash));
  if (differing.length === 0) return changes;
  const definitions = DEFINITIONS.parse(project.config);
  const serviceOf = (id: string): string | null => all.find((one) => one.id === id)?.service ?? null;
  for (const { made, defaults } of await lookAtMade(host, differing)) {
    const service = differing.find(({ id }) => id === made.Id)?.service ?? '';
    const raw = project.config.services?.[service];
    if (!raw) continue;
    const settings = differences(RENDERED.parse(raw), made, { defaults, definitions, serviceOf });
    changes.set(made.Id, settings.length > 0 ? { state: 'changed', settings } : await unseen(host, made));
  }
  return changes;
}

async function unseen(host: Host, { Config: { Labels } }: Made): Promise<Change> {
  const made = Labels?.['com.docker.compose.version'] ?? 'an earlier version';
  const now = await composeVersion(host);
  return now === null || now === made ? { state: 'unseen' } : { state: 'other_version', made, now };
}
