import type { Retention } from '../model/retention.js';
import type { CoreDeps } from '../ports/deps.js';
import { StoreError } from '../ports/store.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const FIRST_MS = 5000;
const EVERY_MS = 60 * 60 * 1000;
/** Previews that never began are kept in a tenth of the number that runs are. */
const PREVIEWS_SHARE = 10;
/** Plans and logs are the bulk of what a run leaves. */
const DETAILS_SHARE = 4;
/** Rows of the audit trail in the database for each run that is kept; earlier ones are in files. */
const AUDIT_SHARE = 1.5;
const DELETED_ARTIFACTS_DAYS = 30;

/** How long things are kept, in days, and how many runs at most. */
export interface RetentionSettings {
  readonly runsDays: number;
  readonly runsAtMost: number;
  readonly previewsDays: number;
  readonly logsDays: number;
}

/** What the settings mean at this instant. */
export function retentionAt(settings: RetentionSettings, now: Date): Retention {
  const before = (days: number): string => new Date(now.getTime() - days * DAY_MS).toISOString();
  const { runsDays, runsAtMost, previewsDays, logsDays } = settings;
  const atMost = (share: number): number => Math.max(1, Math.floor(runsAtMost * share));
  return {
    runs: { before: before(runsDays), atMost: runsAtMost },
    previews: { before: before(Math.min(previewsDays, runsDays)), atMost: atMost(1 / PREVIEWS_SHARE) },
    details: { before: before(Math.min(logsDays, runsDays)), atMost: atMost(1 / DETAILS_SHARE) },
    audit: { before: before(Math.min(logsDays, runsDays)), atMost: atMost(AUDIT_SHARE) },
    artifactsBefore: before(Math.min(DELETED_ARTIFACTS_DAYS, runsDays)),
    deliveriesBefore: before(Math.max(365, runsDays)),
  };
}

/** Removes what has outlived its time, soon and then every hour. Returns the function that ends this. */
export function startRetention(
  { store, log, faults, now }: Pick<CoreDeps, 'store' | 'log' | 'faults' | 'now'>,
  settings: RetentionSettings,
): () => Promise<void> {
  const ending = new AbortController();
  let underWay: Promise<void> = Promise.resolve();
  const pass = async (): Promise<void> => {
    if (faults.blocking() !== null) return;
    try {
      const removed = await store.prune(retentionAt(settings, now()), ending.signal);
      if (Object.values(removed).some((count) => count > 0))
        log.info({ ...removed }, 'old runs were removed');
    } catch (error) {
      if (ending.signal.aborted) return;
      // A store that can't be written says so itself.
      if (!(error instanceof StoreError)) log.error({ err: error }, 'old runs could not be removed');
    }
  };
  const look = (): void => {
    underWay = underWay.then(pass);
  };
  const first = setTimeout(look, FIRST_MS);
  const timer = setInterval(look, EVERY_MS);
  return async () => {
    clearTimeout(first);
    clearInterval(timer);
    ending.abort();
    await underWay;
  };
}
