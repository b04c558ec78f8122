/** Where a mirror lies: in a folder of this host, behind ssh, or in an rsync daemon's module. */
export type PlaceKind = 'local' | 'ssh' | 'daemon';

export function placeKind(destination: string): PlaceKind {
  if (destination.startsWith('/')) return 'local';
  return destination.startsWith('rsync://') ? 'daemon' : 'ssh';
}

/** The lease key of a destination. */
export function touchOf(destination: string): string {
  return placeKind(destination) === 'local' ? `path:${destination}` : `remote:${destination}`;
}
