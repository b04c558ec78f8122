import type { IntentKind } from '../../model/intent.js';
import { listed } from '../../text/listed.js';
import { rollout, scale } from './compose.js';
import { dockerVolumes } from './docker-volumes.js';
import { files } from './files.js';
import type { Kind } from './kind.js';
import { plex } from './plex.js';
import { vmProxmox } from './vm-proxmox.js';

/** Every kind of step that an intent can have. */
export const KINDS: Readonly<Record<IntentKind, Kind>> = {
  files,
  docker_volumes: dockerVolumes,
  plex,
  vm_proxmox: vmProxmox,
  scale,
  rollout,
};

/** How a kind is called in a sentence. */
export function kindTitle({ kind, action }: Kind): string {
  return action === 'backup' ? `a ${kind} backup` : `a ${action}`;
}

/** Several kinds in a sentence: `a files or plex backup`, or `a backup` when it is all of them. */
export function ownersTitle(owners: readonly Kind[]): string {
  const isBackup = ({ action }: Kind): boolean => action === 'backup';
  const backups = owners.filter(isBackup);
  const every = backups.length === Object.values(KINDS).filter(isBackup).length;
  const names = listed(
    backups.map(({ kind }) => kind),
    'or',
  );
  const titles = owners.filter((owner) => !isBackup(owner)).map(kindTitle);
  if (backups.length > 0) titles.unshift(every ? 'a backup' : `a ${names} backup`);
  return listed(titles, 'or');
}

/** The kinds that know a field. */
export function kindsWith(field: string): readonly Kind[] {
  return Object.values(KINDS).filter((kind) => Object.hasOwn(kind.schema.shape, field));
}

/** Every field that any kind knows. */
export function allFields(): readonly string[] {
  return [...new Set(Object.values(KINDS).flatMap((kind) => Object.keys(kind.schema.shape)))];
}
