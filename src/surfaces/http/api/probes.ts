import type { ApiDeps } from './deps.js';
import { json, type Operation, operation } from './operation.js';
import { HealthAnswer, ReadyAnswer } from './schemas.js';

/** What orchestrators and Prometheus ask: no key, no address list, no rate limit. */
export function probes({ ready, metrics }: Pick<ApiDeps, 'ready' | 'metrics'>): readonly Operation[] {
  return [
    operation({
      id: 'health',
      method: 'GET',
      path: '/healthz',
      summary: 'Does the process live?',
      endpoint: null,
      answers: { 200: { description: 'It does.', schema: HealthAnswer } },
      handle: () => json(200, { status: 'ok' }),
    }),
    operation({
      id: 'ready',
      method: 'GET',
      path: '/readyz',
      summary: 'Can it do its work?',
      endpoint: null,
      answers: {
        200: { description: 'It can.', schema: ReadyAnswer },
        503: { description: 'It can’t; the checks say why.', schema: ReadyAnswer },
      },
      handle: async () => {
        const { checks, warnings } = await ready();
        const ok = checks.every((check) => check.ok);
        return json(ok ? 200 : 503, { status: ok ? 'ready' : 'not ready', checks, warnings });
      },
    }),
    operation({
      id: 'metrics',
      method: 'GET',
      path: '/metrics',
      summary: 'Figures for Prometheus',
      endpoint: null,
      answers: { 200: { description: 'Prometheus’ text format.', type: 'text/plain' } },
      handle: async () => ({ status: 200, type: metrics.contentType, body: await metrics.render() }),
    }),
  ];
}
