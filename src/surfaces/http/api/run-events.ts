import type { ServerResponse } from 'node:http';
import { isBeingPlanned, isFinal, type ProgressSnapshot, type Run } from '../../../core/model/run.js';
import type { RunEvent } from '../../../core/ports/events.js';
import { runJson } from '../../../core/views/views.js';
import { ProblemError } from '../problem.js';
import type { ApiDeps } from './deps.js';
import { json, type Operation, operation } from './operation.js';
import { RunPath } from './request-schemas.js';
import { visibleRun } from './runs.js';

/** Streams at one time; each holds a connection and looks into the store. */
const MOST_STREAMS = 100;
/** A run can belong to another process, whose events don't come here; ms. */
const LOOK_EVERY = 2000;
/** Progress is told at most this often, ms. */
const PROGRESS_EVERY = 500;
/** Proxies cut connections on which nothing is said; ms. */
const COMMENT_EVERY = 15_000;
/** A reader that is this many bytes behind is cut off. */
const MOST_UNREAD = 1024 * 1024;
/** The id of the last event: a client that comes back with it has seen the end. */
const END = 'end';

/** `GET /runs/{id}/events`: a run as server-sent events, from how it is now to its end. */
export function runEventsOperation(deps: ApiDeps): Operation {
  let streams = 0;
  return operation({
    id: 'runEvents',
    method: 'GET',
    path: '/runs/{id}/events',
    summary: 'Follow a run',
    description:
      'Server-sent events. First `snapshot` (the run as it is now), then `queued`, `running`, `step`, `progress`, and last `finished` (the run with its outcome), after which the stream ends. A client that reconnects gets a new snapshot.',
    endpoint: 'runs',
    params: RunPath,
    requestHeaders: { 'Last-Event-ID': '`end` is answered with 204: everything was seen.' },
    answers: {
      200: { description: 'The events.', type: 'text/event-stream' },
      204: { description: 'The client has seen the run’s end.' },
    },
    problems: [403, 404, 503],
    handle: async ({ params, actor, from, headers }) => {
      const run = await visibleRun(deps, params.id, actor, from);
      if (headers['last-event-id'] === END && isOver(run)) return json(204, null);
      if (streams >= MOST_STREAMS) throw tooMany();
      return {
        stream: (response) => {
          // Whoever left while the run was read closes nothing any more.
          if (response.destroyed) return;
          streams += 1;
          response.once('close', () => {
            streams -= 1;
          });
          follow(deps, run.id, response);
        },
      };
    },
  });
}

function tooMany(): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'rate_limited',
    detail: `${MOST_STREAMS} streams of events are open already.`,
  });
}

function isOver(run: Run): boolean {
  return isFinal(run.state) || (run.dryRun && run.state === 'planned' && !isBeingPlanned(run));
}

function follow({ pipeline, runs, redactedJson, log }: ApiDeps, id: string, response: ServerResponse): void {
  let progress: ProgressSnapshot | null = null;
  let told: string | null = null;
  /** What happens while the snapshot is read; null once that is sent. */
  let early: RunEvent[] | null = [];

  const write = (text: string): void => {
    if (response.writableEnded || response.destroyed) return;
    if (response.writableLength > MOST_UNREAD) response.destroy();
    else response.write(text);
  };
  const send = (event: string, data: unknown, eventId?: string): void => {
    const lines = [`event: ${event}`, `data: ${redactedJson(data)}`];
    write(`${[...(eventId ? [`id: ${eventId}`] : []), ...lines].join('\n')}\n\n`);
  };
  const tellProgress = (): void => {
    const text = JSON.stringify(progress);
    if (progress === null || text === told) return;
    told = text;
    send('progress', progress);
  };
  const end = (run: Run): void => {
    if (response.writableEnded) return;
    tellProgress();
    send('finished', runJson(run), END);
    response.end();
  };
  const look = async (): Promise<void> => {
    const run = await runs.get(id);
    if (!run || response.writableEnded || response.destroyed) return;
    if (early) {
      send('snapshot', runJson(run));
      told = JSON.stringify(run.progress);
      const waiting = early;
      early = null;
      waiting.forEach(tell);
    }
    progress = run.progress ?? progress;
    if (isOver(run)) end(run);
  };
  const tell = (event: RunEvent): void => {
    if (early) early.push(event);
    else if (event.type === 'finished' && event.run.id === id) end(event.run);
    else if (event.type === 'queued' && event.run.id === id) send('queued', { waitsFor: event.waitsFor });
    else if (event.type === 'running' && event.run.id === id) send('running', runJson(event.run));
    else if (event.type === 'step' && event.runId === id) {
      tellProgress();
      send('step', { part: event.part, step: event.step, state: event.state });
    } else if (event.type === 'progress' && event.runId === id) progress = event.progress;
  };

  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-accel-buffering': 'no',
  });
  const unsubscribe = pipeline.events.subscribe(tell);
  const failed = (error: unknown): void => {
    log.warn({ err: error, runId: id }, 'a stream of events can’t be continued');
    response.destroy();
  };
  const timers = [
    setInterval(tellProgress, PROGRESS_EVERY),
    setInterval(() => void look().catch(failed), LOOK_EVERY),
    setInterval(() => write(': still here\n\n'), COMMENT_EVERY),
  ];
  response.once('close', () => {
    unsubscribe();
    for (const timer of timers) clearInterval(timer);
  });
  look().catch(failed);
}
