import type { Made } from './inspected.js';
import { compareMounts } from './mounts.js';
import { compareNetworks } from './networks.js';
import { comparePrivileges } from './privileges.js';
import { compareProcess } from './process.js';
import type { Rendered } from './rendered.js';
import { compareResources } from './resources.js';
import type { Around, Setting } from './setting.js';

const TOPICS = [compareMounts, compareNetworks, comparePrivileges, compareProcess, compareResources];

/** What is another thing in the rendered configuration than in a container. The image is none of it. */
export function differences(service: Rendered, made: Made, around: Around): readonly Setting[] {
  return TOPICS.flatMap((compare) => compare(service, made, around)).filter(
    ({ wanted, has }) => wanted !== has,
  );
}
