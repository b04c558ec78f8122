import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Artifact } from '../../../src/core/model/artifact.js';
import type { FieldsByKind, IntentKind } from '../../../src/core/model/intent.js';
import { plain } from '../../../src/core/model/phrase.js';
import type { Json, PlanDraft, PlanPart } from '../../../src/core/model/plan.js';
import type { ProgressSnapshot } from '../../../src/core/model/run.js';
import type {
  Executor,
  JournalEntry,
  PartResult,
  PlanContext,
  RunContext,
} from '../../../src/core/ports/executor.js';
import type { Host } from '../../../src/core/ports/host.js';
import { createLocalHosts } from '../../../src/hosts/local.js';

/** A folder of its own, a real local host, and contexts that keep in memory what the store would keep. */
export class Lab {
  readonly root = mkdtempSync(join(tmpdir(), 'chatops-test-'));
  readonly intent = 'photos';
  readonly artifacts: Artifact[] = [];
  /** Of other origins. */
  readonly others: Artifact[] = [];
  /** What parameters decide. */
  label = '';
  readonly journal: JournalEntry[] = [];
  readonly log: string[] = [];
  readonly progress: Omit<ProgressSnapshot, 'part' | 'step'>[] = [];
  readonly steps: string[] = [];
  readonly secrets = new Map<string, string>();
  plannedAt = new Date('2026-11-22T14:17:00Z');
  remembered: Json = null;
  /** What runs of before left down. */
  leftDown: ReadonlySet<string> = new Set();
  stop = new AbortController();
  dryRun = false;
  environment: NodeJS.ProcessEnv = process.env;
  /** Changes the host, for what can't be caused otherwise. */
  adapt: (host: Host) => Host = (host) => host;

  path(...names: string[]): string {
    return join(this.root, ...names);
  }

  host(): Host {
    const host = createLocalHosts(this.environment).open({
      runId: 'r-test',
      signal: this.stop.signal,
      resolveSecret: (name) => this.secrets.get(name) ?? '',
      onChild: async () => {},
      onOutput: (_stream, line) => this.log.push(line),
    });
    return this.adapt(host);
  }

  planContext(): PlanContext {
    return {
      intent: this.intent,
      stack: 'media',
      host: this.host(),
      signal: this.stop.signal,
      plannedAt: this.plannedAt,
      dryRun: this.dryRun,
      hasSecret: (name) => this.secrets.has(name),
      label: this.label,
      artifacts: async () => this.artifacts.filter(({ deletedAt }) => deletedAt === null),
      neighbours: async () => [
        ...this.artifacts.filter(({ deletedAt }) => deletedAt === null),
        ...this.others,
      ],
      remembered: async () => this.remembered,
      leftDown: async () => this.leftDown,
    };
  }

  runContext(): RunContext {
    return {
      runId: 'r-test',
      intent: this.intent,
      origin: null,
      host: this.host(),
      signal: this.stop.signal,
      now: () => new Date(),
      journal: async (kind, data) => void this.journal.push({ kind, data }),
      note: async (kind, data) => void this.journal.push({ kind, data }),
      step: (index, state) => this.steps.push(`${index} ${state}`),
      progress: (update) => this.progress.push(update),
      addArtifact: async (artifact) => {
        this.artifacts.push({
          ...artifact,
          runId: 'r-test',
          intent: this.intent,
          deletedAt: null,
          origin: null,
        });
      },
      artifactDeleted: async (path) => {
        const at = this.artifacts.findIndex((artifact) => artifact.path === path);
        const found = this.artifacts[at];
        if (found) this.artifacts[at] = { ...found, deletedAt: new Date().toISOString() };
      },
      output: (line) => void this.log.push(line),
      remember: (facts) => {
        this.remembered = facts;
      },
    };
  }

  /** Plans, and stores the plan as the core does: as JSON. */
  async plan<Kind extends IntentKind, Data extends Json>(
    executor: Executor<Kind, Data>,
    fields: FieldsByKind[Kind],
  ): Promise<PlanPart<Data>> {
    const draft = await executor.plan(fields, this.planContext());
    const stored = JSON.parse(JSON.stringify(draft)) as PlanDraft<Data>;
    return { ...stored, intent: this.intent, kind: executor.kind, action: 'backup', stack: 'media' };
  }

  clean(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** The codes of a plan's blockers or warnings. */
export function codes(notices: PlanDraft['blockers']): string[] {
  return notices.map(({ code }) => code);
}

/** Everything that a part's end says, as one text. */
export function said(result: PartResult): string {
  return result.summary.map(plain).join(' ');
}

/** The codes of a part's warnings, without what other tests' containers, on the same engine, are to it. */
export function told(result: PartResult): string[] {
  return codes(result.warnings).filter((code) => code !== 'users_unknown');
}
