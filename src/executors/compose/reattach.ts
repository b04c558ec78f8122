import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { RunContext } from '../../core/ports/executor.js';
import type { Host } from '../../core/ports/host.js';
import { type Container, inspectContainer, READ, whyFailed } from '../docker/container.js';
import { isCutOff } from '../docker/namespaces.js';
import { makeTwin } from '../docker/twin/make.js';
import { remake } from '../docker/twin/remake.js';
import { removeTwins } from '../docker/twin/remove.js';
import { findTwins, type Twin } from '../docker/twin/twin.js';
import { named } from '../shared/wording.js';
import type { AttachedContainer } from './sharers.js';

export interface Reattached {
  readonly ok: boolean;
  readonly sentences: readonly Phrase[];
}

const PATIENT = { ...READ, timeoutMs: 120_000, afterStopMs: 60_000 } as const;

/**
 * Makes containers again that live in the namespace of one that is another one now. It looks at what is there, so it can be
 * repeated after any interruption, and does nothing where they are in that namespace already.
 */
export async function reattach(
  attached: readonly AttachedContainer[],
  project: string,
  ctx: Pick<RunContext, 'host' | 'runId'>,
): Promise<Reattached> {
  const moved = new Map<string, string>();
  const done: AttachedContainer[] = [];
  const faults: Phrase[] = [];
  for (const one of attached) {
    const result = await attach(one, ownerName(project), moved, ctx);
    if (result === 'attached') done.push(one);
    else if (result !== 'unchanged') {
      faults.push(
        phrase`${code(one.name)} has no network: it used that of ${usedBy(one)} and could not be attached again (${result}).`,
      );
    }
  }
  const verb = done.length === 1 ? 'is' : 'are';
  const fine =
    done.length === 0
      ? []
      : [phrase`${named(done.map(({ name }) => name))} ${verb} attached to what runs now.`];
  return { ok: faults.length === 0, sentences: [...faults, ...fine] };
}

/** No Compose project can be called so: its twins are nobody else's to tidy up. */
function ownerName(project: string): string {
  return `${project}/attached`;
}

function usedBy({ uses }: AttachedContainer): Phrase {
  return named(uses.map(({ name }) => name));
}

async function attach(
  one: AttachedContainer,
  owner: string,
  moved: Map<string, string>,
  ctx: Pick<RunContext, 'host' | 'runId'>,
): Promise<'attached' | 'unchanged' | string> {
  const { host } = ctx;
  const used: Container[] = [];
  for (const { id, name } of one.uses) {
    const now = await inspectContainer(host, name);
    if (now.state === 'missing') return `${name} is gone`;
    if (now.state === 'failed') return now.why;
    if (now.value.id !== id) moved.set(id, now.value.id);
    used.push(now.value);
  }
  const kept = await twinOf(host, owner, one.name);
  const current = await inspectContainer(host, one.name);
  if (current.state === 'failed') return current.why;
  const isStale =
    current.state === 'missing' ||
    current.value.namespaces.some((id) => moved.has(id)) ||
    wasLeftBehind(current.value, used);
  if (!isStale) {
    if (kept) await removeTwins(host, [kept.id]);
    return 'unchanged';
  }
  if (current.state === 'found') {
    const made = await makeTwin(host, one.name, { runId: ctx.runId, project: owner, service: one.name });
    if (made !== null) return made;
    const removed = await remove(host, current.value.id);
    if (removed !== null) return removed;
  }
  const twin = current.state === 'missing' ? kept : await twinOf(host, owner, one.name);
  if (twin === null) return 'it is gone';
  const back = await remake(host, twin, moved);
  if (!back.ok) return back.why;
  moved.set(one.id, back.id);
  // Without a network it may have ended before its twin was made.
  if (one.isRunning) {
    const started = await host.exec(['docker', 'start', '--', back.id], PATIENT);
    if (!started.ok) return whyFailed(started);
  }
  await removeTwins(host, [twin.id]);
  return 'attached';
}

/** Does it run in a namespace that ended when one of these, still the same containers, were started again? */
function wasLeftBehind(container: Container, used: readonly Container[]): boolean {
  const namespaces = container.namespaces.filter((id) => used.some((one) => one.id === id));
  return container.running && isCutOff({ ...container, namespaces }, used);
}

/** Null when there is none. */
async function twinOf(host: Host, owner: string, name: string): Promise<Twin | null> {
  const found = await findTwins(host, owner);
  if (found.state !== 'found') return null;
  return found.value.find(({ spec }) => spec.name === name) ?? null;
}

/** Null, or why it failed. Its volumes stay. */
async function remove(host: Host, id: string): Promise<string | null> {
  await host.exec(['docker', 'stop', '--', id], PATIENT);
  const removed = await host.exec(['docker', 'rm', '-f', '--', id], PATIENT);
  return removed.ok || /No such container/i.test(removed.stderr) ? null : whyFailed(removed);
}
