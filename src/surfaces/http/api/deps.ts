import type { CircuitDesk } from '../../../core/incidents/circuit-desk.js';
import type { Catalogue } from '../../../core/model/intent.js';
import type { Pipeline } from '../../../core/pipeline.js';
import type { Log } from '../../../core/ports/log.js';
import type { RunStore } from '../../../core/ports/store.js';
import type { ScheduleDesk } from '../../../core/schedule/desk.js';
import type { AuthFailure } from '../access/guard.js';
import type { Metrics } from '../metrics/metrics.js';
import type { Readiness } from './readiness.js';

/** What the API stands on. */
export interface ApiDeps {
  readonly pipeline: Pick<
    Pipeline,
    'events' | 'admit' | 'turnDown' | 'prepare' | 'decide' | 'stop' | 'check' | 'visible' | 'status' | 'seen'
  >;
  readonly catalogue: Pick<Catalogue, 'all' | 'find' | 'warning'>;
  readonly runs: Pick<RunStore, 'get' | 'list' | 'readLog'>;
  readonly circuits: CircuitDesk;
  readonly schedules: Pick<ScheduleDesk, 'list' | 'reload' | 'runNow'>;
  readonly metrics: Pick<Metrics, 'contentType' | 'render' | 'authFailed' | 'refused'>;
  ready(): Promise<Readiness>;
  /** Told of every call that was not let in, and of every right that the core denied. */
  onAuthFailure(failure: AuthFailure): void;
  /** The JSON text of an answer, its secrets masked. */
  redactedJson(value: unknown): string;
  readonly log: Log;
  readonly version: string;
  /** The folder of the intents: what a text to be checked is read as a file of. */
  readonly intentsDir: string;
  /** The label of this installation. */
  readonly approvedLabel: string | null;
}
