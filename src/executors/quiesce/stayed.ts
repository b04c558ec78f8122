import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { RunContext } from '../../core/ports/executor.js';
import { type Container, inspectContainer } from '../docker/container.js';
import { type Failure, failure } from '../shared/failure.js';
import { someOf } from '../shared/wording.js';
import type { Quiesce } from './data.js';
import { isPaused } from './hold.js';
import { listRunning, usersOf } from './users.js';
import type { Seen } from './watch.js';

/** Did everything stay as it was put? Not, and what that means; or so, and what is not known. */
export interface Stayed {
  readonly failure: Failure | null;
  readonly warnings: readonly Notice[];
}

/**
 * Looks whether the containers stayed as they were put, and nobody else could write.
 * @param before as they were when the copy began
 */
export async function haveStayed(
  { hold, places, volumes }: Quiesce,
  before: readonly Container[],
  seen: Seen,
  own: string | null,
  { host }: RunContext,
): Promise<Stayed> {
  const bad = (failure: Failure): Stayed => ({ failure, warnings: [] });
  for (const container of before) {
    const { name } = container;
    const now = await inspectContainer(host, container.id);
    if (now.state === 'failed') return bad(unproven(name, hold, now.why));
    if (now.state === 'missing') return bad(broken(phrase`${code(name)} was removed while it was copied.`));
    const what = isAnother(container, now.value) ?? happened(container.id, seen);
    if (what !== null) return bad(broken(phrase`${code(name)} ${what} while it was copied.`));
  }
  // A container that was let go on and paused again looks as before: only events tell.
  if (seen.gap !== null && before.some(isPaused))
    return bad(unproven(before.map(({ name }) => name).join(', '), hold, seen.gap));

  const running = await listRunning(host);
  if (running.state !== 'found') {
    const why = running.state === 'failed' ? running.why : 'its containers change all the time';
    return bad(unproven(before.map(({ name }) => name).join(', '), hold, why));
  }
  const known = new Set([...before.map(({ id }) => id), ...(own === null ? [] : [own])]);
  const users = (await usersOf(host, running.value, places)).map(({ container }) => container);
  const others = new Map([...seen.users, ...users.map(({ id, name }) => [id, name] as const)]);
  const wrong = [...others].filter(([id]) => !known.has(id)).map(([, name]) => name);
  const mounted = seen.events.filter(
    ({ type, action, id, attributes }) =>
      type === 'volume' &&
      action === 'mount' &&
      volumes.includes(id) &&
      attributes['read/write'] !== 'false' &&
      !known.has(attributes.container ?? ''),
  );
  const names = [
    ...new Set([...wrong, ...mounted.map(({ attributes }) => nameOf(attributes.container, seen))]),
  ];
  if (names.length > 0)
    return bad(broken(phrase`${someOf(names)} can write to the same files and ran while they were copied.`));
  return { failure: null, warnings: notKnown(seen) };
}

/** In which way it isn't as it was any more, as what it did; null when it is. */
function isAnother(before: Container, now: Container): string | null {
  if (before.startedAt !== now.startedAt || before.restarts !== now.restarts) return 'was started';
  if (before.status !== now.status) return now.status === 'running' ? 'went on' : `was ${now.status}`;
  return before.finishedAt !== now.finishedAt || before.pid !== now.pid ? 'ran' : null;
}

const WORDS: Readonly<Record<string, string>> = {
  start: 'was started',
  restart: 'was started',
  unpause: 'was let go on',
  'extract-to-dir': 'was given files',
};

function happened(container: string, { events }: Seen): string | null {
  const event = events.find(
    ({ type, id, action }) => type === 'container' && id === container && WORDS[action],
  );
  return event ? (WORDS[event.action] ?? null) : null;
}

function nameOf(id: string | undefined, { events }: Seen): string {
  const event = events.find((one) => one.type === 'container' && one.id === id);
  return event?.attributes.name ?? id?.slice(0, 12) ?? 'another container';
}

function broken(what: Phrase): Failure {
  return failure('hold_broken', phrase`${what} The copy may be damaged.`);
}

function unproven(name: string, hold: Quiesce['hold'], why: string): Failure {
  const state = hold === 'stop' ? 'stopped' : 'paused';
  return failure(
    'hold_unproven',
    phrase`Whether ${code(name)} stayed ${state} can’t be told: ${code(why)}. The copy may be damaged.`,
  );
}

function notKnown({ gap, gone }: Seen): readonly Notice[] {
  if (gap !== null) {
    return [
      notice(
        'users_unknown',
        phrase`Docker does not tell its events (${code(gap)}), so a container that ran only for a moment was not noticed.`,
      ),
    ];
  }
  if (gone.size === 0) return [];
  return [
    notice(
      'users_unknown',
      phrase`${someOf([...gone.values()])} ran for a moment meanwhile and is gone: whether it wrote to the same files can’t be told.`,
    ),
  ];
}
