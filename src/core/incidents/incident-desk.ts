import { authorize, runSubjects, type Subjects } from '../access/authorize.js';
import { faultKey, type Incident } from '../model/incident.js';
import { code, phrase } from '../model/phrase.js';
import { type Notice, notice } from '../model/reasons.js';
import { type Actor, actorRef, type Source } from '../model/request.js';
import type { Refusal } from '../model/ticket.js';
import type { CoreDeps } from '../ports/deps.js';
import type { IncidentNote } from '../ports/store.js';
import { Records } from '../records/records.js';

/** How long a mute lasts, in ms. */
const MUTE_MS = 8 * 60 * 60 * 1000;

export type IncidentAnswer = { readonly ok: true; readonly incident: Incident } | Refusal;

/** What people do about an incident. Who may run its intent may do it; each deed and each refusal is audited. */
export interface IncidentDesk {
  /** May this actor deal with the incident? Nothing is changed. */
  look(id: string, actor: Actor, source: Source): Promise<IncidentAnswer>;
  acknowledge(id: string, actor: Actor, source: Source): Promise<IncidentAnswer>;
  /** For eight hours: it is counted on, and nobody's phone lights up. */
  mute(id: string, actor: Actor, source: Source): Promise<IncidentAnswer>;
  /** Ends it by hand. */
  resolve(id: string, actor: Actor, source: Source): Promise<IncidentAnswer>;
}

type DeskDeps = Pick<
  CoreDeps,
  'store' | 'faults' | 'events' | 'refusals' | 'catalogue' | 'policy' | 'redactor' | 'log' | 'now'
>;

export function createIncidentDesk(deps: DeskDeps): IncidentDesk {
  const { store, now } = deps;
  const records = new Records(deps);

  const look = async (id: string, actor: Actor, source: Source): Promise<IncidentAnswer> => {
    const incident = await store.incidents.get(id);
    if (incident === null)
      return refuse(notice('incident_unknown', phrase`There is no incident ${code(id)}.`));
    // A freeze holds runs back, not the care for what went wrong.
    const denied = authorize(deps, actor, 'run', subjectsOfIncident(deps, incident), { anyTime: true });
    if (denied === null) return { ok: true, incident };
    const request = { intent: incident.intent?.name ?? id, params: {}, actor, source, dryRun: false };
    return records.deny(request, null, denied);
  };

  const note =
    (kind: IncidentNote['event']['kind']) =>
    async (id: string, actor: Actor, source: Source): Promise<IncidentAnswer> => {
      const answer = await look(id, actor, source);
      if (!answer.ok) return answer;
      const at = now();
      const by = actorRef(actor);
      const event = {
        kind,
        at: at.toISOString(),
        by,
        runId: null,
        reason: kind,
        text: [],
        count: 1,
        mark: null,
      };
      const until = kind === 'muted' ? { until: new Date(at.getTime() + MUTE_MS).toISOString() } : {};
      const done = await store.incidents.note(
        id,
        { event, ...until },
        {
          at: event.at,
          event: kind,
          actor: by,
          source,
          runId: null,
          intent: answer.incident.intent?.name ?? '',
          detail: { incident: id },
        },
      );
      if (!done) return refuse(over(id));
      const fault = faultKey(answer.incident);
      if (fault !== null && kind !== 'muted') await deps.faults.accept(fault, { actor: by, source });
      return answer;
    };

  return { look, acknowledge: note('acknowledged'), mute: note('muted'), resolve: note('resolved') };
}

/** The rights for security refusals are those for everything. */
function subjectsOfIncident({ catalogue }: DeskDeps, { intent }: Incident): Subjects {
  if (!intent) return [{ intent: null, action: null, stack: null }];
  return runSubjects(catalogue, { intent: intent.name, action: intent.action, stack: intent.stack });
}

function over(id: string): Notice {
  return notice('incident_over', phrase`The incident ${code(id)} is over already.`);
}

function refuse(why: Notice): Refusal {
  return { ok: false, notice: why };
}
