import { SECURITY } from '../model/alert-rules.js';
import type { AuditEntry } from '../model/audit.js';
import type { CoreDeps } from '../ports/deps.js';
import type { KnownRefusal, RefusalAudit } from '../ports/known-refusal.js';

/** So many refusals of one actor within a minute are kept one by one. */
const ONE_BY_ONE = 5;
const MINUTE = 60_000;
/** The further ones are collected for so long, in ms. */
const COLLECT_MS = 10_000;
/** Of more actors, or numbers, than this at once, the further ones count together. */
const MOST_ACTORS = 200;
const MOST_COUNTS = 200;

interface Counted extends KnownRefusal {
  readonly count: number;
  /** When the first of them was, in ISO 8601. */
  readonly since: string;
}

type RefusalDeps = Pick<CoreDeps, 'log' | 'now'> & { readonly store: Pick<CoreDeps['store'], 'audit'> };

/** Whose refusals share a row because too many others are turned down at once. */
const OTHERS = { kind: 'stranger', id: 'others', name: 'others' } as const;

/** @param collectMs how long refusals are counted before they are written */
export function createRefusalAudit(deps: RefusalDeps, collectMs = COLLECT_MS): RefusalAudit {
  const { store, log, now } = deps;
  /** Of each actor that was refused within the last minute. */
  const recent = new Map<string, { readonly since: number; kept: number }>();
  const counted = new Map<string, Counted>();
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();

  const isFew = ({ kind, id }: AuditEntry['actor']): boolean => {
    const key = `${kind}:${id}`;
    const at = performance.now();
    for (const [other, { since }] of recent) {
      if (at - since < MINUTE) break;
      recent.delete(other);
    }
    const known = recent.get(key);
    if (known) return ++known.kept <= ONE_BY_ONE;
    if (recent.size >= MOST_ACTORS) return false;
    recent.set(key, { since: at, kept: 1 });
    return true;
  };

  const add = (refusal: KnownRefusal, count: number, since: string): void => {
    const { entry, reason, alert = null } = refusal;
    const keyOf = ({ kind, id }: AuditEntry['actor'], about: string): string =>
      `${kind}:${id} ${entry.source} ${reason} ${about}`;
    const own = keyOf(entry.actor, alert?.subject.key ?? '');
    const isRoom = counted.has(own) || counted.size < MOST_COUNTS;
    const [actor, key] = isRoom ? [entry.actor, own] : [OTHERS, keyOf(OTHERS, '')];
    const before = counted.get(key);
    counted.set(key, {
      entry: {
        ...entry,
        actor,
        // What they were about is said as long as it was one thing.
        intent: !before || before.entry.intent === entry.intent ? entry.intent : '',
        runId: !before || before.entry.runId === entry.runId ? entry.runId : null,
      },
      reason,
      // Together they are about one thing only where that is security itself.
      alert: isRoom || alert?.subject.key === SECURITY.key ? alert : null,
      count: (before?.count ?? 0) + count,
      since: before?.since ?? since,
    });
    timer ??= setTimeout(write, collectMs).unref();
  };

  const handOver = async (): Promise<void> => {
    timer = null;
    const collected = [...counted.values()];
    counted.clear();
    for (const refusal of collected) {
      const { entry, reason, alert, count, since } = refusal;
      const at = now().toISOString();
      const detail = { reason, count, since };
      const counts = alert ? { ...alert, event: { ...alert.event, at, count } } : null;
      try {
        await store.audit.append({ ...entry, at, event: 'refused', detail }, counts);
      } catch (error) {
        log.error({ err: error, reason, count }, 'refusals could not be audited; they stay counted');
        add(refusal, count, since);
      }
    }
  };
  const write = (): Promise<void> => {
    writing = writing.then(handOver);
    return writing;
  };

  return {
    keep: async (refusal) => {
      const { entry, reason, detail = {}, alert = null, times = 1 } = refusal;
      if (times > 1 || !isFew(entry.actor)) return add(refusal, times, entry.at);
      await store.audit.append({ ...entry, event: 'refused', detail: { reason, ...detail } }, alert);
    },
    end: async () => {
      if (timer !== null) clearTimeout(timer);
      await write();
      if (timer !== null) clearTimeout(timer);
    },
  };
}
