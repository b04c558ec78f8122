import { createHash, randomUUID } from 'node:crypto';
import type { ProcessIdentity } from '../ports/host.js';

const OWNER_ID = /^o-(\d+)-(\d+)-([0-9a-f]{12})-[0-9a-f]{8}$/;

/** An owner's id that tells by itself which process it is: its row may be lost while its runs are there. */
export function newOwnerId({ machine, pid, startTime }: ProcessIdentity): string {
  return `o-${pid}-${startTime}-${shortHash(machine)}-${randomUUID().slice(0, 8)}`;
}

/** Which process an owner's id names, seen from a machine; `elsewhere` on another one, `nobody` when it names none. */
export function processOfOwner(id: string, machine: string): ProcessIdentity | 'elsewhere' | 'nobody' {
  const [, pid = '', startTime = '', hash = ''] = OWNER_ID.exec(id) ?? [];
  if (hash === '') return 'nobody';
  return hash === shortHash(machine) ? { machine, pid: Number(pid), startTime } : 'elsewhere';
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
