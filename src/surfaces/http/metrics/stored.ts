import { Gauge } from 'prom-client';
import type { Intent } from '../../../core/model/intent.js';
import { type HistoryStore, OPEN_STATES, type PastPart } from '../../../core/ports/history.js';
import { type Into, MS_PER_SECOND } from './names.js';

/** Where figures come from that concern every process, such as `chatops run` beside the bot. */
export interface StoredSources {
  /** The intents that there are now. One that is gone is gone from the metrics too. */
  intents(): readonly Intent[];
  readonly history: HistoryStore;
}

/** A last good backup of all steps of an intent. */
interface LastBackup {
  /** Seconds since 1970. */
  readonly at: number;
  readonly bytes: number;
  readonly seconds: number;
}

const OF_INTENT = ['intent_name', 'stack'] as const;

/** Gauges that are read from the store. Returns what reads them; call it before each scrape. Never rejects. */
export function storedMetrics({ registers }: Into, { intents, history }: StoredSources): () => Promise<void> {
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({ name, help, labelNames: [...labelNames], registers });
  const up = gauge('chatops_store_up', '1 while the database can be read.', []);
  const open = gauge('chatops_runs_open', 'Runs of all processes that have not ended, by state.', ['state']);
  const info = gauge('chatops_intent_info', 'Always 1, for each intent that there is.', [
    ...OF_INTENT,
    'action',
  ]);
  const lastAt = gauge(
    'chatops_backup_last_success_timestamp_seconds',
    'When the last successful backup was finished.',
    OF_INTENT,
  );
  const lastBytes = gauge(
    'chatops_backup_last_success_size_bytes',
    'What the last successful backup left.',
    OF_INTENT,
  );
  const lastSeconds = gauge(
    'chatops_backup_last_success_duration_seconds',
    'How long the last successful backup took.',
    OF_INTENT,
  );
  const lastWell = gauge(
    'chatops_backup_last_run_success',
    '1 when the newest run of the backup succeeded, 0 when it did not.',
    OF_INTENT,
  );
  const all = [open, info, lastAt, lastBytes, lastSeconds, lastWell];

  const read = async (): Promise<void> => {
    const there = intents();
    const backups = there.filter(({ action }) => action === 'backup').map(({ name }) => name);
    const [counts, newest, ends] = await Promise.all([
      history.open(),
      history.newest(),
      history.lastEnds(backups),
    ]);
    const pasts = new Map(newest.map((past) => [`${past.step} ${past.intent}`, past]));
    for (const each of all) each.reset();
    for (const state of OPEN_STATES) open.set({ state }, counts[state]);
    for (const intent of there) {
      const labels = { intent_name: intent.name, stack: intent.stack };
      info.set({ ...labels, action: intent.action }, 1);
      const end = ends.get(intent.name);
      if (end !== undefined) lastWell.set(labels, Number(end === 'succeeded'));
      const last = lastBackup(intent, (step) => pasts.get(`${step} ${intent.name}`));
      if (last === null) continue;
      lastAt.set(labels, last.at);
      lastBytes.set(labels, last.bytes);
      lastSeconds.set(labels, last.seconds);
    }
  };
  return async () => {
    try {
      await read();
      up.set(1);
    } catch {
      // No figure is better than an old one that looks like a new one; /readyz says what is wrong.
      for (const each of all) each.reset();
      up.set(0);
    }
  };
}

/**
 * An intent is backed up as far as its step that was backed up longest ago. Steps count by themselves: they
 * may have run because another intent depends on theirs.
 */
function lastBackup(
  { steps, action }: Intent,
  pastOf: (step: number) => PastPart | undefined,
): LastBackup | null {
  const pasts = steps.flatMap((step, index) => (step.action === 'backup' ? [pastOf(index)] : []));
  const known = pasts.filter((past) => past !== undefined);
  if (action !== 'backup' || known.length === 0 || known.length < pasts.length) return null;
  return {
    at: Math.min(...known.map(({ finishedAt }) => Date.parse(finishedAt))) / MS_PER_SECOND,
    bytes: known.reduce((sum, { artifactBytes }) => sum + artifactBytes, 0),
    seconds: known.reduce((sum, { tookMs }) => sum + tookMs, 0) / MS_PER_SECOND,
  };
}
