import type { Argv } from '../../core/plan.js';
import { upArgv } from '../compose/command.js';
import { isPinned } from '../images/name.js';
import type { Replacement, RolloutData } from './data.js';

/** Pulls by digest, so that a tag that moves meanwhile changes nothing; each image once. */
export function pullArgvs(replacements: readonly Replacement[]): readonly Argv[] {
  const argvs = replacements.flatMap(({ pull, platform }) =>
    pull === null
      ? []
      : [['docker', 'pull', ...(platform === null ? [] : ['--platform', platform]), '--', pull]],
  );
  return [...new Map(argvs.map((argv) => [argv.join(' '), argv])).values()];
}

/** Gives the pulled image the name that the Compose file has for it; null when that name is its digest. */
export function tagArgv({ pull, image }: Replacement): Argv | null {
  return pull === null || isPinned(image) ? null : ['docker', 'tag', '--', pull, image];
}

/** Replaces the containers by as many new ones. */
export function replaceArgv(
  { inputs }: Pick<RolloutData, 'inputs'>,
  { service, replicas, reasons }: Replacement,
): Argv {
  // Compose sees no difference in what uses another container by its name.
  const force = reasons.includes('namespace') ? ['--force-recreate'] : [];
  return upArgv(inputs, service, replicas, ...force);
}

/** What replaces the containers, as people are shown it; what removes an old one by its id isn't among it. */
export function replaceArgvs(data: Pick<RolloutData, 'inputs'>, replacement: Replacement): readonly Argv[] {
  const { strategy, replicas } = replacement;
  return strategy === 'rolling'
    ? Array.from({ length: replicas }, () => oneMoreArgv(data, replacement, replicas + 1))
    : [replaceArgv(data, replacement)];
}

/** Adds containers up to this number; those that are there stay as they are. */
export function oneMoreArgv(
  { inputs }: Pick<RolloutData, 'inputs'>,
  { service }: Replacement,
  replicas: number,
): Argv {
  return upArgv(inputs, service, replicas, '--no-recreate');
}
