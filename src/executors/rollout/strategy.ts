import type { RolloutFields } from '../../core/model/fields.js';
import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { ServiceContainer } from '../compose/containers.js';
import { isUnnamedVolume } from '../docker/unnamed-volume.js';
import type { Comparison } from './compare.js';

/** How services are replaced, and what stands in the way of what the intent asks for. */
export interface WithStrategy {
  readonly comparisons: readonly Comparison[];
  readonly blockers: readonly Notice[];
  readonly warnings: readonly Notice[];
}

/** With `strategy: rolling`, services of several containers are replaced one container after the other. */
export function withStrategy(
  { strategy }: Pick<RolloutFields, 'strategy'>,
  comparisons: readonly Comparison[],
): WithStrategy {
  if (strategy !== 'rolling') return { comparisons, blockers: [], warnings: [] };
  const changes = comparisons.flatMap((one) => (isReplaced(one) ? [one] : []));
  const several = changes.filter(({ replacement }) => replacement.replicas > 1);
  const single = changes.filter(({ replacement }) => replacement.replicas <= 1);
  const blockers = several.flatMap(({ service, containers }) => {
    const path = unnamedVolume(containers);
    return path === null ? [] : [losesData(service, path)];
  });
  return {
    comparisons: comparisons.map((one) =>
      isReplaced(one) && one.replacement.replicas > 1
        ? { ...one, replacement: { ...one.replacement, strategy: 'rolling' as const } }
        : one,
    ),
    blockers,
    warnings: single.map(({ service }) => isDownMeanwhile(service)),
  };
}

/** Of a service that is started nothing runs that could go on meanwhile. */
function isReplaced(one: Comparison): one is Extract<Comparison, { state: 'changes' | 'current' }> {
  return one.state === 'changes' && !one.replacement.reasons.includes('start');
}

/** Where a volume is that nobody named: a new container beside the old one gets another one. */
function unnamedVolume(containers: readonly ServiceContainer[]): string | null {
  const mounts = containers.flatMap((container) => container.mounts);
  const unnamed = mounts.find(isUnnamedVolume);
  return unnamed?.destination ?? null;
}

function losesData(service: string, path: string): Notice {
  return notice(
    'rolling_impossible',
    phrase`${code(service)} keeps ${code(path)} in a volume without a name, which a new container beside the old one would not have.`,
    phrase`Give the volume a name in the Compose file, or remove ${code('strategy')} from the intent.`,
  );
}

function isDownMeanwhile(service: string): Notice {
  return notice(
    'not_rolling',
    phrase`${code(service)} has one container, so it is down while that is replaced.`,
    phrase`Scale it to several first where it must not be.`,
  );
}
