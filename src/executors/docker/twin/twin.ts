import type { Host } from '../../../core/ports/host.js';
import { type Container, type Inspected, listContainers } from '../container.js';
import { TWIN, TWIN_PROJECT, TWIN_SERVICE, TWIN_SPEC } from './labels.js';
import { parseSpec, type TwinSpec } from './spec.js';

/** A container that never runs and keeps all that another one was, so that it can take its place. */
export interface Twin {
  readonly id: string;
  readonly name: string;
  /** The run that made it. */
  readonly runId: string;
  readonly project: string;
  readonly service: string;
  /** `sha256:…` */
  readonly imageId: string;
  readonly spec: TwinSpec;
}

/** The twins that were made for a project, by any run. Reads only. */
export async function findTwins(host: Host, project: string): Promise<Inspected<readonly Twin[]>> {
  const found = await listContainers(host, ['-a', '--filter', `label=${TWIN_PROJECT}=${project}`]);
  if (found.state !== 'found') return found;
  return { state: 'found', value: found.value.flatMap(twinOf) };
}

function twinOf({ id, name, imageId, labels }: Container): readonly Twin[] {
  const spec = parseSpec(labels[TWIN_SPEC]);
  const { [TWIN]: runId, [TWIN_PROJECT]: project, [TWIN_SERVICE]: service } = labels;
  if (spec === null || runId === undefined || project === undefined || service === undefined) return [];
  return [{ id, name, runId, project, service, imageId, spec }];
}
