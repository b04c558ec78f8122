import type { Json } from './plan.js';
import type { ActorRef, Source } from './request.js';

/** One row of the audit trail, before it is chained. Texts are redacted already. */
export interface AuditEntry {
  readonly at: string;
  /** What happened: `planned`, `confirmed`, `cancelled`, `stop_requested`, `running`, `finished`, `refused`, … */
  readonly event: string;
  /** `stranger`: somebody without a key; the id is the address. */
  readonly actor: ActorRef | (Omit<ActorRef, 'kind'> & { readonly kind: 'stranger' });
  readonly source: Source;
  readonly runId: string | null;
  readonly intent: string;
  readonly detail: Json;
}

/** A chained row: `hash` is sha256 over `previousHash` and the entry's canonical JSON. */
export interface AuditRow extends AuditEntry {
  readonly seq: number;
  readonly previousHash: string;
  readonly hash: string;
}

/** What `chatops audit verify` found. `problems` is empty when the trail is whole. */
export interface AuditVerdict {
  readonly rows: number;
  readonly problems: readonly { readonly seq: number; readonly problem: string }[];
}
