import { code, phrase } from '../../core/model/phrase.js';
import { notice } from '../../core/model/reasons.js';
import type { Complaint } from './complaint.js';
import { hostOf, moduleOf } from './place.js';

/** What an rsync daemon says when it does not let a transfer begin. */
export const daemonComplaint: readonly Complaint[] = [
  {
    says: /getaddrinfo: .*(?:Name or service not known|No address associated|failure in name resolution)/i,
    means: ({ destination }) =>
      notice(
        'destination_unreachable',
        phrase`The name ${code(hostOf(destination))} can’t be resolved.`,
        phrase`Correct the host in ${code('destination')}, or check DNS: ${code(`getent hosts ${hostOf(destination)}`)}.`,
      ),
  },
  {
    says: /@ERROR: Unknown module '(.*)'/,
    means: ({ destination }, [, module = '']) =>
      notice(
        'destination_missing',
        phrase`The rsync daemon of ${code(hostOf(destination))} has no module ${code(module)}.`,
        phrase`Correct ${code('destination')} in the intent: ${code(`rsync ${destination.replace(/^(rsync:\/\/[^/]*\/).*$/, '$1')}`)} lists its modules.`,
      ),
  },
  {
    says: /@ERROR: auth failed on module/,
    means: ({ destination, hasSecret }) =>
      notice(
        'login_refused',
        phrase`The rsync daemon of ${code(hostOf(destination))} refuses the name or password for module ${code(moduleOf(destination))} (auth failed).`,
        hasSecret
          ? phrase`Correct the user in ${code('destination')} (${code('rsync://user@host/…')}) or the password in ${code('password_secret')}’s variable.`
          : phrase`Write the user into ${code('destination')} (${code('rsync://user@host/…')}) and name the password’s variable as ${code('password_secret')} in the intent.`,
      ),
  },
  {
    says: /@ERROR: access denied to \S+ from (.*)/,
    means: ({ destination }, [, from = '']) =>
      notice(
        'login_refused',
        phrase`The rsync daemon of ${code(hostOf(destination))} lets nobody in from ${code(from)}.`,
        phrase`Allow this address there: ${code('hosts allow')} of module ${code(moduleOf(destination))} in rsyncd.conf.`,
      ),
  },
  {
    says: /ERROR: module is read only/,
    means: ({ destination }) =>
      notice(
        'destination_not_writable',
        phrase`Module ${code(moduleOf(destination))} of ${code(hostOf(destination))} is read-only.`,
        phrase`Set ${code('read only = no')} for it in rsyncd.conf there.`,
      ),
  },
  {
    says: /@ERROR: (?:chdir|chroot) failed/,
    means: ({ destination }) =>
      notice(
        'destination_missing',
        phrase`The folder of module ${code(moduleOf(destination))} on ${code(hostOf(destination))} does not exist, or the daemon may not enter it.`,
        phrase`Look at ${code('path')} of the module in rsyncd.conf there, and at its mount.`,
      ),
  },
  {
    says: /The server is configured to refuse (--?\S+)/,
    means: ({ destination }, [, option = '']) =>
      notice(
        'tool_unsuitable',
        phrase`The rsync daemon of ${code(hostOf(destination))} refuses the option ${code(option)}.`,
        phrase`Remove it from the intent’s options, or from ${code('refuse options')} in rsyncd.conf there.`,
      ),
  },
  {
    says: /@ERROR: max connections \((\d+)\) reached/,
    means: ({ destination }, [, most = '']) =>
      notice(
        'destination_unreachable',
        phrase`The rsync daemon of ${code(hostOf(destination))} has ${most} connections already, its limit.`,
        phrase`Try again later, or raise ${code('max connections')} in rsyncd.conf there.`,
      ),
  },
  {
    says: /failed to connect to .*?: (Connection refused|No route to host|Connection timed out|Network is unreachable)|(timeout) waiting for daemon connection/,
    means: ({ destination }, [, why = 'connection timed out']) =>
      notice(
        'destination_unreachable',
        phrase`The rsync daemon of ${code(hostOf(destination))} does not answer: ${why.toLowerCase()}.`,
        phrase`Check that the host is on, that the daemon runs there, and the port in ${code('destination')}.`,
      ),
  },
  {
    says: /@ERROR: (.*)/,
    means: ({ destination }, [, why = '']) =>
      notice(
        'destination_unreachable',
        phrase`The rsync daemon of ${code(hostOf(destination))} says: ${code(why)}.`,
      ),
  },
];
