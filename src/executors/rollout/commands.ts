import type { Argv } from '../../core/model/plan.js';
import { bringUpArgvs, type Wanted } from '../compose/bring-up.js';
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

/** As many new containers in the place of all. */
export function replaceAll({ service, replicas, needs, reasons }: Replacement): Wanted {
  // Compose sees no difference in what uses another container by its name.
  return { service, replicas, needs, existing: reasons.includes('namespace') ? 'recreate' : 'converge' };
}

/** Up to this number; those that are there stay as they are. */
export function oneMore({ service, needs }: Replacement, replicas: number): Wanted {
  return { service, replicas, needs, existing: 'keep' };
}

/** What replaces the containers, as people are shown it; what removes an old one by its id isn't among it. */
export function replaceArgvs(
  { inputs }: Pick<RolloutData, 'inputs'>,
  replacement: Replacement,
): readonly Argv[] {
  const { strategy, replicas } = replacement;
  return strategy === 'rolling'
    ? Array.from({ length: replicas }, () => bringUpArgvs(inputs, oneMore(replacement, replicas + 1))).flat()
    : bringUpArgvs(inputs, replaceAll(replacement));
}
