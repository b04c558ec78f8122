import * as z from 'zod';
import type { Host } from '../../core/host.js';
import { failure, type Inspected, READ } from '../docker/container.js';
import type { Origin } from './origin.js';

/** A container that Compose made, of whatever project. */
export interface Made {
  readonly project: string;
  readonly service: string;
  /** Also while it is paused or started again. */
  readonly isUp: boolean;
  readonly origin: Origin;
}

const COMPOSE = 'com.docker.compose';
const LABELS = [
  ...['project', 'service', 'project.config_files', 'project.working_dir'],
  'project.environment_file',
];
const FORMAT = ['.State', ...LABELS.map((name) => `(.Label "${COMPOSE}.${name}")`)];

const LINE = z.tuple([z.string(), z.string(), z.string(), z.string(), z.string(), z.string()]);

/** All containers on this engine that Compose made for services, with what their labels say of their origin. */
export async function madeContainers(host: Host): Promise<Inspected<readonly Made[]>> {
  const filters = ['project', 'oneoff=False'].flatMap((label) => ['--filter', `label=${COMPOSE}.${label}`]);
  const format = `[${FORMAT.map((field) => `{{json ${field}}}`).join(',')}]`;
  const listed = await host.exec(['docker', 'ps', '-a', '--no-trunc', ...filters, '--format', format], READ);
  if (!listed.ok) return failure(listed);
  return { state: 'found', value: listed.stdout.split('\n').filter(Boolean).map(madeOf) };
}

function madeOf(line: string): Made {
  const [state, project, service, files, folder, envFiles] = LINE.parse(JSON.parse(line));
  return {
    project,
    service,
    isUp: ['running', 'paused', 'restarting'].includes(state),
    origin: { files, folder, envFiles },
  };
}
