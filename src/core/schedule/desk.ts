import { authorize, chainSubjects, type Subjects } from '../access/authorize.js';
import type { AuditEntry } from '../model/audit.js';
import type { IntentProblem } from '../model/intent.js';
import { code, moment, type Phrase, phrase } from '../model/phrase.js';
import { type Notice, notice } from '../model/reasons.js';
import { type Actor, actorRef, type RunRequest, type Source, sameActor } from '../model/request.js';
import type { Schedule } from '../model/schedule.js';
import type { Refusal } from '../model/ticket.js';
import type { CoreDeps } from '../ports/deps.js';
import type { ScheduleState } from '../ports/schedule-store.js';
import { closest } from '../text/closest.js';
import { type Changes, changesBetween } from './changes.js';
import { figuresOf, type ScheduleFigures } from './figures.js';
import type { OpenSchedules } from './source.js';
import { type ScheduleView, viewsOf } from './view.js';

const LONGEST_NAME = 100;

/** The answer to pausing and resuming; `state` is as it was before a resume, and as it is after a pause. */
export type PauseAnswer =
  | { readonly ok: true; readonly schedule: Schedule; readonly paused: NonNullable<ScheduleState['paused']> }
  | Refusal;

/** What a run by hand asks for; who asks and from where is added by the surface. */
export type RunNowAnswer =
  | { readonly ok: true; readonly request: Omit<RunRequest, 'actor' | 'source'> }
  | Refusal;

/** What people and machines do with schedules. */
export interface ScheduleDesk {
  /** Those that this actor may see, sorted by name. */
  list(actor: Actor): Promise<readonly ScheduleView[]>;
  /** One of them, by its exact name. */
  show(actor: Actor, name: string): Promise<{ readonly ok: true; readonly view: ScheduleView } | Refusal>;
  /** Names of those that this actor may see, sorted. */
  names(actor: Actor): readonly string[];
  /** Why this actor can't pause (or resume) it; null when they can. Changes nothing. */
  whyNot(actor: Actor, what: 'pause' | 'resume', name: string): Promise<Notice | null>;
  /** Its runs don't begin until somebody resumes it; one that is under way goes on. Survives restarts. */
  pause(actor: Actor, source: Source, name: string): Promise<PauseAnswer>;
  /** Its runs begin again from the next time on; what passed while it was paused is not made up for. */
  resume(actor: Actor, source: Source, name: string): Promise<PauseAnswer>;
  /** What a run of it by hand asks for. Rights are checked when that is asked for. */
  runNow(actor: Actor, name: string): RunNowAnswer;
  /** Reads the intents and the schedules file again now, and tells what changed of what this actor may see. */
  reload(
    actor: Actor,
  ): Promise<Changes & { readonly schedules: number; readonly problems: readonly IntentProblem[] }>;
  /** Everything wrong with the schedules file as it is on disk now. */
  problems(): readonly IntentProblem[];
  /** Of all schedules, whoever asks. */
  figures(): Promise<readonly ScheduleFigures[]>;
}

type DeskDeps = Pick<
  CoreDeps,
  'store' | 'refusals' | 'catalogue' | 'policy' | 'hosts' | 'redactor' | 'now'
> & {
  readonly schedules: OpenSchedules;
  /** Reads the intents again. */
  reloadIntents(): Promise<void>;
};

export function createScheduleDesk(deps: DeskDeps): ScheduleDesk {
  const { store, catalogue, policy, redactor, now, schedules } = deps;

  const subjectsOf = ({ intent: name }: Schedule): Subjects => {
    const intent = catalogue.find(name);
    return intent ? chainSubjects(catalogue, intent) : [{ intent: name, action: null, stack: null }];
  };
  const may = (actor: Actor, right: 'view' | 'run' | 'stop', schedule: Schedule): Notice | null =>
    authorize({ policy, now }, actor, right, subjectsOf(schedule), { anyTime: true });
  const seen = (actor: Actor): readonly Schedule[] =>
    schedules.all().filter((schedule) => may(actor, 'view', schedule) === null);

  const find = (actor: Actor, name: string): { readonly ok: true; readonly schedule: Schedule } | Refusal => {
    const all = seen(actor);
    const schedule = all.find((one) => one.name === name);
    return schedule ? { ok: true, schedule } : { ok: false, notice: unknown(name, all) };
  };

  const stateOf = async (name: string): Promise<ScheduleState | undefined> =>
    (await store.schedules.states()).find((state) => state.name === name);

  const whyNot = async (actor: Actor, what: 'pause' | 'resume', name: string): Promise<Notice | null> => {
    const found = find(actor, name);
    if (!found.ok) return found.notice;
    const { schedule } = found;
    const paused = (await stateOf(name))?.paused ?? null;
    const right = what === 'pause' || (paused && sameActor(paused.by, actor)) ? 'stop' : 'run';
    const denied = may(actor, right, schedule) && may(actor, 'run', schedule);
    if (denied) return denied;
    if (what === 'pause') return paused && alreadyPaused(name, paused);
    return paused ? null : notPaused(name);
  };

  const entry = (event: string, actor: Actor, source: Source, detail: AuditEntry['detail'], intent = '') => {
    const at = now().toISOString();
    return { at, event, actor: actorRef(actor), source, runId: null, intent, detail };
  };
  const refuse = async (actor: Actor, source: Source, name: string, why: Notice): Promise<Refusal> => {
    const at = now().toISOString();
    await deps.refusals.keep({
      entry: { at, actor: actorRef(actor), source, runId: null, intent: '' },
      reason: why.code,
      detail: { schedule: redactor.text(name).slice(0, LONGEST_NAME) },
    });
    return { ok: false, notice: why };
  };

  return {
    list: async (actor) => viewsOf(deps, seen(actor)),
    show: async (actor, name) => {
      const found = find(actor, name);
      if (!found.ok) return found;
      const [view] = await viewsOf(deps, [found.schedule]);
      return view ? { ok: true, view } : { ok: false, notice: unknown(name, []) };
    },
    names: (actor) => seen(actor).map(({ name }) => name),
    whyNot,
    async pause(actor, source, name) {
      const why = await whyNot(actor, 'pause', name);
      const found = find(actor, name);
      if (why || !found.ok) return refuse(actor, source, name, why ?? unknown(name, []));
      const { schedule } = found;
      const paused = { by: actorRef(actor), at: now().toISOString() };
      const audit = entry('schedule_paused', actor, source, { schedule: name }, schedule.intent);
      if (await store.schedules.pause(name, paused, audit)) return { ok: true, schedule, paused };
      return refuse(actor, source, name, (await whyNot(actor, 'pause', name)) ?? unknown(name, []));
    },
    async resume(actor, source, name) {
      const why = await whyNot(actor, 'resume', name);
      const found = find(actor, name);
      const paused = (await stateOf(name))?.paused;
      if (why || !found.ok || !paused) return refuse(actor, source, name, why ?? notPaused(name));
      const { schedule } = found;
      const detail = { schedule: name, pausedBy: paused.by.name };
      const audit = entry('schedule_resumed', actor, source, detail, schedule.intent);
      const resumed = await store.schedules.resume(name, now().toISOString(), audit);
      return resumed ? { ok: true, schedule, paused } : refuse(actor, source, name, notPaused(name));
    },
    runNow(actor, name) {
      const found = find(actor, name);
      if (!found.ok) return found;
      const { intent, params, dryRun } = found.schedule;
      return { ok: true, request: { intent, params, dryRun, schedule: { name, due: null } } };
    },
    async reload(actor) {
      const before = seen(actor);
      await deps.reloadIntents();
      await schedules.reload();
      const after = seen(actor);
      return { ...changesBetween(before, after), schedules: after.length, problems: schedules.problems() };
    },
    problems: () => schedules.problems(),
    figures: async () => (await viewsOf(deps, schedules.all(), 1)).map(figuresOf),
  };
}

function unknown(name: string, all: readonly Schedule[]): Notice {
  const near = closest(
    name,
    all.map((one) => one.name),
    3,
  );
  const hint = near.flatMap((one, index): Phrase => (index === 0 ? [code(one)] : [' or ', code(one)]));
  return notice(
    'schedule_unknown',
    phrase`There is no schedule ${code(name)}.`,
    near.length > 0 ? phrase`Did you mean ${hint}?` : undefined,
  );
}

function alreadyPaused(name: string, { by, at }: NonNullable<ScheduleState['paused']>): Notice {
  return notice('schedule_paused', phrase`${code(name)} was paused by ${by.name} already, ${moment(at)}.`);
}

function notPaused(name: string): Notice {
  return notice('schedule_not_paused', phrase`${code(name)} is not paused.`);
}
