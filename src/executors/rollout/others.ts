import type { RunContext } from '../../core/executor.js';
import { code, type Phrase, phrase } from '../../core/phrase.js';
import { serviceContainers } from '../compose/containers.js';
import { named } from '../shared/wording.js';
import type { RolloutData } from './data.js';
import { standing } from './start.js';

/** How the services stand that the rollout left alone, by a look at its end: those that were current, and those that didn't run. */
export async function othersNow(data: RolloutData, { host }: RunContext): Promise<readonly Phrase[]> {
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
  const well = current.filter((service) => stands(service) === '');
  const unwell = [...current, ...off].filter((service) => !well.includes(service));
  return [
    ...(well.length > 0 ? [phrase`${named(well)}: already current, not touched.`] : []),
    ...unwell.map((service) => phrase`${code(service)}: ${stands(service) || 'runs now'}, not touched.`),
  ];
}
