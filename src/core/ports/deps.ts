import type { ConfirmRule } from '../model/confirm-rule.js';
import type { Catalogue, Intent, IntentKind } from '../model/intent.js';
import type { LargeDeletion } from '../model/large-deletion.js';
import type { RequestCounter, RunSlots } from './budgets.js';
import type { Circuits } from './circuit.js';
import type { EventBus } from './events.js';
import type { Executor } from './executor.js';
import type { Faults } from './fault.js';
import type { Hosts } from './host.js';
import type { RefusalAudit } from './known-refusal.js';
import type { Log } from './log.js';
import type { PolicySource } from './policy-source.js';
import type { Redactor, Secrets } from './redact.js';
import type { Store } from './store.js';

/** Everything the core works with; wired once in main.ts. */
export interface CoreDeps {
  readonly store: Store;
  readonly catalogue: Catalogue;
  /** Who may do what, now. */
  readonly policy: PolicySource;
  readonly executors: ReadonlyMap<IntentKind, Executor>;
  readonly hosts: Hosts;
  readonly events: EventBus;
  readonly redactor: Redactor;
  readonly secrets: Secrets;
  readonly log: Log;
  /** What outside doesn't answer, and isn't asked for now. */
  readonly circuits: Circuits;
  /** What is wrong with the installation itself. */
  readonly faults: Faults;
  /** Keeps who was turned down. */
  readonly refusals: RefusalAudit;
  readonly now: () => Date;
  /** Counts what people ask for. */
  readonly requests: RequestCounter;
  /** How many runs this host executes at once. */
  readonly runSlots: RunSlots;
  /**
   * Holds work back while too many plans are being made at once, or too many that ask one of the same places. Rejects
   * with the signal's reason when that comes before a place is free.
   */
  readonly planningSlot: <T>(
    places: readonly string[],
    work: () => Promise<T>,
    signal: AbortSignal,
  ) => Promise<T>;
  /** Who has to agree to runs of an intent as the policy says; without a policy the intents alone say it. */
  readonly confirmRule: (intent: Intent) => ConfirmRule;
  readonly settings: CoreSettings;
}

export interface CoreSettings {
  /** How long a preview stays open, in seconds. */
  readonly confirmTtlSeconds: number;
  /** The label that intents with `label_required` must ask for; null accepts any. */
  readonly approvedLabel: string | null;
  readonly people: PeopleSettings;
  readonly deadlines: Deadlines;
}

/** How long things may take, in ms. */
export interface Deadlines {
  /** A command that looks at something may be without a sign of life for so long. */
  readonly probeMs: number;
  /** The same for a command that works: nothing is written, read or said. */
  readonly stallMs: number;
  /** A whole plan. */
  readonly planMs: number;
}

export interface PeopleSettings {
  /** How long a preview stays open that waits for somebody who did not ask for it, in seconds. */
  readonly approvalTtlSeconds: number;
  /** There is a channel in which runs are shown that nobody in Discord asked for. */
  readonly opsChannel: boolean;
  readonly largeDeletion: LargeDeletion;
}
