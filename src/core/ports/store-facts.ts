import type { Circuit } from './circuit.js';
import type { Owner } from './store.js';

/** Bytes of what a data directory holds. */
export interface DataSizes {
  /** With its log. */
  readonly database: number;
  /** Rows of the audit trail that were moved out of the database. */
  readonly auditFiles: number;
  /** Copies of databases that were deleted while they were open. */
  readonly rescued: number;
  readonly others: number;
}

/** How much the database holds: numbers, and the bytes of what is large. */
export interface RowCounts {
  readonly runs: number;
  readonly plans: number;
  readonly planBytes: number;
  readonly logs: number;
  readonly logBytes: number;
  readonly auditRows: number;
  /** Bytes that are free in the file, and are used again. */
  readonly freeBytes: number;
}

/** What a database says about itself, read without changing anything. */
export type StoreFacts =
  | { readonly state: 'absent' }
  | { readonly state: 'unusable'; readonly why: string; readonly wayOut: string }
  | { readonly state: 'newer'; readonly format: number; readonly known: number }
  | {
      readonly state: 'readable';
      readonly format: number;
      readonly known: number;
      readonly owners: readonly Owner[];
      /** What outside isn't asked now. */
      readonly circuits?: readonly Circuit[];
      /** Rows, by what they are about; null: this version can't count them. */
      readonly rows: RowCounts | null;
      /** Rows of the audit trail. */
      readonly auditRows: number;
      /** What is wrong at the end of the audit trail; null: it ends where audit.head says. */
      readonly auditProblem: string | null;
    };
