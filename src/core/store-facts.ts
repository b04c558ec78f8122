import type { Circuit } from './circuit.js';
import type { Owner } from './store.js';

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
      /** Rows of the audit trail. */
      readonly auditRows: number;
      /** What is wrong at the end of the audit trail; null: it ends where audit.head says. */
      readonly auditProblem: string | null;
    };
