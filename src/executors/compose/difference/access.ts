import { code, type Phrase, phrase } from '../../../core/model/phrase.js';
import { readMount } from './mounts.js';
import type { Setting } from './setting.js';
import { isSystemPath } from './system-paths.js';
import { changeWords, mounted } from './words.js';

/** Of what changes, the part that gives a container more access to its host. */
export function growthOf(changed: readonly Setting[], folder: string): readonly Phrase[] {
  return changeWords(changed.filter((setting) => grows(setting, folder)));
}

function grows({ topic, name, wanted, has }: Setting, folder: string): boolean {
  switch (topic) {
    case 'privileged':
      return wanted !== null;
    case 'capability':
      return has === null && !ORDINARY.includes(name);
    case 'dropped':
      return wanted === null;
    case 'namespace':
      return wanted === 'host';
    case 'device':
      return has === null;
    case 'security':
      return wanted === null ? name === 'no-new-privileges' : LOOSE.test(name);
    case 'user':
      return isRoot(wanted) && !isRoot(has);
    case 'mount':
      return mountGrows(wanted, has, folder);
    default:
      return false;
  }
}

/** What every container has anyway. */
const ORDINARY: readonly string[] =
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  );

const LOOSE = /=(unconfined|disable)$|^no-new-privileges=false$|^seccomp profile$/;

function isRoot(user: string | null): boolean {
  return user === null || /^(0|root)(:|$)/.test(user);
}

function mountGrows(wanted: string | null, has: string | null, folder: string): boolean {
  if (wanted === null) return false;
  const to = readMount(wanted);
  const from = has === null ? null : readMount(has);
  if (from && to.type === from.type && to.source === from.source) return to.writable && !from.writable;
  return to.type === 'bind' && isSystemPath(to.source, folder, to.writable);
}

/** Of what changes, the data that a container would no longer find where it is now. */
export function movedData(changed: readonly Setting[]): readonly Phrase[] {
  return changed.flatMap(({ topic, name: path, wanted, has }) => {
    if (topic !== 'mount' || has === null) return [];
    const from = readMount(has);
    const to = wanted === null ? null : readMount(wanted);
    // What a container can’t write it has no data in; memory is gone with every container.
    if (!from.writable || from.type === 'tmpfs') return [];
    if (to && to.type === from.type && to.source === from.source) return [];
    return to === null
      ? [phrase`${mounted(from)} is no longer at ${code(path)}`]
      : [phrase`${code(path)} is ${mounted(to)}, not ${mounted(from)}`];
  });
}
