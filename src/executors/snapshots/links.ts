import { posix } from 'node:path';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { Host } from '../../core/ports/host.js';
import { fileSystemOf } from '../docker-volumes/file-system.js';

const WAY_OUT = phrase`Choose a destination with a Linux file system, or remove ${code('link_dest')} to make archives.`;

/** Blocks where the type of the destination's file system tells that it has no hard links. */
export async function checkLinks(host: Host, destination: string, nearest: string): Promise<Notice | null> {
  const { system } = await fileSystemOf(host, nearest);
  if (!system?.isPlain) return null;
  const why = phrase`${code(destination)} is ${system.name}, which has no hard links, so each snapshot would be a full copy.`;
  return notice('destination_limits', why, WAY_OUT);
}

/**
 * Tries it in the new folder, before anything is copied: shares and FUSE mounts don't tell by their type. Gives why not,
 * and the way out; null: it can. Throws a HostError where the try itself fails.
 */
export async function tryLink(
  host: Host,
  folder: string,
  destination: string,
): Promise<readonly [why: Phrase, next: Phrase] | null> {
  const first = posix.join(folder, '.chatops-link');
  const second = `${first}-2`;
  await host.writeText(first, '');
  const linked = await host.exec(['ln', '--', first, second], { log: 'none' });
  const shown = await host.exec(['stat', '--format=%d:%i %h', '--', first, second], { log: 'none' });
  await host.remove(second);
  await host.remove(first);
  const [one, other] = shown.stdout.trim().split('\n');
  if (linked.ok && one?.endsWith(' 2') && one === other) return null;
  const said = linked.ok ? 'two names of a file are shown as two files' : linked.stderr.trim();
  return [phrase`${code(destination)} keeps no hard links: ${code(said || 'ln failed')}.`, WAY_OUT];
}
