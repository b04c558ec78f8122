import type { Head } from './audit-chain.js';
import type { SealedHead } from './audit-head.js';

/**
 * What the end of the trail tells without walking it; null: it ends where the head file says, or goes on from there.
 * @param row the row that the head file counts up to, when the trail has it
 */
export function endProblem(sealed: SealedHead, row: Head | null, last: Head): string | null {
  if (!sealed.head) return `The audit trail’s end can’t be checked: ${sealed.problem}`;
  const { count, hash } = sealed.head;
  if (count > last.count) {
    const there = last.count === 0 ? 'it has none' : `it has ${last.count.toLocaleString('en-US')}`;
    return `Rows of the audit trail are missing at the end: ${there}, and audit.head counts ${count.toLocaleString('en-US')}.`;
  }
  if (count > 0 && row?.hash !== hash) {
    return `Row ${count} of the audit trail is not the one that audit.head was written for.`;
  }
  return null;
}
