import { expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { Run } from '../../../src/core/model/run.js';
import { alice, Installation, type Process, request, until } from '../harness.js';
import { type RandomGraph, type RandomStep, randomGraphs } from './random-graphs.js';
import { type Failure, intentOf, RandomWorld } from './random-world.js';
import { faultsOf } from './run-oracle.js';

jest.setTimeout(240_000);

const CASES = Number(process.env.CHATOPS_PROPERTY_RUNS ?? 60);
const MOST_STEPS = 7;

/** What happens besides, once so many steps have begun or so many rows were journaled. */
interface Event {
  readonly what: 'nothing' | 'stop' | 'change' | 'die';
  readonly after: number;
}

type Case = [RandomGraph, (Failure | null)[], Event];

const seen = new Map<string, number>();

/** One intent, from the first wish until everything is done. */
class Life {
  readonly #world: RandomWorld;
  readonly #faults: string[] = [];
  #process: Process | null = null;
  #stopped = false;
  #begun = 0;

  constructor(
    private readonly home: Installation,
    private readonly graph: RandomGraph,
    failures: ReadonlyMap<string, Failure>,
    private readonly event: Event,
  ) {
    const diesAt = event.what === 'die' ? event.after * 2 + 1 : null;
    this.#world = new RandomWorld(home, failures, diesAt);
    this.#world.onBegin = (step, runId) => this.#onBegin(step, runId);
    home.intents.push(intentOf(graph));
  }

  async live(): Promise<readonly string[]> {
    const executors = [this.#world.executor];
    this.#process = await this.home.start({ executors, store: this.#world.mortal });
    let run = await this.#ask(null);
    for (let round = 0; run && round < 10; round += 1) {
      const ended = await this.#confirm(run);
      note(`${ended.state}`);
      const outside = {
        stopped: this.#stopped,
        died: ended.state === 'interrupted',
        changed: this.#world.changed.size > 0,
      };
      this.#faults.push(...faultsOf(this.graph, ended, this.#world.deeds, outside));
      this.#stopped = false;
      if (ended.state === 'succeeded') return this.#faults;
      run = await this.#next(ended);
    }
    if (run) this.#faults.push('it never succeeded');
    return this.#faults;
  }

  #onBegin(step: string, runId: string): void {
    this.#begun += 1;
    if (this.#begun !== this.event.after) return;
    if (this.event.what === 'change') {
      // The last step that has not begun is another one from now on.
      const begun = new Set(this.#world.deeds.map((deed) => deed.step));
      const other = this.graph.steps.findLast(({ name }) => name !== step && !begun.has(name));
      if (other) this.#world.changed.add(other.name);
    }
    if (this.event.what === 'stop') {
      this.#stopped = true;
      this.#process?.ownership.abort(runId, { kind: 'stop', by: alice });
    }
  }

  async #confirm({ id }: Run): Promise<Run> {
    const { pipeline, deps } = this.#alive();
    const decision = await pipeline.decide(id, alice, 'confirm');
    if (!decision.ok) throw new Error(JSON.stringify(decision.notice));
    let ended: Run | null = null;
    const done = decision.done.then((run) => {
      ended = run;
    });
    await Promise.race([done, until(() => this.#world.isDead || ended !== null, 'it ended or died')]);
    const stored = await deps.store.runs.get(id);
    if (!this.#world.isDead) return stored ?? Promise.reject(new Error('the run is gone'));
    await this.#restart();
    return (await this.#alive().deps.store.runs.get(id)) ?? Promise.reject(new Error('the run is gone'));
  }

  async #restart(): Promise<void> {
    const { hosts } = this.#alive();
    const next = await this.home.start({ executors: [this.#world.executor] });
    next.hosts.dead.add(hosts.self().pid);
    await next.ownership.recoverDead();
    this.#world.isDead = false;
    this.#process = next;
  }

  #alive(): Process {
    if (!this.#process) throw new Error('no process');
    return this.#process;
  }

  /** The run that goes on from one that ended early; null: all of it is done. */
  async #next(ended: Run): Promise<Run | null> {
    const successor = ended.outcome?.successor;
    if (successor) return this.#alive().deps.store.runs.get(successor);
    return ended.state === 'rolled_back' ? this.#ask(null) : this.#ask(ended);
  }

  async #ask(resumes: Run | null): Promise<Run | null> {
    const { pipeline } = this.#alive();
    const more = resumes ? { resumes: resumes.id } : {};
    const admission = await pipeline.admit(request('random', more));
    if (admission.ok) return pipeline.prepare(admission.ticket);
    const states = Object.values(resumes?.progress?.steps ?? {});
    const finished = states.filter((state) => state === 'succeeded' || state === 'skipped');
    if (resumes && finished.length === states.length) return null;
    if (finished.length > 0 && states.includes('succeeded')) {
      this.#faults.push(`not resumed: ${JSON.stringify(admission.notice)}`);
    }
    return this.#ask(null);
  }
}

function note(what: string): void {
  seen.set(what, (seen.get(what) ?? 0) + 1);
}

const step = (
  number: number,
  needs: readonly number[],
  onFailure: RandomStep['onFailure'],
  place: number,
  ifFailed?: number,
): RandomStep => ({
  name: `s${number}`,
  needs: needs.map((need) => `s${need}`),
  onFailure,
  place,
  onlyIf: ifFailed === undefined ? null : { step: `s${ifFailed}`, ended: 'failed' },
});

/** s4 is skipped for what s0 did in an earlier run, before s3, which it needs too, has ended. */
const DECIDED_BEFORE: Case = [
  {
    steps: [
      step(0, [], 'continue', 7),
      step(1, [0], 'continue', 3, 0),
      step(2, [0], 'continue', 4),
      step(3, [1, 2], 'stop', 0),
      step(4, [0, 3], 'continue', 4, 0),
      step(5, [4], 'rollback', 8),
      step(6, [], 'stop', 0),
    ],
    maxParallel: 4,
  },
  [null, 'rolled_back', 'failed', 'rolled_back', 'rolled_back', 'throws', null],
  { what: 'change', after: 3 },
];

test('any graph with failures, stops, changes and deaths: never out of order, never twice, and done in the end', async () => {
  await fc.assert(
    fc.asyncProperty(
      randomGraphs(MOST_STEPS),
      fc.array(fc.option(fc.constantFrom<Failure>('failed', 'rolled_back', 'throws'), { freq: 2 }), {
        minLength: MOST_STEPS,
        maxLength: MOST_STEPS,
      }),
      fc.record({
        // Most changes come when the step has begun already, so they are tried more often.
        what: fc.constantFrom<Event['what']>(
          'nothing',
          'stop',
          'die',
          'change',
          'change',
          'change',
          'change',
        ),
        after: fc.integer({ min: 1, max: MOST_STEPS }),
      }),
      async (graph, failures, event) => {
        const home = await Installation.create();
        try {
          const failing = failures.flatMap((failure, at) => (failure ? [[`s${at}`, failure] as const] : []));
          expect(await new Life(home, graph, new Map(failing), event).live()).toEqual([]);
        } finally {
          await home.end();
        }
      },
    ),
    // A smaller example would be found long after the test's time is over.
    { numRuns: CASES, endOnFailure: true, examples: [DECIDED_BEFORE] },
  );
  for (const state of ['succeeded', 'failed', 'rolled_back', 'cancelled', 'plan_changed', 'interrupted']) {
    expect({ state, count: seen.get(state) ?? 0 }).not.toEqual({ state, count: 0 });
  }
});
