import { Counter, Gauge, Histogram } from 'prom-client';
import { type Into, MS_PER_SECOND } from './names.js';

/** How the connection to Discord is. */
export interface GatewayFigures {
  readonly state: 'ready' | 'connecting' | 'disconnected';
  /** Null before the first heartbeat was answered. */
  readonly pingMs: number | null;
  /** How often it was lost and sought again. */
  readonly reconnects: number;
}

/** What Discord's side tells the metrics. */
export interface AnswerMetrics {
  /** The first answer to an interaction arrived, `ms` after the interaction did. */
  answered(kind: string, ms: number): void;
  /** There was none within Discord's 3 s. */
  missed(kind: string): void;
}

/** Seconds, dense below the 3 s in which Discord wants an answer. */
const ANSWER_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 2.5, 3, 5];
const STATES = ['ready', 'connecting', 'disconnected'] as const;

/** @param gateway null while Discord is off */
export function discordMetrics({ registers }: Into, gateway: () => GatewayFigures | null): AnswerMetrics {
  const first = new Histogram({
    name: 'chatops_discord_first_answer_seconds',
    help: 'From the arrival of an interaction to the first answer that Discord accepted.',
    labelNames: ['kind'] as const,
    buckets: ANSWER_BUCKETS,
    registers,
  });
  const missed = new Counter({
    name: 'chatops_discord_answers_missed_total',
    help: 'Interactions without an accepted answer within 3 s.',
    labelNames: ['kind'] as const,
    registers,
  });
  for (const kind of ['command', 'button', 'autocomplete']) missed.inc({ kind }, 0);
  new Gauge({
    name: 'chatops_discord_gateway_state',
    help: '1 for the state that the connection to Discord is in, 0 for the others. Absent while Discord is off.',
    labelNames: ['state'] as const,
    registers,
    collect() {
      this.reset();
      const now = gateway();
      if (now !== null) for (const state of STATES) this.set({ state }, Number(state === now.state));
    },
  });
  new Gauge({
    name: 'chatops_discord_gateway_ping_seconds',
    help: 'How long Discord took to answer the last heartbeat.',
    registers,
    collect() {
      this.remove();
      const ms = gateway()?.pingMs ?? null;
      if (ms !== null) this.set(ms / MS_PER_SECOND);
    },
  });
  new Counter({
    name: 'chatops_discord_gateway_reconnects_total',
    help: 'How often the connection to Discord was lost and sought again.',
    registers,
    collect() {
      this.reset();
      this.inc(gateway()?.reconnects ?? 0);
    },
  });
  return {
    answered: (kind, ms) => first.observe({ kind }, ms / MS_PER_SECOND),
    missed: (kind) => missed.inc({ kind }),
  };
}
