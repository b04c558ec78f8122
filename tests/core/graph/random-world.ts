import type { Intent } from '../../../src/core/model/intent.js';
import { phrase } from '../../../src/core/model/phrase.js';
import type { PlanDraft, PlanPart } from '../../../src/core/model/plan.js';
import type { Executor, PartResult, RunContext } from '../../../src/core/ports/executor.js';
import type { Store } from '../../../src/core/ports/store.js';
import { type Installation, intentNamed } from '../harness.js';
import type { RandomGraph } from './random-graphs.js';

/** How a step ends before it succeeds. */
export type Failure = 'failed' | 'rolled_back' | 'throws';

/** Something that happened in the world, in its order. */
export interface Deed {
  readonly run: string;
  readonly step: string;
  readonly did: 'begin' | 'succeed' | 'fail' | 'cancel' | 'undo';
}

/** A world in which random graphs run: what the steps did, how they fail, and what else happens meanwhile. */
export class RandomWorld {
  readonly deeds: Deed[] = [];
  /** Called when a step has begun. */
  onBegin: (step: string, runId: string) => void = () => {};
  /** Steps that would do something else from now on. */
  readonly changed = new Set<string>();
  /** The process is dead: nothing that it does counts any more. */
  isDead = false;
  #journaled = 0;

  constructor(
    private readonly home: Installation,
    /** By step: what happens the first time. */
    private readonly failures: ReadonlyMap<string, Failure>,
    /** After so many rows of the journal the process dies; null: it lives. */
    private readonly diesAt: number | null,
  ) {}

  readonly executor: Executor = {
    kind: 'files',
    plan: async (fields) => this.#plan((fields as { source: string }).source),
    run: (part, ctx) => this.#run(stepOf(part), ctx),
    recover: async () => ({ summary: [phrase`Tidied up.`] }),
    undo: async (part, _journal, ctx) => {
      this.deeds.push({ run: ctx.runId, step: stepOf(part), did: 'undo' });
      return result('rolled_back');
    },
  };

  /** A store that dies with its process. */
  readonly mortal = (store: Store): Store => {
    const alive = async (): Promise<void> => {
      if (!this.isDead) return;
      await this.home.hang();
      throw new Error('this process is dead');
    };
    const guarded = <Args extends unknown[], R>(write: (...args: Args) => Promise<R>) => {
      return async (...args: Args): Promise<R> => {
        await alive();
        const written = await write(...args);
        await alive();
        return written;
      };
    };
    const { runs, leases, history } = store;
    const appendJournal: typeof runs.appendJournal = async (...row) => {
      await alive();
      await runs.appendJournal(...row);
      this.#journaled += 1;
      if (this.#journaled === this.diesAt) this.isDead = true;
      await alive();
    };
    return {
      ...store,
      runs: {
        ...runs,
        appendJournal,
        transition: guarded(runs.transition),
        patch: guarded(runs.patch),
        writeLog: guarded(runs.writeLog),
        insert: guarded(runs.insert),
      },
      leases: { ...leases, release: guarded(leases.release) },
      history: { ...history, add: guarded(history.add) },
    };
  };

  #plan(step: string): PlanDraft {
    const [name = '', place = ''] = step.slice(1).split('/');
    return {
      steps: [{ title: phrase`Do it`, commands: [] }],
      effects: this.changed.has(name) ? [{ kind: 'remove', target: name }] : [],
      touches: [`path:/${place}`],
      warnings: [],
      blockers: [],
      targets: null,
      data: { step: name },
    };
  }

  async #run(step: string, ctx: RunContext): Promise<PartResult> {
    const note = (did: Deed['did']) => this.deeds.push({ run: ctx.runId, step, did });
    const isFirst = !this.deeds.some((deed) => deed.step === step);
    note('begin');
    this.onBegin(step, ctx.runId);
    await ctx.journal('doing', step);
    for (let turn = step.length + this.deeds.length; turn > 0; turn -= 3) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (this.isDead) {
      await this.home.hang();
      throw new Error('this process is dead');
    }
    if (ctx.signal.aborted) {
      note('cancel');
      return result('cancelled');
    }
    const failure = isFirst ? this.failures.get(step) : undefined;
    note(failure ? 'fail' : 'succeed');
    if (failure === 'throws') throw new Error('bug in run');
    return result(failure ?? 'succeeded');
  }
}

function result(state: PartResult['state']): PartResult {
  const reason = ({ cancelled: 'stopped', succeeded: 'done' } as const)[state as string] ?? 'command_failed';
  return { state, reason, summary: [], warnings: [] };
}

function stepOf({ data }: PlanPart): string {
  return (data as { step: string }).step;
}

/** An intent with the steps of a random graph; what a step does says its name and place. */
export function intentOf({ steps, maxParallel }: RandomGraph): Intent {
  const [sample] = intentNamed('random').steps;
  if (sample?.kind !== 'files') throw new Error('no step of files');
  return intentNamed('random', {
    action: 'steps',
    steps: steps.map(({ name, place }) => ({
      ...sample,
      fields: { ...sample.fields, source: `/${name}/${place}` },
    })),
    graph: {
      maxParallel,
      steps: steps.map(({ name, needs, onFailure, onlyIf }, step) => ({
        name,
        needs,
        onFailure,
        when: onlyIf && `steps.${onlyIf.step} == "${onlyIf.ended}"`,
        work: { kind: 'action', step },
      })),
    },
  });
}
