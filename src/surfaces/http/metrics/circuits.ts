import { Gauge } from 'prom-client';
import type { Into } from './names.js';

/** What isn't asked now, by target. */
export function circuitMetrics(
  { registers }: Into,
  open: () => readonly { readonly target: string }[],
): void {
  new Gauge({
    name: 'chatops_circuit_open',
    help: '1 for what did not answer several times in a row and is not asked for now.',
    labelNames: ['target'] as const,
    registers,
    collect() {
      this.reset();
      for (const { target } of open()) this.set({ target }, 1);
    },
  });
}
