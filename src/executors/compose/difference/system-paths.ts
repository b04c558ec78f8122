/** Whoever can read or write these has the host, or much of it. */
const WHOLE: readonly string[] = [
  '/',
  '/home',
  '/root',
  '/var',
  '/var/lib',
  '/opt',
  '/srv',
  '/mnt',
  '/media',
];
const WITH_CONTENT: readonly string[] =
  '/bin /boot /dev /etc /lib /lib64 /proc /run /sbin /sys /usr /var/run /var/lib/containerd /var/lib/docker /root/.ssh'.split(
    ' ',
  );
/** The time of the host, which nearly every stack mounts. */
const HARMLESS: readonly string[] = ['/etc/localtime', '/etc/timezone', '/usr/share/zoneinfo'];
const SOCKET = /(docker|containerd|podman|crio|buildkitd)[^/]*\.sock$/;

/**
 * Is it a place of the host's own, or the socket of an engine?
 * @param folder the project's folder: what is in there is the project's, wherever it is
 */
export function isSystemPath(path: string, folder: string, isWritable: boolean): boolean {
  if (SOCKET.test(path)) return true;
  if (isIn(path, folder)) return false;
  if (!isWritable && HARMLESS.some((harmless) => isIn(path, harmless))) return false;
  return WHOLE.includes(path) || WITH_CONTENT.some((system) => isIn(path, system));
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}
