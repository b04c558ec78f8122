import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import { ProxmoxError } from './access.js';

/** What was asked of Proxmox, for saying what is missing when it says no. */
export interface Asked {
  /** The API's address, or `pvesh`. */
  readonly where: string;
  /** Rights that the call needs, as Proxmox's API description names them. */
  readonly rights: Phrase;
}

/** What Proxmox's answer means for people. Anything but a {@link ProxmoxError} is a bug and is thrown on. */
export function noticeOf(error: unknown, { where, rights }: Asked): Notice {
  if (!(error instanceof ProxmoxError)) throw error;
  const said = code(error.message);
  switch (error.fault) {
    case 'untrusted':
      return notice(
        'certificate_untrusted',
        phrase`The certificate of ${code(where)} is not trusted: ${said}.`,
        phrase`Set ${code('PVE_CA_FILE')} to Proxmox’s own certificate (${code('/etc/pve/pve-root-ca.pem')} on a node), and use the name that the node’s certificate holds.`,
      );
    case 'token':
      return notice(
        'token_refused',
        phrase`${code(where)} does not accept the token: ${said}.`,
        phrase`Check ${code('PVE_API_TOKEN')}: it looks like ${code('user@realm!name=uuid')}, and the token must exist and not be expired.`,
      );
    case 'denied':
      return rightMissing(error.message, rights);
    case 'refused':
      return notice('command_failed', phrase`Proxmox refused: ${said}.`);
    default:
      return notice('service_unreachable', unreachable(error, where), reachRemedy(error));
  }
}

function unreachable(error: ProxmoxError, where: string): Phrase {
  return error.fault === 'node_down'
    ? phrase`Proxmox answers, and its node does not: ${code(error.message)}.`
    : phrase`Proxmox does not answer at ${code(where)}: ${code(error.message)}.`;
}

function reachRemedy({ fault }: ProxmoxError): Phrase {
  return fault === 'node_down'
    ? phrase`Start the node or wait until it is back, then try again.`
    : phrase`Check ${code('PVE_API_URL')}, the network and that ${code('pveproxy')} runs, then try again.`;
}

/** Proxmox says `Permission check failed (/vms/101, VM.Backup)`. */
function rightMissing(message: string, rights: Phrase): Notice {
  const [, place, right] = /\((\/[^,)]*), ([^)]+)\)/.exec(message) ?? [];
  const named = place && right ? phrase`${code(right)} on ${code(place)}` : rights;
  return notice(
    'right_missing',
    phrase`The token lacks a right: ${named}.`,
    phrase`Grant it in Proxmox under Datacenter › Permissions, to the token itself when it has Privilege Separation.`,
  );
}
