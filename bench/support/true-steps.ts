import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NOTHING_SAID } from '../../src/core/model/confirm-rule.js';
import type { Intent, IntentStep } from '../../src/core/model/intent.js';
import { phrase } from '../../src/core/model/phrase.js';
import type { Actor } from '../../src/core/model/request.js';
import { createPipeline } from '../../src/core/pipeline.js';
import type { CoreDeps } from '../../src/core/ports/deps.js';
import { EventBus } from '../../src/core/ports/events.js';
import type { Executor } from '../../src/core/ports/executor.js';
import { Redactor } from '../../src/core/ports/redact.js';
import { Ownership } from '../../src/core/records/ownership.js';
import { recoverDeadRuns } from '../../src/core/recovery/recovery.js';
import { createLocalHosts } from '../../src/hosts/local.js';
import { createCircuits } from '../../src/limits/circuits.js';
import { createRunSlots } from '../../src/limits/run-slots.js';
import { openSqliteStore } from '../../src/store/sqlite.js';

/** What a graph of steps that run `true` cost. */
export interface TrueSteps {
  /** From Confirm to the end, in ms. */
  readonly ms: number;
  /** What is alive on the heap while the last step runs, in bytes, after a collection. */
  readonly liveBytes: number;
}

const BENCH: Actor = { kind: 'operator', id: 'bench', name: 'bench' };

/**
 * A program of its own, so that nobody else's memory is counted:
 * `node --expose-gc true-steps.js <steps> <at once>` prints {@link TrueSteps} as JSON. A step does what it
 * has to do through the host, with its journal, like any other; nothing of the core is left out.
 */
const [steps = 0, atOnce = 1] = process.argv.slice(2).map(Number);
const dataDir = await mkdtemp(join(tmpdir(), 'chatops-bench-steps-'));
try {
  process.stdout.write(JSON.stringify(await runOf(steps, atOnce)));
} finally {
  await rm(dataDir, { recursive: true, force: true });
}

async function runOf(count: number, maxParallel: number): Promise<TrueSteps> {
  const last = { liveBytes: 0 };
  const store = await openSqliteStore({ dataDir });
  const deps = coreOf(store, intentOf(count, maxParallel), trueExecutor(count, last));
  const ownership = new Ownership(deps, (looker) => recoverDeadRuns(deps, looker));
  await ownership.start();
  const pipeline = createPipeline(deps, ownership);
  const request = { intent: 'steps', params: {}, actor: BENCH, source: 'cli', dryRun: false } as const;
  const admission = await pipeline.admit(request);
  if (!admission.ok) throw new Error(JSON.stringify(admission.notice));
  const { id } = await pipeline.prepare(admission.ticket);
  const began = performance.now();
  const decision = await pipeline.decide(id, BENCH, 'confirm');
  if (!decision.ok) throw new Error(JSON.stringify(decision.notice));
  const { state, outcome } = await decision.done;
  const ms = performance.now() - began;
  if (state !== 'succeeded') throw new Error(JSON.stringify(outcome));
  await ownership.end();
  await store.close();
  return { ms, ...last };
}

function trueExecutor(count: number, last: { liveBytes: number }): Executor {
  let ran = 0;
  return {
    kind: 'files',
    plan: async (fields) => ({
      steps: [{ title: phrase`Run true.`, commands: [['true']] }],
      effects: [],
      touches: [`path:${(fields as { destination: string }).destination}`],
      warnings: [],
      blockers: [],
      targets: null,
      data: null,
    }),
    run: async (_part, { host, step }) => {
      step(0, 'running');
      const { ok } = await host.exec(['true']);
      step(0, 'done');
      ran += 1;
      if (ran === count) {
        globalThis.gc?.();
        last.liveBytes = process.memoryUsage().heapUsed;
      }
      return { state: ok ? 'succeeded' : 'failed', reason: 'done', summary: [phrase`Done.`], warnings: [] };
    },
    recover: async () => ({ summary: [] }),
  };
}

/** A step needs the one before it when they run one after the other, else the first one. */
function intentOf(count: number, maxParallel: number): Intent {
  const names = Array.from({ length: count }, (_, index) => `step-${index}`);
  const needsOf = (index: number) => (index === 0 ? [] : [`step-${maxParallel === 1 ? index - 1 : 0}`]);
  return {
    name: 'steps',
    file: '/steps.yaml',
    description: '',
    action: 'steps',
    stack: 'bench',
    labelRequired: null,
    dependsOn: [],
    params: [],
    template: null,
    steps: names.map(stepOf),
    graph: {
      maxParallel,
      steps: names.map((name, step) => ({
        name,
        needs: needsOf(step),
        when: null,
        onFailure: 'stop',
        work: { kind: 'action', step },
      })),
    },
  };
}

function stepOf(name: string): IntentStep {
  return {
    kind: 'files',
    action: 'backup',
    stack: 'bench',
    fields: {
      source: '/',
      destination: `/${name}`,
      exclude: [],
      compress: 'gzip',
      retention_days: null,
      min_keep: 0,
      require_mount: false,
    },
  };
}

function coreOf(store: CoreDeps['store'], intent: Intent, executor: Executor): CoreDeps {
  const silent = (): void => {};
  return {
    store,
    catalogue: {
      find: (name) => (name === intent.name ? intent : null),
      all: () => [intent],
      problems: () => [],
      warning: () => null,
      outdated: () => null,
      suggest: () => [],
    },
    policy: { rules: () => ({ kind: 'open', keys: null }), problems: () => [] },
    executors: new Map([[executor.kind, executor]]),
    circuits: createCircuits({ redact: (text) => text }),
    hosts: createLocalHosts(process.env),
    events: new EventBus(silent),
    redactor: new Redactor(),
    secrets: { has: () => false, resolve: () => '' },
    log: { info: silent, warn: silent, error: silent },
    faults: {
      open: silent,
      clear: silent,
      list: () => [],
      blocking: () => null,
      accept: async () => false,
      tellBy: silent,
      end: silent,
    },
    refusals: { keep: async () => {}, end: async () => {} },
    now: () => new Date(),
    planningSlot: (_places, work) => work(),
    requests: { take: async () => true },
    runSlots: createRunSlots(() => 1),
    confirmRule: () => NOTHING_SAID,
    settings: {
      confirmTtlSeconds: 900,
      approvedLabel: null,
      people: {
        approvalTtlSeconds: 900,
        opsChannel: true,
        largeDeletion: { files: 1000, bytes: 2 ** 40 },
      },
      deadlines: { probeMs: 60_000, stallMs: 600_000, planMs: 600_000 },
    },
  };
}
