import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import { someOf } from '../shared/wording.js';
import { type Access, ProxmoxError } from './access.js';
import { type Backup, vzdumpDefaults } from './calls.js';

/** What the node's vzdump.conf and the storage's own retention do to a backup. */
export interface NodeRules {
  /** Shell globs that are left out of every container. */
  readonly leftOut: readonly string[];
  /** So many backups of a guest the storage takes, protected ones not counted; null: any number. */
  readonly limit: number | null;
}

/** Asks for them; where Proxmox does not answer that call, nothing is known of any. */
export async function nodeRules(access: Access, node: string, storage: string): Promise<NodeRules> {
  try {
    const defaults = await vzdumpDefaults(access, { node, storage });
    const paths = defaults['exclude-path'] ?? [];
    const leftOut = (typeof paths === 'string' ? paths.split(',') : paths).filter((path) => path !== '');
    return { leftOut, limit: limitIn(defaults['prune-backups'] ?? '') };
  } catch (error) {
    const isAnswer = error instanceof ProxmoxError && (error.fault === 'denied' || error.fault === 'refused');
    if (!isAnswer) throw error;
    return { leftOut: [], limit: null };
  }
}

/** The sum of all that is kept, as vzdump counts it when it must not prune by itself. */
function limitIn(retention: string): number | null {
  const kept = [...retention.matchAll(/keep-(\w+)=(\d+)/g)];
  if (kept.some(([, name, count]) => name === 'all' && count !== '0')) return null;
  const sum = kept.reduce((total, [, , count]) => total + Number(count), 0);
  return sum === 0 ? null : sum;
}

export function ruleNotices(
  { leftOut, limit }: NodeRules,
  type: 'qemu' | 'lxc',
  storage: string,
  backups: readonly Backup[],
): readonly Notice[] {
  const count = backups.filter((backup) => !backup.protected).length;
  return [
    ...(type !== 'lxc' || leftOut.length === 0
      ? []
      : [
          notice(
            'guest_left_out',
            phrase`The node leaves paths out of every container: ${someOf(leftOut)}.`,
            phrase`Change ${code('exclude-path')} in ${code('/etc/vzdump.conf')} on the node if they are needed.`,
          ),
        ]),
    ...(limit === null || count < limit
      ? []
      : [
          notice(
            'storage_limit',
            phrase`${code(storage)} holds ${count} backups of it and takes ${limit} by its own retention: Proxmox will refuse another one.`,
          ),
        ]),
  ];
}
