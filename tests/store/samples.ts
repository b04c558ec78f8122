import type { Artifact } from '../../src/core/model/artifact.js';
import type { AuditEntry } from '../../src/core/model/audit.js';
import type { Plan } from '../../src/core/model/plan.js';
import type { Run } from '../../src/core/model/run.js';

/** An instant `minutes` after a fixed one. */
export function at(minutes: number): string {
  return new Date(Date.UTC(2026, 10, 22, 14, minutes)).toISOString();
}

export const alice = { kind: 'user', id: '100', name: 'alice' } as const;
export const bob = { kind: 'user', id: '200', name: 'bob' } as const;

export function samplePlan(touches: readonly string[] = ['path:/srv/backups/plex']): Plan {
  return {
    intent: 'plex-files',
    action: 'backup',
    stack: 'media',
    plannedAt: at(0),
    parts: [
      {
        intent: 'plex-files',
        kind: 'files',
        action: 'backup',
        stack: 'media',
        steps: [{ title: ['Copy ', { code: '/opt/plex' }, '.'], commands: [['tar', { secret: 'KEY' }]] }],
        effects: [{ kind: 'write', target: '/srv/backups/plex', bytes: 1800, files: 3, estimate: false }],
        touches,
        warnings: [],
        blockers: [],
        targets: { inode: 7 },
        data: null,
      },
    ],
    touches,
    fingerprint: 'f'.repeat(64),
  };
}

export function sampleRun(changes: Partial<Run> = {}): Run {
  return {
    id: 'r-0001',
    intent: 'plex-files',
    action: 'backup',
    stack: 'media',
    params: { level: 3, quick: true, note: 'a "b" ü' },
    actor: alice,
    source: 'discord',
    dryRun: false,
    state: 'awaiting',
    createdAt: at(0),
    expiresAt: at(15),
    decidedBy: null,
    queuedAt: null,
    startedAt: null,
    finishedAt: null,
    owner: null,
    plan: samplePlan(),
    outcome: null,
    progress: null,
    shown: null,
    reported: false,
    stopRequestedBy: null,
    previous: null,
    ...changes,
  };
}

export function sampleAudit(changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    at: at(0),
    event: 'planned',
    actor: alice,
    source: 'discord',
    runId: 'r-0001',
    intent: 'plex-files',
    detail: { b: 1, a: [true, null, { z: 'ü', y: '' }] },
    ...changes,
  };
}

/** Of what no run of today has made. */
export const NO_ORIGIN = { key: '{}', before: null, isPlain: true } as const;

export function sampleArtifact(changes: Partial<Artifact> = {}): Artifact {
  return {
    runId: 'r-0001',
    intent: 'plex-files',
    path: '/srv/backups/plex/1.tar.zst',
    kind: 'archive',
    size: 5_000_000_000,
    sha256: 'a'.repeat(64),
    files: 214,
    createdAt: at(1),
    verified: 'read',
    deletedAt: null,
    origin: null,
    ...changes,
  };
}
