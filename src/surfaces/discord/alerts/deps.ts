import type { Redact } from '../../../core/ports/redact.js';
import type { IncidentStore, RunStore } from '../../../core/ports/store.js';
import type { ChannelMessages } from '../channel-messages.js';
import type { Logger } from '../deps.js';
import type { Threads } from './threads.js';

/** What the ops channel's alerts are made of. */
export interface OpsDeps {
  readonly incidents: IncidentStore;
  readonly runs: Pick<RunStore, 'get' | 'readLog'>;
  readonly messages: ChannelMessages;
  readonly threads: Threads;
  /** Plain data with every known secret masked. */
  readonly redact: Redact;
  readonly log: Logger;
  readonly now: () => Date;
  /** The ops channel. */
  readonly channelId: string;
  /** The role that is called when an alert opens. */
  readonly roleId: string | null;
  /** Its name in the outbox. */
  readonly destination: string;
  /** The server that the channel is in, for links; null while it is not known. */
  readonly guildId: () => string | null;
}

/** An ops channel's name in the outbox: another channel is told anew of what is open. */
export function opsDestination(channelId: string): string {
  return `ops:${channelId}`;
}
