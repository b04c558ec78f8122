import { code, type Phrase, type PhrasePart, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { ExecResult } from '../../core/ports/host.js';
import { formatDuration } from '../../core/text/format.js';
import { whyFailed } from '../docker/container.js';
import { registryOf } from './name.js';
import type { Refusal } from './refusal.js';

/** What people are told when a registry gives no answer about an image: what happened there, and the way out of just that. */
export function refusalNotice(image: string, { cause, waitMs }: Refusal, result: ExecResult): Notice {
  const name = code(image);
  const registry = registryWords(image);
  const login = code(['docker login', registryOf(image) ?? []].flat().join(' '));
  const why = code(result.ok ? 'Compose named no digest' : whyFailed(result));
  switch (cause) {
    case 'missing':
      return notice('image_missing', phrase`${registry} doesn’t have ${name} (404).`);
    case 'misnamed':
      return notice('image_missing', phrase`${name} isn’t a name that an image can have.`);
    case 'login':
      return notice(
        'registry_login',
        phrase`${registry} wants a login for ${name} (401).`,
        phrase`Run ${login} as the bot’s user, and check the image’s name: some registries ask for a login where there’s no such image.`,
      );
    case 'denied':
      return notice(
        'registry_denied',
        phrase`${registry} denies access to ${name} (403).`,
        phrase`Run ${login} as the bot’s user with an account that can pull it, or correct the image’s name.`,
      );
    case 'limited':
      return notice(
        'registry_limited',
        phrase`${registry} answers no more questions about ${name} for now (429).`,
        limitedRemedy(image, waitMs, login),
      );
    case 'broken':
      return notice('registry_broken', phrase`${registry} failed when it was asked for ${name}: ${why}.`);
    case 'untrusted':
      return notice(
        'certificate_untrusted',
        phrase`Docker doesn’t trust ${registry}, which has ${name}: ${why}.`,
        phrase`Put the certificate of its authority in ${code(`/etc/docker/certs.d/${registryOf(image) ?? 'docker.io'}/ca.crt`)}, then try again.`,
      );
    case 'no_name':
      return notice(
        'registry_unreachable',
        phrase`${registry} can’t be found, so ${name} couldn’t be checked: ${why}.`,
        phrase`Check this host’s DNS, and the registry in the image’s name.`,
      );
    case 'unreachable':
      return notice(
        'registry_unreachable',
        phrase`${registry} doesn’t answer, so ${name} couldn’t be checked: ${why}.`,
      );
  }
}

/** Docker Hub, which most names don't mention, or the registry's host. */
function registryWords(image: string): PhrasePart {
  const registry = registryOf(image);
  return registry === null ? 'Docker Hub' : code(registry);
}

function limitedRemedy(image: string, waitMs: number | null, login: PhrasePart): Phrase {
  if (waitMs !== null) return phrase`Wait ${formatDuration(waitMs)}, then try again.`;
  return registryOf(image) === null
    ? phrase`Try again later: Docker Hub counts pulls over 6 hours. With ${login} the limit is higher.`
    : phrase`Docker doesn’t pass on for how long. Wait a few minutes, then try again; with ${login} the limit is often higher.`;
}
