import type { ScaleFields } from '../../core/model/fields.js';
import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { ComposeService } from '../compose/config.js';

/** Why the number that was asked for can't be used; null when it can. */
export function checkBounds({ replicas, min, max, service }: ScaleFields): Notice | null {
  const allowed = phrase`Ask for ${min} to ${max}, or change ${code('min')} or ${code('max')} in the intent.`;
  if (replicas === null) {
    return notice('params_invalid', phrase`How many replicas of ${code(service)} is not said.`, allowed);
  }
  if (Number.isInteger(replicas) && replicas >= min && replicas <= max) return null;
  return notice(
    'params_invalid',
    phrase`${replicas} replicas of ${code(service)} is outside of what the intent allows.`,
    allowed,
  );
}

/** What keeps Compose from running several containers of a service. */
export function checkPossible(service: ComposeService, wanted: number): readonly Notice[] {
  if (wanted <= 1) return [];
  const { name, containerName, hostPorts } = service;
  const named =
    containerName === null
      ? []
      : [
          notice(
            'replicas_impossible',
            phrase`${code(name)} has ${code(`container_name: ${containerName}`)}, and two containers can’t have one name.`,
            phrase`Remove ${code('container_name')} from the Compose file, or ask for one replica.`,
          ),
        ];
  const narrow = hostPorts
    .filter((ports) => widthOf(ports) < wanted)
    .map((ports) =>
      notice(
        'replicas_impossible',
        phrase`${code(name)} takes the host port ${code(ports)}, which is not enough for ${wanted} containers.`,
        phrase`Give a range such as ${code(rangeFor(ports, wanted))} in the Compose file, or leave the host port out.`,
      ),
    );
  return [...named, ...narrow];
}

/** How many ports `8080` or `8080-8085` are. */
function widthOf(ports: string): number {
  const [first = 0, last = first] = ports.split('-').map(Number);
  return last - first + 1;
}

function rangeFor(ports: string, width: number): string {
  const first = Number(ports.split('-')[0]);
  return `${first}-${first + width - 1}`;
}
