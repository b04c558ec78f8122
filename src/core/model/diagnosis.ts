/** What part of an installation a check looks at. */
export type CheckArea =
  | 'configuration'
  | 'discord'
  | 'intents'
  | 'policy'
  | 'tools'
  | 'docker'
  | 'proxmox'
  | 'backups'
  | 'data'
  | 'port'
  | 'system';

/**
 * `problem`: something does not work until it is mended; `warning`: it works, and somebody should look;
 * `skipped`: it could not or need not be looked at, and the message says why.
 */
export type CheckState = 'ok' | 'warning' | 'problem' | 'skipped';

/** One thing that was looked at. `chatops doctor --json` prints these names; add freely, rename nothing. */
export interface Check {
  /** Which check, such as `discord.token`; several findings of one check share it. */
  readonly id: string;
  readonly area: CheckArea;
  readonly state: CheckState;
  /** What is so, in whole sentences. May hold hostile text; holds no secret. */
  readonly message: string;
  /** The way out; null when there is nothing to do. */
  readonly remedy: string | null;
}

/** Everything that was found, by area. */
export interface Diagnosis {
  /** Nothing is broken; warnings are allowed. */
  readonly ok: boolean;
  readonly checks: readonly Check[];
}
