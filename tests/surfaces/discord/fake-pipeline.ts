import { authorize, type Right, subjectsOf } from '../../../src/core/access/authorize.js';
import { alreadyDecided, notActive, notAsker, unknownRun } from '../../../src/core/access/refusals.js';
import { bindParams } from '../../../src/core/admission/params.js';
import type { Artifact } from '../../../src/core/model/artifact.js';
import type { Consent } from '../../../src/core/model/consent.js';
import type { Catalogue, Intent } from '../../../src/core/model/intent.js';
import type { Lock } from '../../../src/core/model/lock.js';
import { code, phrase } from '../../../src/core/model/phrase.js';
import { type Notice, notice } from '../../../src/core/model/reasons.js';
import { type Actor, actorRef, sameActor } from '../../../src/core/model/request.js';
import { isFinal, type Outcome, type ProgressSnapshot, type Run } from '../../../src/core/model/run.js';
import type { Pipeline } from '../../../src/core/pipeline.js';
import { explainRights } from '../../../src/core/policy/explanation.js';
import { EventBus } from '../../../src/core/ports/events.js';
import type { ArtifactStore, RunStore } from '../../../src/core/ports/store.js';
import type { StackStatus } from '../../../src/core/views/status.js';
import { rulesOf } from '../../support/rules.js';
import { AWAITING } from './sample-runs.js';

type End = Partial<Outcome> & Pick<Outcome, 'state' | 'reason'>;

/** A pipeline in memory: it keeps runs and their states, and the test says when each goes on. */
export interface FakePipeline {
  readonly pipeline: Pipeline;
  readonly catalogue: Catalogue;
  readonly runs: Pick<RunStore, 'get' | 'list' | 'readLog'>;
  readonly artifacts: Pick<ArtifactStore, 'list'>;
  /** What an intent's backups left behind, oldest first. */
  setArtifacts(intent: string, paths: readonly string[]): void;
  /** The stored run; throws when there is none. */
  run(id: string): Run;
  put(run: Run): void;
  setLog(id: string, text: string): void;
  /** Called while a run is planned; what it returns changes the run. */
  duringPrepare(happens: () => Partial<Run> | undefined): void;
  /** What `/status` finds. */
  setStatus(found: readonly StackStatus[]): void;
  /** What the next presses would be refused with. */
  foresee(notice: Notice | null): void;
  /** Who has to agree, or who has, changed. */
  consent(id: string, consent: Consent): void;
  waitFor(id: string, others: readonly string[]): void;
  begin(id: string): void;
  step(id: string, step: number): void;
  progress(id: string, progress: ProgressSnapshot): void;
  finish(id: string, end: End): void;
  /** Makes the next calls of a method throw. */
  breakNext(method: 'admit' | 'prepare' | 'reported' | 'list', error: Error): void;
}

export function intentNamed(name: string, change: Partial<Intent> = {}): Intent {
  return {
    name,
    file: `/intents/${name}.yaml`,
    description: `Backs up ${name}`,
    action: 'backup',
    stack: 'media',
    labelRequired: null,
    dependsOn: [],
    params: [],
    template: null,
    steps: [],
    ...change,
  };
}

export function fakePipeline(intents: readonly Intent[], now: () => Date): FakePipeline {
  const stored = new Map<string, Run>();
  const logs = new Map<string, string>();
  const broken = new Map<string, Error>();
  const artifacts = new Map<string, readonly Artifact[]>();
  let stacks: readonly StackStatus[] = [];
  let held: readonly Lock[] = [];
  let foreseen: Notice | null = null;
  let happens = (): Partial<Run> | undefined => undefined;
  const events = new EventBus((error) => {
    throw error;
  });
  const run = (id: string): Run => {
    const found = stored.get(id);
    if (found === undefined) throw new Error(`no run ${id}`);
    return found;
  };
  const set = (id: string, patch: Partial<Run>): Run => {
    const changed = { ...run(id), ...patch };
    stored.set(id, changed);
    return changed;
  };
  const maybeBreak = (method: string): void => {
    const error = broken.get(method);
    broken.delete(method);
    if (error !== undefined) throw error;
  };
  const finish = (id: string, end: End): Run => {
    const outcome = { summary: [phrase`What happened.`], warnings: [], tail: [], ...end };
    const done = set(id, { state: end.state, outcome, finishedAt: now().toISOString() });
    events.emit({ type: 'finished', run: done });
    return done;
  };
  const mayLock = (actor: Actor, stack: string) =>
    authorize({ policy: rulesOf(), now }, actor, 'lock', [{ intent: null, action: null, stack }]);
  const may = (actor: Actor, right: Right, intent: string) =>
    authorize({ policy: rulesOf(), now }, actor, right, [{ intent, action: null, stack: null }]);
  const refuse = (why: ReturnType<typeof notice>) => ({ ok: false, notice: why }) as const;

  const pipeline: Pipeline = {
    events,
    turnDown: async (_request, notice) => ({ ok: false, notice }),
    seen: async (runs) => runs,
    admit: async (request) => {
      maybeBreak('admit');
      const denied = may(request.actor, 'run', request.intent);
      if (denied !== null) return refuse(denied);
      const intent = intents.find(({ name }) => name === request.intent);
      if (intent === undefined) {
        return refuse(notice('intent_unknown', phrase`There is no intent ${code(request.intent)}.`));
      }
      const ticket = { request, intent, chain: [intent] };
      return intent.params.length === 0 ? { ok: true, ticket } : bindParams(ticket, now());
    },
    prepare: async ({ request, intent }, shown) => {
      maybeBreak('prepare');
      const planned: Run = {
        ...AWAITING,
        id: `r-${String(stored.size + 1).padStart(4, '0')}`,
        intent: intent.name,
        action: intent.action,
        params: request.params,
        actor: actorRef(request.actor),
        dryRun: request.dryRun,
        state: request.dryRun ? 'planned' : 'awaiting',
        createdAt: now().toISOString(),
        expiresAt: new Date(now().getTime() + 900_000).toISOString(),
        previous: request.previous ?? null,
        plan: {
          ...AWAITING.plan,
          ...(request.resumes === undefined ? {} : { resumes: request.resumes }),
        },
        shown: shown ?? null,
        ...happens(),
      };
      stored.set(planned.id, planned);
      events.emit({ type: 'planned', run: planned });
      return planned;
    },
    decide: async (id, actor, answer, also) => {
      const found = stored.get(id);
      if (found === undefined) return unknownRun(id);
      if (found.state !== 'awaiting') return alreadyDecided(found);
      if (foreseen && also?.typed !== found.intent) return refuse(foreseen);
      const second = answer === 'approve' || answer === 'reject';
      if (!second && !sameActor(actor, found.actor)) return refuse(notAsker(found));
      if (answer === 'reject') {
        const rejected = finish(id, { state: 'cancelled', reason: 'rejected' });
        return { ok: true, run: rejected, done: Promise.resolve(rejected) };
      }
      if (answer === 'cancel') {
        const cancelled = finish(id, { state: 'cancelled', reason: 'cancelled_by_asker' });
        return { ok: true, run: cancelled, done: Promise.resolve(cancelled) };
      }
      const queued = set(id, { state: 'queued', decidedBy: actorRef(actor) });
      events.emit({ type: 'queued', run: queued, waitsFor: [] });
      return { ok: true, run: queued, done: new Promise(() => {}) };
    },
    foresee: async () => foreseen,
    locks: {
      list: async () => held,
      lockable: () => [...new Set(intents.map(({ stack }) => stack))],
      whyNotLock: async (actor, { stack }) => mayLock(actor, stack),
      lock: async (actor, _source, { stack, reason }) => {
        const since = now().toISOString();
        const lock = { stack, holder: actorRef(actor), reason, since, until: null };
        held = [...held, lock];
        return { ok: true, lock };
      },
      whyNotUnlock: async (actor, stack) => mayLock(actor, stack),
      unlock: async (_actor, _source, stack) => {
        const lock = held.find((each) => each.stack === stack);
        held = held.filter((each) => each !== lock);
        return lock ? { ok: true, lock } : refuse(notice('not_locked', phrase`It is not locked.`));
      },
    },
    stop: async (id, actor) => {
      const found = stored.get(id);
      if (found === undefined) return unknownRun(id);
      if (found.state !== 'queued' && found.state !== 'running') return notActive(found);
      const denied = may(actor, 'stop', found.intent);
      if (denied !== null) return refuse(denied);
      return { ok: true, run: set(id, { stopRequestedBy: actorRef(actor) }) };
    },
    deniedAgain: async () => {},
    check: (actor, right, { intent }) => may(actor, right, intent ?? ''),
    visible: (actor, action) =>
      intents
        .filter((intent) => action === undefined || intent.action === action)
        .filter((intent) => may(actor, 'run', intent.name) === null),
    viewable: (actor) => intents.filter((intent) => may(actor, 'view', intent.name) === null),
    barred: (actor) => may(actor, 'view', ''),
    why: (actor, name) => {
      const intent = intents.find((one) => one.name === name);
      const denied = may(actor, 'view', name);
      if (denied || !intent)
        return { known: false, notice: denied ?? notice('intent_unknown', phrase`None.`) };
      const rules = { kind: 'open', keys: null } as const;
      return { known: true, explanation: explainRights(rules, actor, subjectsOf(intent), now(), 'you') };
    },
    status: async (actor) => (may(actor, 'view', '') === null ? stacks : []),
    show: async (id, shown) => {
      set(id, { shown });
    },
    reported: async (id) => {
      maybeBreak('reported');
      set(id, { reported: true });
    },
    expireOverdue: async () => {},
    shutdown: async () => {},
  };

  return {
    pipeline,
    run,
    runs: {
      get: async (id) => stored.get(id) ?? null,
      list: async ({ limit, states, unreportedBy }) => {
        maybeBreak('list');
        return [...stored.values()]
          .reverse()
          .filter((each) => states === undefined || states.includes(each.state))
          .filter(
            (each) => unreportedBy === undefined || (each.shown?.surface === unreportedBy && !each.reported),
          )
          .slice(0, limit);
      },
      readLog: async (id) => logs.get(id) ?? '',
    },
    artifacts: { list: async (intent) => artifacts.get(intent) ?? [] },
    setArtifacts: (intent, paths) => {
      const each = { runId: 'r-2222', intent, kind: 'archive', size: 1, sha256: null, files: 1 } as const;
      const more = {
        createdAt: now().toISOString(),
        verified: 'read' as const,
        deletedAt: null,
        origin: null,
      };
      artifacts.set(
        intent,
        paths.map((path) => ({ ...each, ...more, path })),
      );
    },
    catalogue: {
      find: (name) => intents.find((intent) => intent.name === name) ?? null,
      all: () => intents,
      problems: () => [],
      warning: () => null,
      outdated: () => null,
      suggest: () => [],
    },
    put: (added) => {
      stored.set(added.id, added);
    },
    setLog: (id, text) => {
      logs.set(id, text);
    },
    duringPrepare: (callback) => {
      happens = callback;
    },
    setStatus: (found) => {
      stacks = found;
    },
    foresee: (expected) => {
      foreseen = expected;
    },
    consent: (id, consent) => events.emit({ type: 'consent', run: set(id, { consent }) }),
    waitFor: (id, waitsFor) => events.emit({ type: 'queued', run: run(id), waitsFor }),
    begin: (id) =>
      events.emit({ type: 'running', run: set(id, { state: 'running', startedAt: now().toISOString() }) }),
    step: (id, step) => events.emit({ type: 'step', runId: id, part: 0, step, state: 'running' }),
    progress: (id, progress) => {
      if (!isFinal(run(id).state)) set(id, { progress });
      events.emit({ type: 'progress', runId: id, progress });
    },
    finish: (id, end) => void finish(id, end),
    breakNext: (method, error) => {
      broken.set(method, error);
    },
  };
}
