import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { App, CliDeps } from '../../src/cli/deps.js';
import { runCli } from '../../src/cli.js';
import { createRefusalAudit } from '../../src/core/access/refusal-audit.js';
import { createArtifactDesk } from '../../src/core/admission/adoption.js';
import { plainReads } from '../../src/core/documents/reads.js';
import { createCircuitDesk } from '../../src/core/incidents/circuit-desk.js';
import { openCatalogue } from '../../src/core/intent/catalogue.js';
import { NOTHING_SAID } from '../../src/core/model/confirm-rule.js';
import type { Diagnosis } from '../../src/core/model/diagnosis.js';
import { type Phrase, phrase } from '../../src/core/model/phrase.js';
import type { PlanDraft } from '../../src/core/model/plan.js';
import type { Actor } from '../../src/core/model/request.js';
import type { Run } from '../../src/core/model/run.js';
import { createPipeline, type Pipeline } from '../../src/core/pipeline.js';
import type { PolicyFiles } from '../../src/core/policy/source.js';
import type { CoreDeps } from '../../src/core/ports/deps.js';
import { EventBus } from '../../src/core/ports/events.js';
import type { Executor, PartResult, RunContext } from '../../src/core/ports/executor.js';
import { Redactor } from '../../src/core/ports/redact.js';
import type { Store } from '../../src/core/ports/store.js';
import { Ownership } from '../../src/core/records/ownership.js';
import { recoverDeadRuns } from '../../src/core/recovery/recovery.js';
import { createScheduleDesk } from '../../src/core/schedule/desk.js';
import { openSchedules } from '../../src/core/schedule/source.js';
import { archiveReader } from '../../src/executors/adopt.js';
import { createCircuits } from '../../src/limits/circuits.js';
import { openSqliteStore } from '../../src/store/sqlite.js';
import { FakeHosts } from '../core/harness.js';
import { rulesOf } from '../support/rules.js';

export const OPERATOR: Actor = { kind: 'operator', id: 'ada', name: 'ada' };

/** What the test's executor plans and does. */
export class Work {
  plan: Partial<PlanDraft> = {};
  titles: Phrase[] = [
    phrase`Copy 1.8 GiB to ${{ code: '/srv/backups/photos' }}.`,
    phrase`Check the archive.`,
  ];
  planning: () => Promise<void> = async () => {};
  run: (ctx: RunContext) => Promise<Partial<PartResult>> = async (ctx) => {
    for (const [index] of this.titles.entries()) {
      ctx.step(index, 'running');
      ctx.step(index, 'done');
    }
    return {};
  };
  /** How often run() was entered. */
  ran = 0;
}

function executorOf(work: Work): Executor<'files'> {
  return {
    kind: 'files',
    plan: async (fields) => {
      await work.planning();
      return {
        steps: work.titles.map((title) => ({
          title,
          commands: [['tar', '-cf', fields.destination, { secret: 'NAS_PASSWORD' }, "it's"]],
        })),
        effects: [{ kind: 'write', target: fields.destination, bytes: 1000, files: 3, estimate: false }],
        touches: [`path:${fields.destination}`],
        warnings: [],
        blockers: [],
        targets: null,
        data: null,
        ...work.plan,
      };
    },
    run: async (_part, ctx) => {
      work.ran += 1;
      const result = await work.run(ctx);
      return {
        state: 'succeeded',
        reason: 'done',
        summary: [phrase`1.8 GiB copied.`],
        warnings: [],
        ...result,
      };
    },
    recover: async () => ({ summary: [] }),
  };
}

export interface Session {
  readonly exitCode: Promise<number>;
  out(): string;
  err(): string;
  /** Resolves when stdout holds the text. */
  saw(text: string): Promise<void>;
  type(text: string): void;
  endInput(): void;
  interrupt(): void;
  /** Writing to stdout fails from now on: `EPIPE` when its reader went away. */
  breakOutput(code: string): void;
}

export interface SessionOptions {
  readonly tty?: boolean;
  readonly columns?: number;
  readonly env?: Record<string, string>;
  readonly open?: () => Promise<App>;
  readonly operator?: Actor;
}

/** A data directory and an intents folder with a real pipeline, store and catalogue; only the work is scripted. */
export class Installation {
  readonly work = new Work();
  /** Executors beside the one for files. */
  readonly executors: Executor[] = [];
  now = new Date('2026-11-22T14:00:00Z');
  pipeline: Pipeline | null = null;
  store: Store | null = null;
  /** Where the rules are configured. */
  policy: PolicyFiles = { policyFile: null, rbac: { file: null, json: null } };
  schedulesFile: string | null = null;
  /** What the doctor finds. */
  diagnosis: Diagnosis = { ok: true, checks: [] };
  /** What dead processes left, and is put right before a command works. */
  repair: () => Promise<readonly Run[]> = async () => [];
  opened = 0;
  closed = 0;
  started = 0;

  private constructor(readonly folder: string) {}

  static async create(): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), 'chatops-cli-'));
    const installation = new Installation(folder);
    await mkdir(installation.intentsDir);
    await installation.intent('photos', 'description: Family photos');
    return installation;
  }

  get intentsDir(): string {
    return join(this.folder, 'intents');
  }

  intent(name: string, more = ''): Promise<void> {
    const lines = ['action: backup', 'backup_type: files', 'stack: media', 'source: /srv/photos'];
    const text = `${[...lines, 'destination: /srv/backups', more].join('\n')}\n`;
    return writeFile(join(this.intentsDir, `${name}.yaml`), text);
  }

  async open(): Promise<App> {
    this.opened += 1;
    const store = await openSqliteStore({ dataDir: join(this.folder, 'data') });
    const catalogue = await openCatalogue({ dir: this.intentsDir });
    const ignore = (): void => {};
    const silent = { info: ignore, warn: ignore, error: ignore };
    const refusals = createRefusalAudit({ store, log: silent, now: () => this.now });
    const deps: CoreDeps = {
      store,
      refusals,
      catalogue,
      policy: rulesOf(),
      executors: new Map(
        [executorOf(this.work) as unknown as Executor, ...this.executors].map((one) => [one.kind, one]),
      ),
      hosts: new FakeHosts(100),
      circuits: createCircuits({ redact: (text) => text }),
      events: new EventBus((error) => {
        throw error;
      }),
      redactor: new Redactor(),
      secrets: { has: () => false, resolve: () => '' },
      log: silent,
      faults: {
        open: ignore,
        clear: ignore,
        list: () => [],
        blocking: () => null,
        accept: async () => false,
        tellBy: ignore,
        end: ignore,
      },
      planningSlot: (_places, work) => work(),
      requests: { take: async () => true },
      runSlots: { free: true, take: async () => () => {}, rest: () => {} },
      confirmRule: () => NOTHING_SAID,
      now: () => this.now,
      settings: {
        confirmTtlSeconds: 900,
        approvedLabel: 'prod',
        people: {
          approvalTtlSeconds: 3600,
          opsChannel: true,
          largeDeletion: { files: 1000, bytes: 100 * 2 ** 30 },
        },
        deadlines: { probeMs: 60_000, stallMs: 600_000, planMs: 600_000 },
      },
    };
    const ownership = new Ownership(deps, (looker) => recoverDeadRuns(deps, looker));
    await ownership.start();
    this.pipeline = createPipeline(deps, ownership);
    this.store = store;
    return {
      pipeline: this.pipeline,
      catalogue,
      runs: store.runs,
      audit: store.audit,
      missing: null,
      repair: () => this.repair(),
      artifacts: createArtifactDesk(deps, archiveReader),
      circuitDesk: createCircuitDesk(deps),
      scheduleDesk: createScheduleDesk({
        ...deps,
        schedules: await openSchedules({ file: this.schedulesFile, catalogue }),
        reloadIntents: () => catalogue.reload(),
      }),
      close: async () => {
        this.closed += 1;
        await refusals.end();
        await ownership.end();
        await store.close();
      },
    };
  }

  /** Starts a command and lets the test talk to it. */
  start(
    argv: string[],
    { tty = false, columns = 80, env = {}, open, operator = OPERATOR }: SessionOptions = {},
  ): Session {
    const [stdout, stderr, stdin] = [0, 1, 2].map(() =>
      Object.assign(new PassThrough(), { isTTY: tty, columns }),
    );
    if (!stdout || !stderr || !stdin) throw new Error('no streams');
    const texts = { out: '', err: '' };
    stdout.setEncoding('utf8').on('data', (text: string) => {
      texts.out += text;
    });
    stderr.setEncoding('utf8').on('data', (text: string) => {
      texts.err += text;
    });
    const listeners = new Set<() => void>();
    const deps: CliDeps = {
      reads: plainReads,
      open: open ?? (() => this.open()),
      start: async () => {
        this.started += 1;
        return 0;
      },
      doctor: async () => this.diagnosis,
      playground: async () => 0,
      intentsDir: () => this.intentsDir,
      schedulesFile: () => this.schedulesFile,
      policyFiles: () => this.policy,
      version: '1.2.3',
      operator,
      stdin,
      stdout,
      stderr,
      env,
      onInterrupt: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      now: () => this.now,
    };
    return {
      exitCode: runCli(argv, deps),
      out: () => texts.out,
      err: () => texts.err,
      saw: (text) =>
        new Promise((resolve) => {
          const look = (): void => {
            if (texts.out.includes(text)) resolve();
          };
          stdout.on('data', look);
          look();
        }),
      type: (text) => stdin.write(text),
      endInput: () => stdin.end(),
      interrupt: () => {
        for (const listener of [...listeners]) listener();
      },
      breakOutput: (code) => stdout.destroy(Object.assign(new Error(`write ${code}`), { code })),
    };
  }

  /** Runs a command to its end. */
  async run(argv: string[], options: SessionOptions = {}) {
    const session = this.start(argv, options);
    const exitCode = await session.exitCode;
    return { exitCode, out: session.out(), err: session.err() };
  }

  /** Runs a command with `--json` and parses what it printed. */
  async json(argv: string[], options: SessionOptions = {}) {
    const { exitCode, out, err } = await this.run([...argv, '--json'], options);
    return { exitCode, value: JSON.parse(out), err };
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

/** A promise that the test resolves by hand. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
