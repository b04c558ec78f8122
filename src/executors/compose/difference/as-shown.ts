import type { Phrase } from '../../../core/model/phrase.js';
import type { Host } from '../../../core/ports/host.js';
import { type ServiceContainer, serviceContainers } from '../containers.js';
import type { ComposeProject } from '../project.js';
import { differences } from './compare.js';
import { hashesInPlace, livesInService } from './hashes.js';
import { lookAtMade } from './made.js';
import { DEFINITIONS, RENDERED } from './rendered.js';
import { once } from './service.js';
import { changeWords } from './words.js';

/**
 * What containers of a service, which Compose has just made, have that this configuration does not say: the files said
 * something else when Compose read them. Empty where there is nothing, or nothing that a container shows.
 */
export async function madeOtherwise(
  host: Host,
  { inputs, config }: Pick<ComposeProject, 'inputs' | 'config'>,
  service: string,
  containers: readonly ServiceContainer[],
): Promise<readonly Phrase[]> {
  const raw = config.services?.[service];
  if (!raw) return [];
  const around = livesInService(raw) ? await serviceContainers(host, config.name) : null;
  const all = around?.state === 'found' ? around.value : containers;
  const serviceOf = (id: string): string | null => all.find((one) => one.id === id)?.service ?? null;
  const [rendered, definitions] = [RENDERED.parse(raw), DEFINITIONS.parse(config)];
  const settings = (await lookAtMade(host, containers)).flatMap(({ made, defaults }) =>
    differences(rendered, made, { defaults, definitions, serviceOf }),
  );
  if (settings.length === 0) return [];
  // Compose itself says best what it made them from: an engine may write down a setting in other words.
  const hashes = (await hashesInPlace(host, { inputs, config }, all))(service);
  if (containers.every(({ configHash }) => hashes.includes(configHash))) return [];
  return changeWords(once(settings).map((one) => ({ ...one, wanted: one.has, has: one.wanted })));
}
