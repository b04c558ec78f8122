import { Counter } from 'prom-client';
import type { Into } from './names.js';

/** Counts who was not let in, and what was denied. */
export function authMetrics({ registers }: Into): (reason: string) => void {
  const failures = new Counter({
    name: 'chatops_auth_failures_total',
    help: 'Calls that were not let in, and requests and answers that were denied, by reason.',
    labelNames: ['reason'] as const,
    registers,
  });
  return (reason) => failures.inc({ reason });
}
