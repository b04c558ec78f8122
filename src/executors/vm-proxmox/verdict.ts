import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { someOf } from '../shared/wording.js';
import type { Backup } from './calls.js';
import type { VmData } from './data.js';
import type { LogFacts } from './log-facts.js';
import { volumeOf } from './task-log.js';

/** Everything that tells whether a backup was made. */
export interface Evidence {
  readonly data: Pick<VmData, 'storage' | 'vm_id'>;
  readonly facts: Readonly<LogFacts>;
  /** Why the log could not be read to its end; null when it was. */
  readonly logGap: string | null;
  /** The guest's volumes before. */
  readonly before: readonly string[];
  /** And now. */
  readonly listed: readonly Backup[];
}

/** What is known of the new backup. */
export type Verdict =
  | { readonly kind: 'made'; readonly backup: Backup }
  /** The task may have ended well; something proves nothing, or the opposite. */
  | { readonly kind: 'unproven'; readonly backup: Backup | null; readonly why: Phrase };

/**
 * A run's backup is the volume that its own log names, and no other: jobs of others make some at the same time. It has
 * to be in the storage, new and not empty; times say nothing, as Proxmox takes them from names in local time.
 */
export function judge(evidence: Evidence): Verdict {
  const { facts, logGap } = evidence;
  const { backup, missing } = findNamed(evidence);
  const why =
    (facts.failed === null ? null : phrase`its log says that the backup failed: ${code(facts.failed)}`) ??
    (logGap === null ? null : phrase`its log could not be read to the end: ${code(logGap)}`) ??
    (facts.finished || facts.begun ? null : NOT_BEGUN) ??
    (facts.finished ? null : phrase`its log never says that the backup was finished`) ??
    missing ??
    (facts.diskless ? phrase`the backup holds no disk, only the configuration` : null) ??
    (facts.damaged.length === 0
      ? null
      : phrase`files in it are not as they were: ${someOf(facts.damaged.map((line) => line.trim()))}`);
  if (why === null && backup !== null) return { kind: 'made', backup };
  return { kind: 'unproven', backup, why: why ?? phrase`no new backup was found` };
}

/** vzdump passes guests over that it may not back up, and ends well. */
const NOT_BEGUN = phrase`its log says nothing of this guest: the token may lack ${code('VM.Backup')} on it`;

/** The volume that the log names, or what is wrong with it. */
function findNamed({ data, facts, before, listed }: Evidence): {
  backup: Backup | null;
  missing: Phrase | null;
} {
  const [archive, another] = facts.archives;
  if (archive === undefined) {
    return { backup: null, missing: phrase`its log names no backup` };
  }
  if (another !== undefined) {
    return { backup: null, missing: phrase`its log names more than one backup: ${someOf(facts.archives)}` };
  }
  const volid = volumeOf(archive, data.storage);
  const found = listed.find((one) => one.volid === volid);
  if (found === undefined || (found.vmid ?? data.vm_id) !== data.vm_id) {
    return {
      backup: null,
      missing: phrase`${code(volid)}, which its log names, is not in ${code(data.storage)}`,
    };
  }
  if (before.includes(volid)) {
    return { backup: null, missing: phrase`${code(volid)}, which its log names, was there before` };
  }
  if (found.size <= 0)
    return { backup: null, missing: phrase`${code(volid)}, which its log names, is empty` };
  return { backup: found, missing: null };
}

/** Volumes that are new beside the one that the log names, if any: whose they are isn't known. */
export function others({ before, listed }: Evidence, backup: Backup | null): readonly string[] {
  return listed
    .map(({ volid }) => volid)
    .filter((volid) => !before.includes(volid) && volid !== backup?.volid);
}
