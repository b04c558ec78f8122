import type { DockerVolumesFields } from '../../core/model/fields.js';
import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { Host } from '../../core/ports/host.js';
import { formatCount } from '../../core/text/format.js';
import { hostOf, placeKind } from './place.js';

/** The user that commands of this host run as; null when it can't be told. */
export async function ownUid(host: Host): Promise<number | null> {
  const { ok, stdout } = await host.exec(['id', '-u'], { log: 'none' });
  const uid = Number(stdout.trim());
  return ok && Number.isInteger(uid) && stdout.trim() !== '' ? uid : null;
}

/**
 * Only root can give files to somebody else, and rsync says nothing when it can't: names how many will belong to the one
 * who writes them.
 * @param uid of the user who writes at the destination; null when it is not known
 */
export async function foreignNotice(
  host: Host,
  real: string,
  { options, destination }: DockerVolumesFields,
  uid: number | null,
): Promise<Notice | null> {
  const isAccepted = options.some((option) =>
    /^--(no-owner|chown=.*|remote-option=--fake-super)$/.test(option),
  );
  if (uid === null || uid === 0 || isAccepted) return null;
  const argv = ['find', real, '!', '-uid', String(uid), '-printf', '.'];
  const { stdout } = await host.exec(argv, { log: 'none', keep: 64 * 1024 * 1024 });
  const count = stdout.trim().length;
  if (count === 0) return null;
  const who =
    placeKind(destination) === 'local' ? phrase`The bot` : phrase`The user on ${code(hostOf(destination))}`;
  return notice(
    'destination_limits',
    phrase`${who} is not root (uid ${String(uid)}), so ${formatCount(count, 'file or folder', 'files and folders')} of other owners belong to that user at ${code(destination)}.`,
    phrase`Write there as root, or add ${code('--fake-super')} to the intent’s options to keep owners as extended attributes. To accept it, add ${code('--no-owner')}.`,
  );
}
