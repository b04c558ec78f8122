import { Counter } from 'prom-client';
import type { Into } from './names.js';

/** Counts calls that were refused, too large or too slow. */
export type CountRefusal = (refusal: { readonly reason: string; readonly path: string }) => void;

export function httpMetrics({ registers }: Into): CountRefusal {
  const refused = new Counter({
    name: 'chatops_http_refused_total',
    help: 'Calls and connections that were refused, by reason and path.',
    labelNames: ['reason', 'path'] as const,
    registers,
  });
  return ({ reason, path }) => refused.inc({ reason, path });
}
