import type { AuditEntry } from '../model/audit.js';
import type { NewAlert } from '../model/incident.js';

/** Somebody known was turned down. */
export interface KnownRefusal {
  readonly entry: Omit<AuditEntry, 'event' | 'detail'>;
  /** A code of the catalogue. */
  readonly reason: string;
  /** What the row says besides, while there are few. */
  readonly detail?: Readonly<Record<string, string>>;
  /** How many there were at once; one when left out. */
  readonly times?: number;
  /** What it raises. */
  readonly alert?: NewAlert | null;
}

/**
 * Keeps the refusals of members, API keys, schedules and webhooks in the audit trail, wherever they were turned down:
 * the first ones of somebody one by one, the further ones together with their number. Nobody without rights can fill
 * the trail or keep the disk busy.
 */
export interface RefusalAudit {
  /** Resolves once it is in the trail, or counted. Rejects as the store does. */
  keep(refusal: KnownRefusal): Promise<void>;
  /** Writes what is counted. Call it before the store closes. */
  end(): Promise<void>;
}
