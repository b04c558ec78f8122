import * as z from 'zod';
import type { Host } from '../../../core/ports/host.js';
import { READ, whyFailed } from '../container.js';
import { askEngine, enginePath } from '../engine.js';
import { twinBody } from './bodies.js';
import { copyFiles } from './copy-files.js';
import { injectedFiles } from './injected.js';
import { type InspectedContainer, tellOf } from './inspected.js';
import { TWIN, TWIN_PROJECT, TWIN_SERVICE, TWIN_SPEC } from './labels.js';
import { specOf } from './spec.js';
import type { Twin } from './twin.js';

/** Whose twin it is. */
export type TwinOwner = Pick<Twin, 'runId' | 'project' | 'service'>;

/** Makes a container's twin, once for a run. Null, or why that failed: then none is left. */
export async function makeTwin(host: Host, container: string, owner: TwinOwner): Promise<string | null> {
  const told = await tellOf(host, container);
  if (!told.ok) return told.why;
  const imageLabels = await labelsOfImage(host, told.value.Image);
  if ('why' in imageLabels) return imageLabels.why;
  const files = await injectedFiles(host, told.value);
  if ('why' in files) return files.why;
  const name = nameOf(told.value, owner);
  const spec = specOf(told.value, files);
  const labels = {
    [TWIN]: owner.runId,
    [TWIN_PROJECT]: owner.project,
    [TWIN_SERVICE]: owner.service,
    [TWIN_SPEC]: JSON.stringify(spec),
  };
  // One of an attempt that broke off may be there.
  await host.exec(['docker', 'rm', '-f', '--', name], READ);
  const created = await askEngine(host, {
    method: 'POST',
    path: enginePath(['containers', 'create'], { name }),
    body: twinBody(told.value, labels, imageLabels.names),
  });
  if (!created.ok) return created.why;
  const fault = await copyFiles(host, container, name, files);
  if (fault === null) return null;
  await host.exec(['docker', 'rm', '-f', '--', name], READ);
  return `its secrets and configurations can’t be copied (${fault})`;
}

function nameOf({ Name }: InspectedContainer, { runId }: TwinOwner): string {
  return `chatops-twin-${runId}-${Name.replace(/^\//, '')}`;
}

const IMAGE_LABELS = z.record(z.string(), z.string()).nullable();

async function labelsOfImage(
  host: Host,
  image: string,
): Promise<{ readonly names: readonly string[] } | { readonly why: string }> {
  const argv = ['docker', 'image', 'inspect', '--format', '{{json .Config.Labels}}', '--', image];
  const result = await host.exec(argv, READ);
  if (!result.ok) return { why: whyFailed(result) };
  return { names: Object.keys(IMAGE_LABELS.parse(JSON.parse(result.stdout)) ?? {}) };
}
