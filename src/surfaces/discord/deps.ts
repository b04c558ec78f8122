import type { CircuitDesk } from '../../core/incidents/circuit-desk.js';
import type { IncidentDesk } from '../../core/incidents/incident-desk.js';
import type { Catalogue } from '../../core/model/intent.js';
import type { Pipeline } from '../../core/pipeline.js';
import type { Faults } from '../../core/ports/fault.js';
import type { Redact } from '../../core/ports/redact.js';
import type { ArtifactStore, IncidentStore, RunStore } from '../../core/ports/store.js';
import type { ScheduleDesk } from '../../core/schedule/desk.js';
import type { ChannelLimit } from './channel-turns.js';
import type { AnswerWatch } from './first-answers.js';

/** What is needed of a logger; pino's fits. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What the Discord surface is given. */
export interface DiscordDeps {
  readonly pipeline: Pipeline;
  readonly catalogue: Catalogue;
  readonly runs: Pick<RunStore, 'get' | 'list' | 'readLog'>;
  /** Backups that can be chosen as values. */
  readonly artifacts: Pick<ArtifactStore, 'list'>;
  readonly schedules: ScheduleDesk;
  /** What outside isn't asked now. */
  readonly circuits?: CircuitDesk;
  readonly faults?: Pick<Faults, 'list'>;
  /** Plain data with every known secret masked: the last barrier before anything is sent. */
  readonly redact: Redact;
  readonly log: Logger;
  readonly now: () => Date;
  /** What goes wrong, and what people do about it. */
  readonly alerts?: AlertDeps;
  /** Is told how soon interactions are answered. */
  readonly answers?: AnswerWatch;
  /** How much one person may send in a minute; without it there is no limit. */
  readonly callsPerMinute?: () => number;
  readonly config: DiscordConfig;
}

interface AlertDeps {
  readonly incidents: IncidentStore;
  readonly desk: IncidentDesk;
}

interface DiscordConfig {
  readonly token: string;
  /** Commands are registered in this server at once; without it globally. */
  readonly guildId: string | null;
  /** There is a policy, so the commands are shown to everybody and not to administrators only. */
  readonly forMembers?: boolean;
  /** Where alerts are shown, and previews that wait for people and that nobody in Discord asked for. */
  readonly opsChannelId?: string | null;
  /** Mentioned there when an alert opens. */
  readonly opsRoleId?: string | null;
  /** REST base such as `https://discord.com/api`. */
  readonly apiUrl: string;
  /** At least this long between two edits of one message, in ms. Default 2000. */
  readonly editGapMs?: number;
  /** How the alerts' loops go, in ms; for tests. */
  readonly alertPace?: { readonly gapMs: number; readonly pollMs: number };
  /** What one channel takes. Default: 5 sends and edits in 5 s. */
  readonly channelLimit?: ChannelLimit;
  /** How often outcomes that were not told yet are looked for, in ms. Default 15,000. */
  readonly sweepMs?: number;
}
