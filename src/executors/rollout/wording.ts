import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { formatCount } from '../../core/text/format.js';
import { joined, shortHash } from '../shared/wording.js';
import type { Replacement } from './data.js';

/** `sha256:3fa9…c1` */
export function shortId(id: string): string {
  return `sha256:${shortHash(id.slice(id.lastIndexOf(':') + 1))}`;
}

/** The line of a service that is replaced: image, what runs, what comes. */
export function replaceTitle(replacement: Replacement): Phrase {
  const { service, replicas, reasons, was } = replacement;
  if (reasons.includes('start')) return startTitle(replacement);
  const containers = formatCount(replicas, 'container');
  const why = [
    reasons.includes('image') ? imageWords(replacement) : phrase`${code(replacement.image)}, same image`,
    ...(reasons.includes('configuration') ? [changedWords(replacement)] : []),
    ...(reasons.includes('namespace') ? [phrase`it lives in a container that is replaced`] : []),
  ].flatMap((piece, index) => (index === 0 ? piece : ['; ', ...piece]));
  const how = replacement.strategy === 'rolling' ? ', one after the other' : '';
  const now = was === '' ? '' : ` (now ${was})`;
  return phrase`${code(service)}: ${why}. ${containers}${now} ${replicas === 1 ? 'is' : 'are'} replaced${how}.`;
}

/** The line of a service that doesn't run: how it stands, what it is started with. */
function startTitle(replacement: Replacement): Phrase {
  const { service, replicas, reasons, was, image, oldId, changes } = replacement;
  const isNew = oldId === '';
  const what = !isNew && reasons.includes('image') ? imageWords(replacement) : code(image);
  const settings = changes.length === 0 ? [] : phrase`: ${joined(changes)}`;
  const verb = isNew ? 'is started' : 'is started again';
  const several = replicas === 1 ? '' : ` ${formatCount(replicas, 'container')}.`;
  return phrase`${code(service)}: ${was}; ${verb} with ${what}${settings}.${several}`;
}

/** Names and versions first; digests tell two images of one name apart. */
function imageWords(replacement: Replacement): Phrase {
  const { image, oldRef } = replacement;
  if (image !== oldRef && !oldRef.startsWith('sha256:')) return phrase`${code(oldRef)} → ${code(image)}`;
  const { ran, comes: next } = replacement.versions;
  if (ran !== null && next !== null && ran !== next)
    return phrase`${code(image)}, ${code(ran)} → ${code(next)}`;
  const known = ran === null || image.includes(ran) ? [] : phrase`${code(ran)}, `;
  return phrase`${code(image)}, ${known}${runs(replacement)} → ${comes(replacement)}`;
}

function changedWords({ changes }: Replacement): Phrase {
  return phrase`configuration changed: ${joined(changes)}`;
}

/** By digest when both sides have one, so that the two can be compared at a glance. */
function runs({ pull, oldId, oldDigest }: Replacement): Phrase {
  return phrase`${code(shortId(pull !== null && oldDigest !== null ? oldDigest : oldId))}`;
}

function comes({ pull, localId }: Replacement): Phrase {
  return phrase`${code(shortId(pull ?? localId ?? ''))}`;
}
