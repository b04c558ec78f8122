import type { CoreDeps } from '../ports/deps.js';
import { createRefusalTally, type RefusalTally } from './refusal-tally.js';

const MINUTE = 60_000;
const MOST_SOURCES = 50;

/** Keeps who was refused without being known, in one row of the audit trail for each address, reason and minute. */
export function createStrangerAudit({
  store,
  redactor,
  log,
  now,
}: Pick<CoreDeps, 'store' | 'redactor' | 'log' | 'now'>): RefusalTally {
  return createRefusalTally({
    collectMs: MINUTE,
    mostSources: MOST_SOURCES,
    keep: async ({ reason, from, count }) => {
      const name = redactor.text(from);
      try {
        await store.audit.append({
          at: now().toISOString(),
          event: 'refused',
          actor: { kind: 'stranger', id: name, name },
          source: 'http',
          runId: null,
          intent: '',
          detail: { reason, count },
        });
      } catch (error) {
        log.error({ err: error, reason }, 'a refusal could not be audited');
      }
    },
  });
}
