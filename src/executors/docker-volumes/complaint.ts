import type { Notice } from '../../core/model/reasons.js';

/** What is known of the transfer that failed. */
export interface Transfer {
  readonly destination: string;
  readonly source?: string;
  /** The intent names a password or a key. */
  readonly hasSecret: boolean;
}

/** One thing that a tool may say, and what it means. */
export interface Complaint {
  readonly says: RegExp;
  readonly means: (transfer: Transfer, found: RegExpExecArray) => Notice;
}
