import type { AuditEntry } from '../../src/core/model/audit.js';
import type { Plan } from '../../src/core/model/plan.js';
import type { Run } from '../../src/core/model/run.js';
import type { Store } from '../../src/core/ports/store.js';
import { alice, samplePlan, sampleRun } from './samples.js';

const TEXT =
  'sending incremental file list: photos/2026/holiday/IMG_0000.jpg 1,204,224 100% 31.04MB/s 0:00:00\n';

/** A plan of about 3 KB, as one of a backup with some commands is. */
function planOf(intent: string): Plan {
  const plan = samplePlan([`path:/srv/backups/${intent}`]);
  const commands = [
    [
      'rsync',
      '-aHAX',
      '--numeric-ids',
      ...Array.from({ length: 18 }, (_, index) => `--exclude=/srv/photos/cache-${index}/thumbnails`),
    ],
  ];
  const steps = Array.from({ length: 3 }, () => ({
    title: ['Copy ', { code: `/srv/${intent}` }, '.'],
    commands,
  }));
  return { ...plan, intent, parts: plan.parts.map((part) => ({ ...part, intent, steps })) };
}

/** Writes the story of runs as the pipeline does, with its rows in the audit trail, at times of the past. */
export class PastRuns {
  #count: number;

  /** @param from where the numbers of its runs begin */
  constructor(
    private readonly store: Store,
    from = 0,
  ) {
    this.#count = from;
  }

  /** One run that did something. */
  async run(intent: string, at: Date, state: 'succeeded' | 'failed' = 'succeeded'): Promise<string> {
    const { runs, artifacts, history } = this.store;
    const time = at.toISOString();
    const id = this.#id();
    const row = (event: string, detail: AuditEntry['detail'] = {}): AuditEntry => ({
      at: time,
      event,
      actor: alice,
      source: 'schedule',
      runId: id,
      intent,
      detail,
    });
    const outcome = {
      state,
      reason: 'done',
      summary: [['1.8 GiB → 604 MiB, verified.']],
      warnings: [],
      tail: [],
    } as const;
    await runs.insert(
      this.#draft(id, intent, time, false),
      row('planned', { fingerprint: 'f'.repeat(64), dryRun: false }),
    );
    await runs.transition(id, 'planned', 'awaiting', { owner: null, expiresAt: time }, row('awaiting'));
    await runs.transition(
      id,
      'awaiting',
      'queued',
      { decidedBy: alice, queuedAt: time, owner: 'o-1' },
      row('confirmed', { fingerprint: 'f'.repeat(64) }),
    );
    await runs.transition(id, 'queued', 'running', { startedAt: time }, row('running'));
    await Promise.all([
      ...['part_started', 'touching', 'child', 'part_ended'].map((kind) =>
        runs.appendJournal(id, 0, kind, { pid: 4242, group: 4242, path: `/srv/backups/${intent}/.partial` }),
      ),
      runs.writeLog(id, TEXT.repeat(15)),
      artifacts.add({
        runId: id,
        intent,
        path: `/srv/backups/${intent}/mirror`,
        kind: 'mirror',
        size: 1,
        sha256: null,
        files: 3,
        createdAt: time,
        verified: 'read',
        deletedAt: null,
        origin: null,
      }),
      history.add(intent, 0, {
        runId: id,
        finishedAt: time,
        tookMs: 1000,
        stepsMs: {},
        workBytes: 1,
        artifactBytes: 1,
      }),
    ]);
    await runs.transition(
      id,
      'running',
      state,
      { finishedAt: time, owner: null, outcome },
      row('finished', { state, reason: 'done' }),
    );
    return id;
  }

  /** A dry run. */
  async dryRun(intent: string, at: Date): Promise<string> {
    const time = at.toISOString();
    const id = this.#id();
    const row = {
      at: time,
      event: 'planned',
      actor: alice,
      source: 'http',
      runId: id,
      intent,
      detail: { dryRun: true },
    } as const;
    await this.store.runs.insert(this.#draft(id, intent, time, true), row);
    return id;
  }

  #id(): string {
    this.#count += 1;
    return `r-${this.#count.toString(36)}x${this.#count}`;
  }

  #draft(id: string, intent: string, time: string, dryRun: boolean): Run {
    return sampleRun({
      id,
      intent,
      createdAt: time,
      expiresAt: null,
      dryRun,
      state: 'planned',
      plan: planOf(intent),
    });
  }
}
