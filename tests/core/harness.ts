import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { subjectsOf } from '../../src/core/access/authorize.js';
import { createRefusalAudit } from '../../src/core/access/refusal-audit.js';
import { createFaults } from '../../src/core/faults/faults.js';
import type { ConfirmRule } from '../../src/core/model/confirm-rule.js';
import type { Catalogue, Intent } from '../../src/core/model/intent.js';
import { keysOf, type OriginKeys } from '../../src/core/model/origin.js';
import { type Phrase, phrase } from '../../src/core/model/phrase.js';
import type { Json, PlanPart } from '../../src/core/model/plan.js';
import type { Rules } from '../../src/core/model/policy.js';
import { notice } from '../../src/core/model/reasons.js';
import type { Actor, RunRequest } from '../../src/core/model/request.js';
import type { Run } from '../../src/core/model/run.js';
import { createPipeline, type Pipeline } from '../../src/core/pipeline.js';
import { askedByPolicy } from '../../src/core/policy/confirm-rule.js';
import type { RunSlots } from '../../src/core/ports/budgets.js';
import type { CoreDeps } from '../../src/core/ports/deps.js';
import { EventBus, type RunEvent } from '../../src/core/ports/events.js';
import type { Executor, PartResult, RunContext } from '../../src/core/ports/executor.js';
import type { Host, HostScope, Hosts, ProcessIdentity } from '../../src/core/ports/host.js';
import { Redactor } from '../../src/core/ports/redact.js';
import type { Store } from '../../src/core/ports/store.js';
import { Ownership } from '../../src/core/records/ownership.js';
import { recoverDeadRuns } from '../../src/core/recovery/recovery.js';
import { createCircuits } from '../../src/limits/circuits.js';
import { openSqliteStore } from '../../src/store/sqlite.js';
import { openDatabase } from '../../src/store/sqlite-database.js';
import { rulesOf } from '../support/rules.js';

export const alice: Actor = { kind: 'user', id: '1', name: 'alice', administrator: true };
export const bob: Actor = { kind: 'user', id: '2', name: 'bob', administrator: true };
export const mallory: Actor = { kind: 'user', id: '3', name: 'mallory', administrator: false };

/** The part of the world that the test executor reads in plan() and changes in run(). */
export class World {
  bytes = 1000;
  deletions: string[] = [];
  blocked = false;
  /** Whether everything is as it should be. */
  idle = false;
  /** Names of intents whose run() was entered and left. */
  readonly entered: string[] = [];
  readonly left: string[] = [];
  readonly recovered: string[] = [];
  readonly planned: { intent: string; plannedAt: string; dryRun: boolean }[] = [];
  /** What run() does between entering and leaving. */
  during: (intent: string, signal: AbortSignal) => Promise<Partial<PartResult> | undefined> = async () =>
    undefined;
  planBug = false;
  recoverBug = false;
  /** What recover() offers. */
  rollBack: Phrase | null = null;
  readonly rolledBack: string[] = [];
  /** Whether what has ended can be undone; asked when a process starts. */
  canUndo = false;
  /** Whether planning costs as much as the work; asked when a process starts. */
  plansOnce = false;
  readonly undone: string[] = [];
  duringUndo: () => Promise<undefined> = async () => undefined;
  /** Facts of what an intent's plan finds, such as containers' ids. */
  targets: (intent: string) => Json = () => null;
  duringRollBack: () => Promise<undefined> = async () => undefined;
}

export function executorOf(world: World): Executor<'files'> {
  return {
    kind: 'files',
    ...(world.plansOnce ? { plansOnce: true } : {}),
    plan: async (fields, ctx) => {
      if (world.planBug) throw new Error('bug in plan');
      const { intent, plannedAt, dryRun } = ctx;
      world.planned.push({ intent, plannedAt: plannedAt.toISOString(), dryRun });
      return {
        steps: [{ title: phrase`Copy`, commands: [['copy', fields.source]] }],
        effects: world.idle
          ? []
          : [
              { kind: 'write', target: fields.destination, bytes: world.bytes, files: 1, estimate: false },
              { kind: 'delete', target: fields.destination, paths: world.deletions },
            ],
        touches: [`path:${fields.destination}`],
        warnings: world.idle ? [notice('nothing_to_do', phrase`All is current.`)] : [],
        blockers: world.blocked ? [notice('tool_missing', phrase`tar is not installed.`)] : [],
        targets: world.targets(ctx.intent),
        data: world.targets(ctx.intent),
      };
    },
    run: async (part, ctx) => {
      world.entered.push(part.intent);
      await ctx.journal('touching', { intent: part.intent });
      ctx.step(0, 'running');
      ctx.remember({ files: 1 });
      const result = await world.during(part.intent, ctx.signal);
      world.left.push(part.intent);
      return { state: 'succeeded', reason: 'done', summary: [phrase`Copied.`], warnings: [], ...result };
    },
    recover: async (part, journal) => {
      world.recovered.push(`${part.intent}:${journal.map(({ kind }) => kind).join()}`);
      if (world.recoverBug) throw new Error('bug in recover');
      const offer = world.rollBack ? { rollBack: world.rollBack } : {};
      return { summary: [phrase`The partial file is removed.`], ...offer };
    },
    rollBack: async (part, journal) => {
      world.rolledBack.push(`${part.intent}:${journal.map(({ kind }) => kind).join()}`);
      await world.duringRollBack();
      return { state: 'rolled_back', reason: 'process_died', summary: [phrase`As before.`], warnings: [] };
    },
    ...(world.canUndo ? { undo: (part, _, ctx) => undo(world, part, ctx) } : {}),
  };
}

async function undo(world: World, { intent, data }: PlanPart, ctx: RunContext): Promise<PartResult> {
  ctx.step(0, 'running');
  world.undone.push(data === null ? intent : `${intent} ${JSON.stringify(data)}`);
  await world.duringUndo();
  return { state: 'rolled_back', reason: 'done', summary: [phrase`As before.`], warnings: [] };
}

/** A host whose owners live and die at the test's word. */
export class FakeHosts implements Hosts {
  readonly dead = new Set<number>();
  readonly ended: string[] = [];
  constructor(private readonly pid: number) {}
  open(scope: HostScope): Host {
    return { name: `test ${scope.runId}` } as unknown as Host;
  }
  self(): ProcessIdentity {
    return { machine: 'test', pid: this.pid, startTime: '1' };
  }
  async placeOf(): Promise<null> {
    return null;
  }
  liveness(identity: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
    return this.dead.has(identity.pid) ? 'dead' : 'alive';
  }
  async endLeftovers(runId: string): Promise<[]> {
    this.ended.push(runId);
    return [];
  }
}

export function intentNamed(name: string, more: Partial<Intent> = {}): Intent {
  const fields = {
    source: `/src/${name}`,
    destination: `/dst/${name}`,
    exclude: [],
    compress: 'gzip',
    retention_days: null,
    min_keep: 3,
    require_mount: false,
  } as const;
  return {
    name,
    file: `/intents/${name}.yaml`,
    description: '',
    action: 'backup',
    stack: 'media',
    labelRequired: null,
    dependsOn: [],
    params: [],
    template: null,
    steps: [{ kind: 'files', action: 'backup', stack: 'media', fields }],
    ...more,
  };
}

/** What the backups of {@link intentNamed} belong to. */
export function keysOfNamed(name: string): OriginKeys {
  const [step] = intentNamed(name).steps;
  if (!step) throw new Error('it has no step');
  return keysOf(step);
}

export function catalogueOf(intents: Intent[]): Catalogue {
  return {
    find: (name) => intents.find((intent) => intent.name === name) ?? null,
    all: () => intents,
    problems: () => [],
    warning: () => null,
    outdated: () => null,
    suggest: () => intents.map(({ name }) => name).slice(0, 1),
  };
}

export interface Process {
  readonly pipeline: Pipeline;
  readonly ownership: Ownership;
  readonly hosts: FakeHosts;
  readonly events: RunEvent[];
  readonly logged: unknown[];
  readonly deps: CoreDeps;
  end(): Promise<void>;
}

/** A data directory with a real store, on which several processes can be started one beside the other. */
export class Installation {
  readonly world = new World();
  readonly intents: Intent[] = [intentNamed('photos'), intentNamed('films')];
  readonly redactor = new Redactor();
  now = new Date('2026-11-22T14:00:00Z');
  /** Who may do what; a test may change it at any time. */
  rules: Rules = { kind: 'open', keys: null };
  readonly #processes: Process[] = [];
  readonly #over = gate();
  #pid = 100;

  private constructor(readonly dataDir: string) {}

  static async create(): Promise<Installation> {
    return new Installation(await mkdtemp(join(tmpdir(), 'chatops-core-')));
  }

  /** Work that never ends by itself, as that of a process that died in the middle. */
  readonly hang = async (): Promise<undefined> => {
    await this.#over.opened;
    return undefined;
  };

  /** Changes the database behind the processes' backs. */
  async sql(statement: string, ...values: readonly (string | null)[]): Promise<void> {
    const database = await openDatabase(join(this.dataDir, 'chatops.db'), 5000);
    await database.write((sql) => sql.run(statement, ...values));
    await database.close();
  }

  async start(
    options: {
      store?: (store: Store) => Store;
      approvedLabel?: string;
      opsChannel?: boolean;
      /** What a policy says. */
      confirmRule?: (intent: Intent) => ConfirmRule;
      runSlots?: RunSlots;
      /** False: like a command, which ends in a moment. */
      stays?: boolean;
      /** Beside the one for files, or in its place. */
      executors?: readonly Executor[];
    } = {},
  ): Promise<Process> {
    const opened = await openSqliteStore({ dataDir: this.dataDir });
    const store = options.store?.(opened) ?? opened;
    const events: RunEvent[] = [];
    const logged: unknown[] = [];
    const log = (fields: object): void => void logged.push(fields);
    const hosts = new FakeHosts(this.#pid++);
    const bus = new EventBus((error) => logged.push(error));
    bus.subscribe((event) => events.push(event));
    const refusals = createRefusalAudit({
      store,
      log: { info: () => {}, warn: log, error: log },
      now: () => this.now,
    });
    const deps: CoreDeps = {
      store,
      refusals,
      catalogue: catalogueOf(this.intents),
      policy: rulesOf(() => this.rules),
      executors: new Map(
        [executorOf(this.world) as unknown as Executor, ...(options.executors ?? [])].map((one) => [
          one.kind,
          one,
        ]),
      ),
      hosts,
      circuits: createCircuits({ redact: (text) => text, now: () => this.now }),
      events: bus,
      redactor: this.redactor,
      secrets: { has: () => false, resolve: () => '' },
      log: { info: () => {}, warn: log, error: log },
      faults: createFaults({
        incidents: store.incidents,
        redact: this.redactor.data,
        log: { info: () => {}, warn: log, error: log },
        now: () => this.now,
        alerts: true,
        pace: { retryMs: 20, patienceMs: 200 },
      }),
      now: () => this.now,
      planningSlot: (_places, work) => work(),
      requests: { take: async () => true },
      runSlots: options.runSlots ?? { free: true, take: async () => () => {}, rest: () => {} },
      confirmRule: options.confirmRule ?? ((intent) => askedByPolicy(this.rules, subjectsOf(intent))),
      settings: {
        confirmTtlSeconds: 900,
        approvedLabel: options.approvedLabel ?? null,
        people: {
          approvalTtlSeconds: 3600,
          opsChannel: options.opsChannel ?? true,
          largeDeletion: { files: 1000, bytes: 100 * 2 ** 30 },
        },
        deadlines: { probeMs: 60_000, stallMs: 600_000, planMs: 600_000 },
      },
    };
    const ownership = new Ownership(deps, (looker) => recoverDeadRuns(deps, looker));
    await ownership.start({ stays: options.stays ?? true });
    const process: Process = {
      pipeline: createPipeline(deps, ownership),
      ownership,
      hosts,
      events,
      logged,
      deps,
      end: async () => {
        await refusals.end();
        await ownership.end();
        await opened.close();
      },
    };
    this.#processes.push(process);
    return process;
  }

  /** Ends what tests left hanging to play dead, then everything else. */
  async end(): Promise<void> {
    this.#over.open();
    for (const process of this.#processes) await process.pipeline.shutdown(0);
    for (const process of this.#processes) await process.end();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

export function request(intent: string, more: Partial<RunRequest> = {}): RunRequest {
  return { intent, params: {}, actor: alice, source: 'discord', dryRun: false, ...more };
}

/** Admits and prepares, and fails the test when that is refused. */
export async function previewed(
  process: Process,
  intent: string,
  more: Partial<RunRequest> = {},
): Promise<Run> {
  const admission = await process.pipeline.admit(request(intent, more));
  if (!admission.ok) throw new Error(`refused: ${admission.notice.code}`);
  return process.pipeline.prepare(admission.ticket);
}

/** A promise that the test resolves by hand. */
export function gate(): { readonly opened: Promise<void>; open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Resolves when the condition holds; fails after five seconds, unless told otherwise. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  ms = 5000,
): Promise<void> {
  for (let waited = 0; waited < ms; waited += 10) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`waited in vain until ${what}`);
}
