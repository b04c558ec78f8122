import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { PlanPart } from '../../core/model/plan.js';
import type { PartResult, RunContext } from '../../core/ports/executor.js';
import type { Host } from '../../core/ports/host.js';
import { composeArgv } from '../compose/command.js';
import type { ServiceContainer } from '../compose/containers.js';
import type { ComposeProject } from '../compose/project.js';
import type { Container } from '../docker/container.js';
import { groundOf } from '../docker/ground.js';
import type { RolloutData } from './data.js';

/**
 * The services of the project that the bot needs to live, each with why it is left alone and how people update it:
 * replaced by the bot, nobody would be there to watch, to go back or to tell. Reads only.
 */
export async function groundServices(
  host: Host,
  { inputs, services }: ComposeProject,
  containers: readonly ServiceContainer[],
  all: readonly Container[],
): Promise<ReadonlyMap<string, Phrase>> {
  const found = new Map<string, Phrase>();
  for (const { container, why } of await groundOf(host, all)) {
    const service = containers.find(({ id }) => id === container.id)?.service;
    if (service === undefined || found.has(service)) continue;
    const pull = services.get(service)?.source === 'local' ? [] : ['--pull', 'always'];
    const update = composeArgv(inputs, 'up', '-d', '--no-deps', ...pull, service).join(' ');
    found.set(service, phrase`${why}. Update it on the host with ${code(update)}`);
  }
  return found;
}

/** A rollout's part without the services that the bot needs now. */
export interface OwnPart {
  readonly part: PlanPart<RolloutData>;
  /** What is said of those that were taken out; empty: none. */
  readonly kept: readonly Phrase[];
  /** How a run ends that would replace one of them: another process planned it. */
  readonly refused: PartResult;
}

/** What is left of a rollout for the bot to run, recover or put back. */
export async function ownPart(part: PlanPart<RolloutData>, { host }: RunContext): Promise<OwnPart> {
  const needed = new Set(
    (await groundOf(host))
      .filter(({ container }) => container.labels['com.docker.compose.project'] === part.data.project)
      .map(({ container }) => container.labels['com.docker.compose.service']),
  );
  const replacements = part.data.replacements.filter(({ service }) => !needed.has(service));
  const kept = part.data.replacements
    .filter((one) => !replacements.includes(one))
    .map(({ service }) => phrase`${code(service)} was left as it is: the bot needs it to run.`);
  return {
    part: { ...part, data: { ...part.data, replacements } },
    kept,
    refused: {
      state: 'failed',
      reason: 'container_own',
      summary: [...kept, phrase`No container was touched.`],
      next: phrase`Run it again: the new preview leaves it out.`,
      warnings: [],
    },
  };
}
