import { visibleIntents } from '../admission/admission.js';
import { code, phrase } from '../model/phrase.js';
import { notice } from '../model/reasons.js';
import { type Actor, actorRef, type Source } from '../model/request.js';
import type { Refusal } from '../model/ticket.js';
import type { Circuit } from '../ports/circuit.js';
import type { CoreDeps } from '../ports/deps.js';

export type CircuitAnswer = { readonly ok: true; readonly circuit: Circuit } | Refusal;

/** What outside isn't asked now, and how people change that. */
export interface CircuitDesk {
  /** By name; nothing for somebody who can run nothing. */
  list(actor: Actor): readonly Circuit[];
  /** Lets the next asker try at once; kept in the audit trail. Whoever can run something can do that. */
  tryNow(actor: Actor, source: Source, target: string): Promise<CircuitAnswer>;
}

export function createCircuitDesk(deps: CoreDeps): CircuitDesk {
  const { circuits, store, now } = deps;
  const list = (actor: Actor): readonly Circuit[] =>
    visibleIntents(deps, actor).length > 0 ? circuits.list() : [];
  return {
    list,
    async tryNow(actor, source, target) {
      const known = list(actor).some((circuit) => circuit.target === target);
      const circuit = known ? circuits.tryNow(target) : null;
      if (circuit === null) {
        const message = phrase`${code(target)} is not paused: it’s asked whenever a run needs it.`;
        return { ok: false, notice: notice('circuit_unknown', message) };
      }
      const at = now().toISOString();
      const who = { actor: actorRef(actor), source, runId: null, intent: '' };
      await store.audit.append({ at, event: 'circuit_tried', ...who, detail: { target } });
      return { ok: true, circuit };
    },
  };
}
