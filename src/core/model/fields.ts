/**
 * What each executor sees of an intent: only its own fields, already valid. Paths are absolute and without
 * a trailing slash. The flat fields that people write are in kinds/, each kind's `fields` makes these of them.
 */
export interface FieldsByKind {
  files: FilesFields;
  docker_volumes: DockerVolumesFields;
  plex: PlexFields;
  vm_proxmox: VmProxmoxFields;
  scale: ScaleFields;
  rollout: RolloutFields;
}

/** How many archives stay. */
export interface RetentionFields {
  /** Archives older than this many days, counted from the newest verified one, are deleted; null keeps all. */
  readonly retention_days: number | null;
  /** This many of the newest archives are always kept. */
  readonly min_keep: number;
}

/** How an archive is compressed. */
export interface CompressionFields {
  readonly compress: 'gzip' | 'zstd' | 'none';
  /** As the compressor counts, 1 being the quickest. Without it: 1 for gzip, 3 for zstd. */
  readonly compress_level?: number;
}

export interface FilesFields extends RetentionFields, CompressionFields {
  readonly source: string;
  readonly destination: string;
  /** Patterns as rsync understands them, for every kind. */
  readonly exclude: readonly string[];
  /** The destination must lie on a mounted file system of its own, not on the root disk. */
  readonly require_mount: boolean;
  /**
   * The source must hold at least this many files. When given, it takes the place of the comparison with the
   * last run (less than half of its files blocks the plan).
   */
  readonly min_files?: number;
  /** The mounts at, above or below the source that must be there, in place of those of the last run. */
  readonly source_mounts?: readonly string[];
  /** Left out: `none`. */
  readonly consistency?: 'stop' | 'pause';
  /** Each run keeps a folder of its own in place of an archive, with hard links to what the one before has. */
  readonly link_dest?: true;
  /** How a snapshot is compared with the source in the end: by every byte; without it by size and time. */
  readonly verify?: 'checksum';
}

export interface DockerVolumesFields {
  readonly source: string;
  /** An absolute path, `host:/path` or `user@host:/path` (ssh), or `rsync://host/module/path`. */
  readonly destination: string;
  readonly exclude: readonly string[];
  /** rsync options from the allowlist, without `--delete`. */
  readonly options: readonly string[];
  /** Delete at the destination what the source no longer has. */
  readonly mirror: boolean;
  /** More deletions than this block the plan. */
  readonly max_delete: number;
  readonly require_mount: boolean;
  /** How source and destination are compared in the end: by every byte; without it by size and time. */
  readonly verify?: 'checksum';
  /** Name of the environment variable with the rsync daemon's password. */
  readonly password_secret: string | null;
  /** For ssh, in place of port 22 or what ssh's own configuration says. */
  readonly ssh_port?: number;
  /** The private key for ssh: a file of this host. */
  readonly ssh_key?: string;
  /**
   * The source must hold at least this many files. When given, it takes the place of the comparison with the
   * last run (less than half of its files blocks the plan).
   */
  readonly min_files?: number;
  /** The mounts at, above or below the source that must be there, in place of those of the last run. */
  readonly source_mounts?: readonly string[];
  /** Left out: `none`. */
  readonly consistency?: 'stop' | 'pause';
}

export interface PlexFields extends RetentionFields, CompressionFields {
  /** The container that Plex runs in. */
  readonly source_container: string;
  /** The folder with the databases inside the container; null when `source` names one on the host. */
  readonly source_path: string | null;
  /** The folder with the databases on the host; null when `source_path` names one in the container. */
  readonly source: string | null;
  /** A folder on the host, or in `destination_container` when there is one. */
  readonly destination: string;
  readonly destination_container: string | null;
  /** What happens to the container while its databases are copied. */
  readonly consistency: 'stop' | 'pause' | 'none';
  readonly require_mount: boolean;
  /** The mounts at, above or below `source` that must be there, in place of those of the last run. */
  readonly source_mounts?: readonly string[];
}

export interface VmProxmoxFields extends RetentionFields {
  readonly vm_id: number;
  /** The Proxmox storage that takes the backup. */
  readonly storage: string;
  /** As vzdump's --mode. */
  readonly mode: 'snapshot' | 'suspend' | 'stop';
  readonly compress: 'zstd' | 'gzip' | 'lzo' | 'none';
  readonly notes: string | null;
}

/** How the containers of a stack are made. */
export interface StackFields {
  /** Its folder, where Compose's usual files are found; one file; or several, in order. */
  readonly compose: string | readonly string[];
  /** The Compose project's name. Left out: that of `.env`, the file or its folder. */
  readonly project?: string;
  /** Left out: `.env` of the project's folder, where there is one. */
  readonly env_files?: readonly string[];
  /** Profiles that are on. Left out: those of `COMPOSE_PROFILES`, and of what runs. */
  readonly profiles?: readonly string[];
}

export interface ScaleFields extends StackFields {
  readonly service: string;
  /** What to scale to when the request does not say; null: the request must. */
  readonly replicas: number | null;
  /** What a request may ask for. */
  readonly min: number;
  readonly max: number;
  /** Seconds that the new containers must stay up, or healthy. */
  readonly stable_for: number;
  /** Seconds until they must be up, or healthy, for the first time. */
  readonly timeout: number;
}

export interface RolloutFields extends StackFields {
  /** Empty: every service of the Compose file. */
  readonly services: readonly string[];
  /** How replicas of one service are replaced. Left out: `all_at_once`. */
  readonly strategy?: 'all_at_once' | 'rolling';
  /** Which services that don't run are started. Left out: `new`, those that the file has gained. */
  readonly start?: 'none' | 'new' | 'all';
  /** Seconds that a new container must stay healthy. */
  readonly stable_for: number;
  /** Seconds until it must be healthy for the first time. */
  readonly timeout: number;
}
