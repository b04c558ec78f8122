/** Where a mirror lies: in a folder of this host, behind ssh, or in an rsync daemon's module. */
export type PlaceKind = 'local' | 'ssh' | 'daemon';

export function placeKind(destination: string): PlaceKind {
  if (destination.startsWith('/')) return 'local';
  return destination.startsWith('rsync://') ? 'daemon' : 'ssh';
}

/** What has to answer when a destination is asked: a folder of this host, or another host. */
export function placeOf(destination: string): string {
  if (placeKind(destination) === 'local') return `path:${destination}`;
  return `host:${hostOf(destination)}`;
}

/** The other host's name or address, as it is written in the destination. */
export function hostOf(destination: string): string {
  const [, host = destination] = /^(?:rsync:\/\/)?(?:[^@/]*@)?(\[[^\]]*\]|[^:/]+)/.exec(destination) ?? [];
  return host;
}

/** The path on the other host; below the module for a daemon, where it may be empty. */
export function pathOf(destination: string): string {
  if (placeKind(destination) === 'local') return destination;
  if (placeKind(destination) === 'ssh') return destination.slice(destination.indexOf(':/') + 1);
  return destination.replace(/^rsync:\/\/[^/]*\/[^/]*\/?/, '');
}

/** A daemon's module. */
export function moduleOf(destination: string): string {
  const [, module = ''] = /^rsync:\/\/[^/]*\/([^/]*)/.exec(destination) ?? [];
  return module;
}

/** `[user@]host` as ssh takes it: an IPv6 address without the brackets, as rsync hands it over. */
export function loginOf(destination: string): string {
  const [, user = ''] = /^([^@/:]*@)/.exec(destination) ?? [];
  return `${user}${hostOf(destination).replace(/^\[|\]$/g, '')}`;
}

/** The lease key of a destination. */
export function touchOf(destination: string): string {
  return placeKind(destination) === 'local' ? `path:${destination}` : `remote:${destination}`;
}
