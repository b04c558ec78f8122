import { code, phrase } from '../../core/model/phrase.js';
import { notice } from '../../core/model/reasons.js';
import type { Complaint } from './complaint.js';
import { hostOf, loginOf } from './place.js';

const AS_BOT = 'as the bot’s user';

/** What ssh says when it does not get through. */
export const sshComplaint: readonly Complaint[] = [
  {
    says: /Could not resolve hostname (\S+?):|Name or service not known|failure in name resolution/i,
    means: ({ destination }) =>
      notice(
        'destination_unreachable',
        phrase`The name ${code(hostOf(destination))} can’t be resolved.`,
        phrase`Correct the host in ${code('destination')}, or check DNS: ${code(`getent hosts ${hostOf(destination)}`)}.`,
      ),
  },
  {
    says: /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for .* has changed/,
    means: ({ destination }) =>
      notice(
        'host_key_unknown',
        phrase`The ssh host key of ${code(hostOf(destination))} is not the one that is known.`,
        phrase`If that host was set up again, remove the old key (${code(`ssh-keygen -R ${hostOf(destination)}`)}, ${AS_BOT}) and accept the new one. If not, find out who answers there.`,
      ),
  },
  {
    says: /Host key verification failed|host key is known for/,
    means: ({ destination }) =>
      notice(
        'host_key_unknown',
        phrase`The ssh host key of ${code(hostOf(destination))} is not known here.`,
        phrase`Connect once ${AS_BOT} (${code(`ssh ${loginOf(destination)}`)}), compare the fingerprint and accept it.`,
      ),
  },
  {
    says: /UNPROTECTED PRIVATE KEY FILE[\s\S]*?Permissions \d+ for '(.*?)' are too open|Load key "(.*?)": bad permissions/,
    means: ({ destination }, [, open, bad]) =>
      notice(
        'login_refused',
        phrase`ssh ignores the key ${code(open ?? bad ?? '')} for ${code(hostOf(destination))}, because others can read it.`,
        phrase`Run ${code(`chmod 600 ${open ?? bad ?? ''}`)}, then try again.`,
      ),
  },
  {
    says: /Identity file (\S+) not accessible: ([^\n]*?)\.?\r?\n[\s\S]*Permission denied \(/,
    means: ({ destination }, [, key = '', why = '']) =>
      notice(
        'login_refused',
        phrase`The ssh key ${code(key)} for ${code(hostOf(destination))} can’t be used: ${why}.`,
        phrase`Put the key there, or correct ${code('ssh_key')} in the intent.`,
      ),
  },
  {
    says: /Permission denied \([a-z0-9,@.-]+\)|Too many authentication failures|No supported authentication methods/i,
    means: ({ destination }) =>
      notice(
        'login_refused',
        phrase`${code(hostOf(destination))} refuses the bot’s ssh key for ${code(loginOf(destination))}.`,
        phrase`Add the bot’s public key there (${code(`ssh-copy-id ${loginOf(destination)}`)}, ${AS_BOT}), or name the right key as ${code('ssh_key')} in the intent.`,
      ),
  },
  {
    says: /Connection refused|No route to host|(?:Network|Host) is unreachable|(?:Connection|Operation) timed out|Connection (?:closed|reset) by|kex_exchange_identification|banner exchange/,
    means: ({ destination }, [why]) =>
      notice(
        'destination_unreachable',
        phrase`ssh on ${code(hostOf(destination))} does not answer: ${why.toLowerCase()}.`,
        phrase`Check that the host is on, that ssh runs there, and its port (${code('ssh_port')} in the intent).`,
      ),
  },
  {
    says: /is your shell clean|protocol version mismatch/,
    means: ({ destination }) =>
      notice(
        'tool_unsuitable',
        phrase`The login on ${code(hostOf(destination))} prints text of its own, and rsync can’t get through it.`,
        phrase`Make it silent there for logins without a terminal (${code('.bashrc')}, ${code('.profile')}): ${code(`ssh ${loginOf(destination)} true`)} must print nothing.`,
      ),
  },
  {
    says: /rsync: (?:command )?not found|remote command not found|rsync: No such file or directory/,
    means: ({ destination }) =>
      notice(
        'tool_missing',
        phrase`${code('rsync')} is not installed on ${code(hostOf(destination))}, or not in the path of a login without a terminal.`,
        phrase`Install it there (${code('apt install rsync')}), then try again.`,
      ),
  },
];
