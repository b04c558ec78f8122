import { SECURITY } from '../model/alert-rules.js';
import type { NewAlert } from '../model/incident.js';
import { code, phrase } from '../model/phrase.js';
import type { CoreDeps } from '../ports/deps.js';
import { type CountedRefusal, createRefusalTally } from './refusal-tally.js';
import type { SecurityRefusal } from './security-refusal.js';
import { createStrangerAudit } from './stranger-audit.js';

/** Reports are collected for so long before they are stored, in ms: an attack must not keep the disk busy. */
const COLLECT_MS = 1000;
const MOST_SOURCES = 20;

/** Those that raise an alert; a call without a key may be somebody's browser. What the pipeline denies raises its own. */
const ALARMING: readonly string[] = ['invalid_key', 'ip_blocked', 'invalid_signature'];

/** Turns security refusals without a run into the one security incident, and into rows of the audit trail. */
export interface SecurityReports {
  /** Returns at once; what was reported is stored within a second. */
  report(refusal: SecurityRefusal): void;
  /** Stores what is collected. Call it before the store closes; later reports are dropped. */
  end(): Promise<void>;
}

type ReportDeps = Pick<CoreDeps, 'store' | 'redactor' | 'log' | 'now'>;

export function createSecurityReports(deps: ReportDeps): SecurityReports {
  const audit = createStrangerAudit(deps);
  const alerts = createRefusalTally({
    collectMs: COLLECT_MS,
    mostSources: MOST_SOURCES,
    keep: async (refusal) => {
      try {
        await deps.store.incidents.raise(alertFor(deps, refusal));
      } catch (error) {
        deps.log.error({ err: error, reason: refusal.reason }, 'a security refusal could not be stored');
      }
    },
  });
  let over = false;
  return {
    report: (refusal) => {
      if (over) return;
      audit.note(refusal);
      if (ALARMING.includes(refusal.reason)) alerts.note(refusal);
    },
    end: async () => {
      over = true;
      await Promise.all([alerts.end(), audit.end()]);
    },
  };
}

function alertFor({ redactor, now }: ReportDeps, { reason, from, count }: CountedRefusal): NewAlert {
  const source = redactor.text(from);
  return {
    subject: SECURITY,
    event: {
      kind: 'denied',
      at: now().toISOString(),
      runId: null,
      reason,
      by: null,
      text: [phrase`A call from ${code(source)} was refused: ${code(reason)}.`],
      count,
      mark: `${reason} ${source}`,
    },
  };
}
