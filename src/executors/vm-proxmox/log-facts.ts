/** Kinds of what is not in a backup, in the order in which people read of them. */
export const LEFT_OUT = [
  'disk',
  'mount point',
  'bind mount',
  'device mount',
  'shared folder',
  'unused disk',
  'passed-through device',
  'CD-ROM',
  'other',
] as const;

/** Something that is not in the backup, by a log or by the guest's configuration. Names are hostile text. */
export interface LeftOut {
  readonly kind: (typeof LEFT_OUT)[number];
  /** `scsi1`, `mp0`, a volume's id, or in words what it is. */
  readonly name: string;
  /** Where a container has it, or how large a disk is; else empty. */
  readonly path: string;
}

/** What vzdump's log says about one guest's backup. Lines are hostile text, without their level. */
export interface LogFacts {
  /** `Starting Backup of VM` was there, for this guest. */
  begun: boolean;
  /** `Finished Backup of VM` was there, for this guest. */
  finished: boolean;
  /** Why its backup failed, if the log says that it did. */
  failed: string | null;
  /** What it says it writes: files, or snapshots of a backup server. */
  archives: string[];
  /** What the log's last line says of the whole task; null where the last line is another. */
  end: string | null;
  /** Lines that name an error, other than the one in `failed`. */
  errors: string[];
  /** Lines that warn. */
  warned: string[];
  included: string[];
  leftOut: LeftOut[];
  /** Files that are not in the archive as they were: padded, cut off, not readable. */
  damaged: string[];
  /** Files that changed or vanished while they were read. */
  changed: string[];
  /** `backup contains no disks`. */
  diskless: boolean;
  /** ACLs and extended attributes were not copied. */
  attributesLost: boolean;
  /** Why snapshots could not be used. */
  fellBack: string | null;
  /** The mode that it was done in. */
  mode: string | null;
  /** The guest ran when its backup began. */
  ran: boolean;
  /** How the guest was held, if it was. */
  held: 'stopped' | 'suspended' | 'for the snapshot' | null;
  /** Seconds until it ran again, such as `94` or `<1`; null while no line says so. */
  heldSeconds: string | null;
  /** Why the guest's file systems were not frozen, if the log says so. */
  notFrozen: string | null;
  /** They may be frozen still. */
  notThawed: string | null;
  fleecing: boolean;
  /** By name of a cause, the first line that names it (see failure.ts). */
  causes: Map<string, string>;
}

export function noFacts(): LogFacts {
  return {
    ...{
      begun: false,
      finished: false,
      failed: null,
      archives: [],
      end: null,
      errors: [],
      warned: [],
      included: [],
    },
    ...{ leftOut: [], damaged: [], changed: [], diskless: false, attributesLost: false, fellBack: null },
    ...{ mode: null, ran: false, held: null, heldSeconds: null, notFrozen: null, notThawed: null },
    ...{ fleecing: false, causes: new Map() },
  };
}
