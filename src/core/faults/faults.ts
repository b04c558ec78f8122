import { faultKey, faultSubject, type NewAlert } from '../model/incident.js';
import { type Phrase, phrase, plain } from '../model/phrase.js';
import type { Notice } from '../model/reasons.js';
import type { DirectAlert, Fault, FaultOptions, Faults } from '../ports/fault.js';
import type { Log } from '../ports/log.js';
import type { IncidentStore } from '../ports/store.js';

export interface FaultDeps {
  readonly incidents: Pick<IncidentStore, 'raise'>;
  readonly redact: (notice: Notice) => Notice;
  readonly log: Log;
  readonly now: () => Date;
  /** Only a process that stays raises alerts: one that ends in a moment could not take them back. */
  readonly alerts: boolean;
  /** Times for tests, in ms. */
  readonly pace?: { readonly retryMs: number; readonly patienceMs: number };
}

const RETRY_MS = 5000;
/** A store that has not taken an alert by then is gone around. */
const PATIENCE_MS = 5000;

export function createFaults(deps: FaultDeps): Faults {
  const { redact, log, now, alerts } = deps;
  const open = new Map<string, Fault>();
  const known = new Set<string>();
  const accepting = new Map<string, NonNullable<FaultOptions['onAccepted']>>();
  const alarm = createAlarm(deps, (key) => open.get(key) ?? null);

  return {
    open(key, raw, { blocksRuns = false, onAccepted } = {}) {
      const before = open.get(key);
      const notice = redact(raw);
      const fault = { key, notice, since: before?.since ?? now().toISOString(), blocksRuns };
      open.set(key, fault);
      if (onAccepted) accepting.set(key, onAccepted);
      known.add(key);
      if (before !== undefined && before.blocksRuns === blocksRuns) return;
      log.error({ fault: key, reason: notice.code }, `${plain(notice.message)} ${plain(notice.remedy)}`);
      if (alerts) alarm.raise(opened(fault, now().toISOString()));
    },
    clear(key) {
      const wasOpen = open.delete(key);
      accepting.delete(key);
      if (wasOpen) log.info({ fault: key }, 'a fault is over');
      if (!wasOpen && known.has(key)) return;
      known.add(key);
      if (alerts) alarm.raise(over(key, now().toISOString()));
    },
    list: () => [...open.values()],
    blocking: () => [...open.values()].find(({ blocksRuns }) => blocksRuns) ?? null,
    async accept(key, by) {
      const onAccepted = accepting.get(key);
      await onAccepted?.(by);
      return onAccepted !== undefined;
    },
    tellBy: alarm.tellBy,
    end: alarm.end,
  };
}

interface Alarm {
  raise(alert: NewAlert): void;
  tellBy(direct: DirectAlert): void;
  end(): void;
}

/** Stores alerts in their order, however long that takes, and goes around a store that does not take them. */
function createAlarm({ incidents, log, pace }: FaultDeps, find: (key: string) => Fault | null): Alarm {
  const { retryMs, patienceMs } = pace ?? { retryMs: RETRY_MS, patienceMs: PATIENCE_MS };
  const unstored: NewAlert[] = [];
  /** Each way with the faults, by key and beginning, that went it. */
  const ways = new Map<DirectAlert, Set<string>>();
  let complained = false;
  let storing = false;
  let timer: NodeJS.Timeout | null = null;
  let ended = false;

  const goAround = (): void => {
    const faults = unstored.flatMap(({ subject }) => find(faultKey(subject) ?? '') ?? []);
    for (const fault of new Set(faults)) {
      for (const [direct, told] of ways) {
        const name = `${fault.key} ${fault.since}`;
        if (told.has(name)) continue;
        told.add(name);
        direct(fault).catch((error: unknown) => {
          told.delete(name);
          if (complained) return;
          complained = true;
          log.warn({ why: String(error), fault: fault.key }, 'a fault could not be told, trying again');
        });
      }
    }
  };
  const store = async (): Promise<void> => {
    if (storing || ended) return;
    storing = true;
    const impatient = setTimeout(goAround, patienceMs);
    try {
      for (let next = unstored[0]; next; next = unstored[0]) {
        await incidents.raise(next);
        unstored.shift();
      }
      complained = false;
    } catch {
      // Said by the fault itself, or by whatever watches the store.
      goAround();
      if (!ended) timer = setTimeout(() => void store(), retryMs).unref();
    } finally {
      clearTimeout(impatient);
      storing = false;
    }
  };
  return {
    raise(alert) {
      const same = unstored.filter(({ subject }) => subject.key === alert.subject.key);
      const last = same.pop();
      // Of one that comes and goes while the store is away, its first trouble and its last word are enough.
      if (last && same.some(({ event }) => event.kind === 'fault'))
        unstored.splice(unstored.lastIndexOf(last), 1);
      unstored.push(alert);
      void store();
    },
    tellBy(direct) {
      ways.set(direct, new Set());
      if (timer !== null && unstored.length > 0) goAround();
    },
    end() {
      ended = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}

function opened({ key, notice, blocksRuns }: Fault, at: string): NewAlert {
  return alertOf(key, 'fault', at, notice.code, faultSentences(notice, blocksRuns));
}

function over(key: string, at: string): NewAlert {
  return alertOf(key, 'recovered', at, 'done', [phrase`This is over.`]);
}

/** What people read of a fault: what is wrong, what that means, what to do. */
export function faultSentences({ message, remedy }: Notice, blocksRuns: boolean): readonly Phrase[] {
  return [message, ...(blocksRuns ? [phrase`Nothing new runs meanwhile.`] : []), phrase`Next: ${remedy}`];
}

function alertOf(
  key: string,
  kind: 'fault' | 'recovered',
  at: string,
  reason: string,
  text: readonly Phrase[],
): NewAlert {
  return {
    subject: faultSubject(key),
    event: { kind, at, runId: null, reason, by: null, text, count: 1, mark: null },
  };
}
