import * as z from 'zod';
import type { Host } from '../../core/ports/host.js';
import { READ, whyFailed } from '../docker/container.js';
import { askEngine, enginePath } from '../docker/engine.js';

/** What the engine says of one thing that happened. */
export interface EngineEvent {
  readonly type: string;
  readonly action: string;
  /** A container's id, a volume's name. */
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The engine keeps so many events, of all kinds; more between two looks are lost. */
const KEPT = 256;

/** Containers stay down while it is asked, so not for long. */
const ASK = { ...READ, timeoutMs: 10_000 } as const;

/**
 * What the engine's clock says, which need not be this host's; null when it isn't told. `docker info` says the same, and
 * starts every plugin of the command for it.
 */
export async function engineTime(host: Host): Promise<string | null> {
  const answer = await askEngine(host, { method: 'GET', path: enginePath(['info']) }, ASK);
  const read = INFO.safeParse(answer.ok ? answer.body : null);
  return read.success && Number.isFinite(Date.parse(read.data.SystemTime)) ? read.data.SystemTime : null;
}

const INFO = z.object({ SystemTime: z.string() });

/**
 * What happened between two instants of the engine's clock; `why` when it can't be told, or not as a whole. Takes until
 * then, and tells of each event when it happens.
 */
export async function eventsBetween(
  host: Host,
  since: string,
  until: string,
  onEvent: (event: EngineEvent) => void = () => {},
): Promise<{ readonly why: string | null; readonly events: readonly EngineEvent[] }> {
  if (Date.parse(until) < Date.parse(since)) return { why: 'the engine’s clock was set back', events: [] };
  const argv = ['docker', 'events', '--since', since, '--until', until, '--format', '{{json .}}'];
  const events: EngineEvent[] = [];
  let isRead = true;
  const onStdout = (line: string): void => {
    const event = line === '' ? null : eventOf(line);
    if (line !== '' && event === null) isRead = false;
    if (event === null) return;
    events.push(event);
    onEvent(event);
  };
  const result = await host.exec(argv, { ...ASK, onStdout });
  if (!result.ok) return { why: whyFailed(result), events };
  if (!isRead) return { why: 'its events can’t be read', events };
  return { why: events.length >= KEPT ? 'more happened than it remembers' : null, events };
}

const RAW = z.object({
  Type: z.string(),
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()).nullish() }),
});

function eventOf(line: string): EngineEvent | null {
  try {
    const { Type, Action, Actor } = RAW.parse(JSON.parse(line));
    return { type: Type, action: Action, id: Actor.ID, attributes: Actor.Attributes ?? {} };
  } catch {
    return null;
  }
}
