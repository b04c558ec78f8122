/** Where a mirror lies: in a folder of this host, behind ssh, or in an rsync daemon's module. */
export type PlaceKind = 'local' | 'ssh' | 'daemon';

export function placeKind(destination: string): PlaceKind {
  if (destination.startsWith('/')) return 'local';
  return destination.startsWith('rsync://') ? 'daemon' : 'ssh';
}

/** What has to answer when a destination is asked: a folder of this host, or another host. */
export function placeOf(destination: string): string {
  if (placeKind(destination) === 'local') return `path:${destination}`;
  const [, host = destination] = /^(?:rsync:\/\/)?(?:[^@/]*@)?(\[[^\]]*\]|[^:/]+)/.exec(destination) ?? [];
  return `host:${host}`;
}

/** The lease key of a destination. */
export function touchOf(destination: string): string {
  return placeKind(destination) === 'local' ? `path:${destination}` : `remote:${destination}`;
}
