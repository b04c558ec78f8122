import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { RunContext } from '../../core/ports/executor.js';
import { type ServiceContainer, serviceContainers } from '../compose/containers.js';
import { named } from '../shared/wording.js';
import type { RolloutData } from './data.js';
import { standing } from './start.js';

/**
 * How the services stand that the rollout left alone, by a look at its end: those that were current, and those that didn't
 * run. `began`: when the rollout did; a current job had done its work by then.
 */
export async function othersNow(
  data: RolloutData,
  { host }: RunContext,
  began: Date,
): Promise<readonly Phrase[]> {
  const { current, off, project } = data;
  if (current.length + off.length === 0) return [];
  const found = await serviceContainers(host, project);
  if (found.state === 'failed') {
    const all = named([...current, ...off]);
    return [phrase`${all}: not touched; Docker can’t say whether they run: ${code(found.why)}.`];
  }
  const containers = found.state === 'found' ? found.value : [];
  const stands = (service: string): string =>
    standing(containers.filter((container) => container.service === service));
  const isWell = (service: string): boolean => {
    const own = containers.filter((container) => container.service === service);
    return stands(service) === '' || (own.length > 0 && own.every((one) => hadDone(one, began)));
  };
  const well = current.filter(isWell);
  const unwell = [...current, ...off].filter((service) => !well.includes(service));
  return [
    ...(well.length > 0 ? [phrase`${named(well)}: already current, not touched.`] : []),
    ...unwell.map((service) => phrase`${code(service)}: ${stands(service) || 'runs now'}, not touched.`),
  ];
}

function hadDone({ status, exitCode, finishedAt }: ServiceContainer, began: Date): boolean {
  return status === 'exited' && exitCode === 0 && Date.parse(finishedAt) < began.getTime();
}
