import { formatCount } from '../../core/format.js';
import { code, type Phrase, type PhrasePart, phrase } from '../../core/phrase.js';
import { shortHash } from '../shared/wording.js';
import type { Replacement } from './data.js';

/** `sha256:3fa9…c1` */
export function shortId(id: string): string {
  return `sha256:${shortHash(id.slice(id.lastIndexOf(':') + 1))}`;
}

/** The line of a service that is replaced: image, what runs, what comes. */
export function replaceTitle(replacement: Replacement): Phrase {
  const { service, image, replicas, reasons } = replacement;
  const containers = formatCount(replicas, 'container');
  const how = replacement.strategy === 'rolling' ? ', one after the other' : '';
  const why = reasons.includes('image')
    ? phrase`${runs(replacement)} → ${comes(replacement)}`
    : reasons.includes('configuration')
      ? phrase`same image, new configuration`
      : phrase`same image; it lives in a container that is replaced`;
  return phrase`${code(service)}: ${code(image)}, ${why}. ${containers} ${replicas === 1 ? 'is' : 'are'} replaced${how}.`;
}

/** By digest when both sides have one, so that the two can be compared at a glance. */
function runs({ pull, oldId, oldDigest }: Replacement): Phrase {
  return phrase`${code(shortId(pull !== null && oldDigest !== null ? oldDigest : oldId))}`;
}

function comes({ pull, localId }: Replacement): Phrase {
  return phrase`${code(shortId(pull ?? localId ?? ''))}`;
}

/** `plex`, `sonarr` and `radarr`. */
export function named(services: readonly string[]): Phrase {
  return services.flatMap<PhrasePart>((service, index) => {
    const joint = index === 0 ? '' : index === services.length - 1 ? ' and ' : ', ';
    return joint === '' ? [code(service)] : [joint, code(service)];
  });
}
