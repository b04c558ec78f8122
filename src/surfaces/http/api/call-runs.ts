import { chainOf } from '../../../core/intent/chain.js';
import type { Catalogue } from '../../../core/model/intent.js';
import type { Run } from '../../../core/model/run.js';
import { succeeded } from './start-run.js';

/** What has run in one call that names several intents: nothing of it runs again. */
export interface CallRuns {
  /** Intents that ran well, and in which runs. */
  readonly ran: Readonly<Record<string, string>>;
  /** The run in which this intent ran already, well or not. */
  find(intent: string): { readonly run: Run; readonly ok: boolean } | null;
  /** The first of what this intent needs that failed in this call. */
  failedFor(intent: string): { readonly intent: string; readonly run: Run } | null;
  /** @param run as it ended */
  note(run: Run): void;
}

export function callRuns(catalogue: Pick<Catalogue, 'find'>): CallRuns {
  const all = new Map<string, { readonly run: Run; readonly ok: boolean }>();
  return {
    get ran() {
      const well = [...all].filter(([, { ok }]) => ok);
      return Object.fromEntries(well.map(([intent, { run }]) => [intent, run.id]));
    },
    find: (intent) => all.get(intent) ?? null,
    failedFor(name) {
      const intent = catalogue.find(name);
      for (const link of intent ? chainOf(catalogue, intent) : []) {
        const found = all.get(link.name);
        if (found && !found.ok) return { intent: link.name, run: found.run };
      }
      return null;
    },
    note(run) {
      const ok = succeeded(run);
      const note = (intent: string, well: boolean): void => {
        if (!all.has(intent)) all.set(intent, { run, ok: well });
      };
      // Of a list that ended in the middle, what came before the part that failed went well.
      const last = ok ? run.plan.parts.length : (run.progress?.part ?? 0);
      const parts = run.plan.graph ? [] : run.plan.parts;
      for (const { intent } of parts.slice(0, last)) if (intent !== run.intent) note(intent, true);
      // Steps give values to what they run; what a graph depends on runs as it does by itself.
      const own = run.plan.graph && ok ? catalogue.find(run.intent) : null;
      for (const name of own?.dependsOn ?? []) {
        const link = catalogue.find(name);
        for (const { name: needed } of link ? chainOf(catalogue, link) : []) note(needed, true);
      }
      const failed = run.startedAt === null ? undefined : parts[last]?.intent;
      if (failed !== undefined && failed !== run.intent) note(failed, false);
      note(run.intent, ok);
    },
  };
}
