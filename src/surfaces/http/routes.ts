import { PROBLEM_TYPE, type Problem, problemJson } from './problem.js';

/** One thing that must be so before ChatOps can do its work. */
export interface ReadyCheck {
  /** `store`, `discord`, `shutdown`. */
  readonly name: string;
  readonly ok: boolean;
  /** A sentence: what is so, and what would help when it is not ok. */
  readonly detail: string;
}

/** Is ChatOps ready? Warnings, such as broken intent files, don't make it unready. */
export interface Readiness {
  readonly checks: readonly ReadyCheck[];
  readonly warnings: readonly string[];
}

/** What the side port serves. */
export interface SidePortSources {
  ready(): Promise<Readiness>;
  readonly metrics: { readonly contentType: string; render(): Promise<string> };
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly allow?: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';

function json(status: number, value: unknown): Answer {
  return { status, type: JSON_TYPE, body: `${JSON.stringify(value)}\n` };
}

export function problemAnswer(problem: Problem): Answer {
  return { status: problem.status, type: PROBLEM_TYPE, body: problemJson(problem) };
}

async function readyz({ ready }: SidePortSources): Promise<Answer> {
  const { checks, warnings } = await ready();
  const ok = checks.every((check) => check.ok);
  return json(ok ? 200 : 503, { status: ok ? 'ready' : 'not ready', checks, warnings });
}

const ROUTES: ReadonlyMap<string, (sources: SidePortSources) => Promise<Answer>> = new Map([
  ['/healthz', async () => json(200, { status: 'ok' })],
  ['/readyz', readyz],
  [
    '/metrics',
    async ({ metrics }: SidePortSources) => ({
      status: 200,
      type: metrics.contentType,
      body: await metrics.render(),
    }),
  ],
]);

/** Answers one request by its method and target (path and query). */
export async function answer(sources: SidePortSources, method: string, target: string): Promise<Answer> {
  const [path = ''] = target.split('?');
  const route = ROUTES.get(path);
  if (!route) {
    const known = [...ROUTES.keys()].join(', ');
    return problemAnswer({ status: 404, title: 'Not found', detail: `The side port serves ${known}.` });
  }
  if (method !== 'GET' && method !== 'HEAD') {
    const detail = `${path} answers GET and HEAD only.`;
    return { ...problemAnswer({ status: 405, title: 'Method not allowed', detail }), allow: 'GET, HEAD' };
  }
  return route(sources);
}
