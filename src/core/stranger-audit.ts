import type { CoreDeps } from './deps.js';
import type { SecurityRefusal } from './security-reports.js';

/** Refusals of strangers are collected for so long before they become rows of the audit trail, in ms. */
const MINUTE = 60_000;
/** Of more sources than this in a minute, the further ones share a row: a stranger can't fill the disk. */
const MOST_SOURCES = 50;
const LONGEST_SOURCE = 100;
const OTHERS = 'other addresses';

/** Keeps who was refused without being known, in one row for each address, reason and minute. */
export interface StrangerAudit {
  note(refusal: SecurityRefusal): void;
  /** Writes what is collected. Call it before the store closes. */
  end(): Promise<void>;
}

type AuditDeps = Pick<CoreDeps, 'store' | 'redactor' | 'log' | 'now'>;

export function createStrangerAudit({ store, redactor, log, now }: AuditDeps): StrangerAudit {
  const counts = new Map<string, SecurityRefusal & { readonly count: number }>();
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    timer = null;
    const collected = [...counts.values()];
    counts.clear();
    for (const { reason, from, count } of collected) {
      const name = redactor.text(from.slice(0, LONGEST_SOURCE));
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
    }
  };
  const begin = (): Promise<void> => {
    writing = writing.then(write);
    return writing;
  };
  return {
    note: ({ reason, from }) => {
      const source = counts.has(`${reason} ${from}`) || counts.size < MOST_SOURCES ? from : OTHERS;
      const key = `${reason} ${source}`;
      counts.set(key, { reason, from: source, count: (counts.get(key)?.count ?? 0) + 1 });
      timer ??= setTimeout(() => void begin(), MINUTE).unref();
    },
    end: async () => {
      if (timer !== null) clearTimeout(timer);
      await begin();
    },
  };
}
