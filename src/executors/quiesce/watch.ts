import type { RunContext } from '../../core/ports/executor.js';
import { inspectContainer } from '../docker/container.js';
import { type EngineEvent, engineTime, eventsBetween } from './engine-events.js';
import { volumesOf } from './places.js';
import { listRunning, usersOf } from './users.js';

/** What was seen of the engine's containers from its beginning to the last look. */
export interface Seen {
  /** Why something may have been missed; null: nothing was. */
  readonly gap: string | null;
  readonly events: readonly EngineEvent[];
  /** Containers that ran meanwhile and may write to the places: by id, their names. */
  readonly users: ReadonlyMap<string, string>;
  /** Those that ran and were gone before anybody could ask what they use. */
  readonly gone: ReadonlyMap<string, string>;
}

/** What a container does when it runs, or did until then. */
const RUNS = new Set(['start', 'restart', 'unpause', 'die', 'stop', 'kill', 'pause']);

/**
 * Notes what happens to containers. The engine remembers few events, so that it is asked again and again; a new container
 * is asked what it uses as soon as it is made.
 */
export class Watch {
  #since: string | null = null;
  #gap: string | null = null;
  #isOver = false;
  #looking: Promise<void> = Promise.resolve();
  readonly #events: EngineEvent[] = [];
  readonly #atFirst = new Set<string>();
  readonly #users = new Map<string, string>();
  readonly #gone = new Map<string, string>();
  readonly #asked: Set<string>;
  readonly #asks: Promise<void>[] = [];

  /** @param known ids that are looked at in another way */
  constructor(
    private readonly ctx: RunContext,
    private readonly places: readonly string[],
    known: readonly string[],
  ) {
    this.#asked = new Set(known);
  }

  /** Notes the time and what runs already. */
  async begin(): Promise<void> {
    const { host } = this.ctx;
    this.#since = await engineTime(host);
    if (this.#since === null) this.#gap = 'it does not say what time it is';
    const running = await listRunning(host);
    if (running.state !== 'found') return;
    const others = running.value.containers.filter(({ id }) => !this.#asked.has(id));
    for (const { container } of await usersOf(host, { ...running.value, containers: others }, this.places))
      this.#users.set(container.id, container.name);
    for (const { id } of others) {
      this.#asked.add(id);
      this.#atFirst.add(id);
    }
  }

  /** Looks from now on, so long at a time, until {@link end}. */
  keepLooking(everyMs: number): void {
    this.#looking = this.#keepLooking(everyMs).catch(() => {});
  }

  async #keepLooking(everyMs: number): Promise<void> {
    while (!this.#isOver && this.#since !== null) {
      const until = new Date(Date.parse(this.#since) + everyMs).toISOString();
      const { why } = await eventsBetween(this.ctx.host, this.#since, until, (event) => this.#see(event));
      if (this.#isOver) return;
      if (why === null) this.#since = until;
      else return this.#miss(why);
    }
  }

  #miss(why: string): void {
    this.#gap ??= why;
  }

  /** What happened until now. Does not wait for the look that is under way. */
  async end(): Promise<Seen> {
    this.#isOver = true;
    if (this.#since !== null) {
      const until = await engineTime(this.ctx.host);
      if (until === null) this.#miss('it does not say what time it is');
      else {
        const see = (event: EngineEvent): void => this.#see(event);
        const { why } = await eventsBetween(this.ctx.host, this.#since, until, see);
        if (why !== null) this.#miss(why);
      }
    }
    await Promise.all(this.#asks);
    const ran = new Set(this.#events.filter(({ action }) => RUNS.has(action)).map(({ id }) => id));
    const those = (all: ReadonlyMap<string, string>) =>
      new Map([...all].filter(([id]) => ran.has(id) || this.#atFirst.has(id)));
    return { gap: this.#gap, events: this.#events, users: those(this.#users), gone: those(this.#gone) };
  }

  /** Looks no more, and waits for what is under way. Never rejects. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#looking;
    await Promise.allSettled(this.#asks);
  }

  #see(event: EngineEvent): void {
    this.#events.push(event);
    const { type, action, id, attributes } = event;
    if (type !== 'container' || this.#asked.has(id)) return;
    // As soon as it is made, because it may be gone soon after.
    if (action !== 'create' && !RUNS.has(action)) return;
    this.#asked.add(id);
    this.#asks.push(
      this.#ask(id, attributes.name ?? id.slice(0, 12)).catch(() => void this.#gone.set(id, id)),
    );
  }

  async #ask(id: string, name: string): Promise<void> {
    const { host } = this.ctx;
    const found = await inspectContainer(host, id);
    if (found.state !== 'found') return void this.#gone.set(id, name);
    const one = { containers: [found.value], volumes: await volumesOf(host, [found.value]) };
    if ((await usersOf(host, one, this.places)).length > 0) this.#users.set(id, name);
  }
}
