import type { Intent } from '../model/intent.js';
import type { Param } from '../model/param.js';

/** The parameter that an intent with one scale step has without declaring it. */
export const REPLICAS = 'replicas';

/** What a request for an intent may give: what it declares, and the number of containers of its only scale step. */
export function askable({
  params,
  steps,
  graph,
}: Pick<Intent, 'params' | 'steps' | 'graph'>): readonly Param[] {
  const [scale, another] = steps.filter((step) => step.kind === 'scale');
  if (graph || !scale || another || params.some(({ name }) => name === REPLICAS)) return params;
  const { service, replicas, min, max } = scale.fields;
  const description = `How many containers of ${service} there should be.`;
  const whole = { name: REPLICAS, type: 'integer', description, min, max } as const;
  return [...params, replicas === null ? whole : { ...whole, default: replicas }];
}
