import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Actor } from '../../../src/core/model/request.js';
import { isFinal } from '../../../src/core/model/run.js';
import { type OpenPolicy, openPolicy } from '../../../src/core/policy/source.js';
import { member } from '../../support/policy.js';
import { gate, Installation, intentNamed, type Process, request, until } from '../harness.js';
import { allows, type ModelPolicy, modelPolicy, ROLES, type RoleName, type Stack, yamlOf } from './oracle.js';

const PEOPLE = ['ada', 'ben', 'ci'] as const;
type Person = (typeof PEOPLE)[number];
const INTENTS: Readonly<Record<string, Stack>> = { photos: 'media', vault: 'db' };

type Op =
  /** `queue`: one run holds what the next one waits for. */
  | { readonly do: 'ask' | 'queue'; readonly who: Person; readonly intent: string }
  /** `who`: null is the one who asked for that run; `run`: 0 is the newest. */
  | { readonly do: 'confirm' | 'cancel' | 'stop'; readonly who: Person | null; readonly run: number }
  | { readonly do: 'roles'; readonly who: Person; readonly roles: readonly RoleName[] }
  | { readonly do: 'edit'; readonly policy: ModelPolicy }
  | { readonly do: 'break' | 'delete' | 'restart' | 'hold' | 'release' };

const person = fc.constantFrom(...PEOPLE);
const presser = fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: person });
const recent = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(4) });
const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('ask' as const, 'ask' as const, 'queue' as const),
      who: person,
      intent: fc.constantFrom(...Object.keys(INTENTS)),
    }),
  },
  { weight: 7, arbitrary: fc.record({ do: fc.constant('confirm' as const), who: presser, run: recent }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('cancel' as const, 'stop' as const),
      who: presser,
      run: recent,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('roles' as const), who: person, roles: fc.subarray([...ROLES]) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('edit' as const), policy: modelPolicy }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'break' as const,
        'delete' as const,
        'restart' as const,
        'hold' as const,
        'release' as const,
      ),
    }),
  },
);

/** What the test has seen over all sequences, so that it can't pass by doing nothing. */
const seen = { ran: 0, refusedPress: 0, refusedInQueue: 0, restarts: 0 };

/** One installation that people, editors and restarts work on, and what the oracle says of it. */
class Trial {
  /** What is in force by the oracle; null: everything is closed. */
  model: ModelPolicy | null = { grants: [], denies: [], frozen: [] };
  /** What a restart would find; null: nothing that can be read. */
  onDisk: ModelPolicy | null = this.model;
  readonly roles = new Map<Person, readonly RoleName[]>(PEOPLE.map((who) => [who, [...ROLES]]));
  readonly runs: { readonly id: string; readonly who: Person; readonly stack: Stack }[] = [];
  /** What the one who confirmed held when they pressed. */
  readonly pressed = new Map<string, readonly string[]>();
  readonly wrong: string[] = [];
  #held = gate();
  /** Runs in the queue, with those that they wait for. */
  readonly #waiting = new Map<string, readonly string[]>();
  /** Runs whose work has begun. */
  readonly #working = new Set<string>();

  private constructor(
    readonly folder: string,
    readonly installation: Installation,
    private bot: Process,
    private policy: OpenPolicy,
  ) {}

  static async start(): Promise<Trial> {
    const folder = await mkdtemp(join(tmpdir(), 'chatops-property-'));
    await writeFile(join(folder, 'policy.yaml'), 'roles: {}\n');
    const installation = await Installation.create();
    const [step] = intentNamed('any').steps;
    if (!step) throw new Error('no step');
    const intents = Object.entries(INTENTS).map(([name, stack]) => {
      const [own] = intentNamed(name).steps;
      return intentNamed(name, { stack, steps: [{ ...(own ?? step), stack }] });
    });
    installation.intents.splice(0, installation.intents.length, ...intents);
    const policy = await openPolicy(filesOf(folder));
    const trial = new Trial(folder, installation, await installation.start(), policy);
    trial.#held.open();
    installation.world.during = (intent, signal) => trial.#entered(intent, signal);
    trial.#follow();
    return trial;
  }

  #follow(): void {
    this.installation.rules = this.policy.rules();
    this.bot.pipeline.events.subscribe((event) => {
      if (event.type === 'queued' && event.waitsFor.length > 0)
        this.#waiting.set(event.run.id, event.waitsFor);
      if (event.type === 'running') this.#waiting.delete(event.run.id);
    });
  }

  /** The moment of truth: something begins to run. */
  async #entered(intent: string, signal: AbortSignal): Promise<undefined> {
    const model = this.model;
    const running = await this.bot.deps.store.runs.list({ states: ['running'], intent, limit: 5 });
    const [run] = running;
    const holds = run && this.pressed.get(run.id);
    const stack = INTENTS[intent];
    if (running.length !== 1 || !holds || !stack || !model || !allows(model, holds, stack)) {
      this.wrong.push(`${intent} ran for ${holds?.join() ?? 'nobody'} under ${JSON.stringify(model)}`);
    }
    seen.ran += 1;
    if (run) this.#working.add(run.id);
    const stopped = new Promise((resolve) => signal.addEventListener('abort', resolve));
    if (!signal.aborted) await Promise.race([this.#held.opened, stopped]);
    return undefined;
  }

  #actor(who: Person): Actor {
    return who === 'ci' ? { kind: 'api_key', id: 'ci', name: 'ci' } : member(who, this.roles.get(who) ?? []);
  }

  #holds(who: Person): readonly string[] {
    return who === 'ci' ? ['ci'] : (this.roles.get(who) ?? []);
  }

  #may(who: Person, stack: Stack): boolean {
    return this.model !== null && allows(this.model, this.#holds(who), stack);
  }

  async do(one: Op): Promise<void> {
    switch (one.do) {
      case 'ask':
        return this.#ask(one.who, one.intent);
      case 'queue':
        await this.do({ do: 'hold' });
        for (const _ of [1, 2]) {
          await this.#ask(one.who, one.intent);
          await this.#confirm(null, 0);
        }
        return;
      case 'confirm':
        return this.#confirm(one.who, one.run);
      case 'cancel':
      case 'stop': {
        const run = this.runs[one.run];
        if (!run) return;
        const actor = this.#actor(one.who ?? run.who);
        if (one.do === 'stop') await this.bot.pipeline.stop(run.id, actor);
        else await this.bot.pipeline.decide(run.id, actor, 'cancel');
        return;
      }
      case 'roles':
        this.roles.set(one.who, one.roles);
        return;
      case 'edit':
        this.onDisk = one.policy;
        this.model = one.policy;
        return this.#write(yamlOf(one.policy));
      case 'break':
        this.onDisk = null;
        return this.#write('roles:\n  Everybody: {discord_roles: "@everyone", rights: "*"\n');
      case 'delete':
        this.onDisk = null;
        await rm(join(this.folder, 'policy.yaml'), { force: true });
        return this.#reload();
      case 'restart':
        return this.#restart();
      case 'hold':
        this.#held.open();
        await this.#settle();
        this.#held = gate();
        return;
      case 'release':
        this.#held.open();
        return this.#settle();
    }
  }

  async #ask(who: Person, intent: string): Promise<void> {
    const stack = INTENTS[intent];
    if (!stack) throw new Error(intent);
    const admission = await this.bot.pipeline.admit(request(intent, { actor: this.#actor(who) }));
    if (admission.ok !== this.#may(who, stack))
      this.wrong.push(`${who} asking for ${intent}: ${admission.ok}`);
    if (!admission.ok) return;
    const { id } = await this.bot.pipeline.prepare(admission.ticket);
    this.runs.unshift({ id, who, stack });
  }

  async #confirm(presser: Person | null, index: number): Promise<void> {
    const run = this.runs[index];
    if (!run) return;
    const who = presser ?? run.who;
    const before = await this.bot.deps.store.runs.get(run.id);
    const expected = before?.state === 'awaiting' && run.who === who && this.#may(who, run.stack);
    if (expected) this.pressed.set(run.id, this.#holds(who));
    const decision = await this.bot.pipeline.decide(run.id, this.#actor(who), 'confirm');
    if (decision.ok !== expected) this.wrong.push(`${who} confirming ${run.id}: ${decision.ok}`);
    if (!decision.ok && before?.state === 'awaiting' && run.who === who) seen.refusedPress += 1;
    if (decision.ok) {
      void decision.done.then(({ state, outcome }) => {
        if (state === 'refused' && outcome?.reason !== 'blocked') seen.refusedInQueue += 1;
      });
    }
    return this.#settle();
  }

  /** Until every confirmed run has entered, waits for another one, or has ended. */
  async #settle(): Promise<void> {
    await until(async () => {
      for (const id of this.pressed.keys()) {
        const run = await this.bot.deps.store.runs.get(id);
        if (!run || isFinal(run.state) || (await this.#isHeldUp(id))) continue;
        const hangs = run.state === 'running' && this.#working.has(id);
        if (!hangs || (await this.#isOpen())) return false;
      }
      return true;
    }, 'everything is settled');
  }

  /** One that waits for a run which has ended is about to begin. */
  async #isHeldUp(id: string): Promise<boolean> {
    for (const other of this.#waiting.get(id) ?? []) {
      const holder = await this.bot.deps.store.runs.get(other);
      if (holder && !isFinal(holder.state)) return true;
    }
    return false;
  }

  #isOpen(): Promise<boolean> {
    return Promise.race([this.#held.opened.then(() => true), Promise.resolve().then(() => false)]);
  }

  async #write(yaml: string): Promise<void> {
    await writeFile(join(this.folder, 'policy.yaml'), yaml);
    await this.#reload();
  }

  async #reload(): Promise<void> {
    await this.policy.reload();
    this.installation.rules = this.policy.rules();
  }

  async #restart(): Promise<void> {
    seen.restarts += 1;
    this.#held.open();
    await this.#settle();
    await this.bot.pipeline.shutdown(0);
    this.model = this.onDisk;
    this.policy.close();
    this.policy = await openPolicy(filesOf(this.folder));
    this.bot = await this.installation.start();
    this.#follow();
  }

  async end(): Promise<void> {
    this.#held.open();
    await this.#settle();
    this.policy.close();
    await this.installation.end();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function filesOf(folder: string) {
  return { policyFile: join(folder, 'policy.yaml'), rbac: { file: null, json: null } };
}

test('no sequence of presses, edits and restarts runs what the policy refuses at that moment', async () => {
  const ops = fc.tuple(modelPolicy, fc.array(op, { minLength: 8, maxLength: 30 }));
  await fc.assert(
    fc.asyncProperty(ops, async ([first, sequence]) => {
      const trial = await Trial.start();
      try {
        await trial.do({ do: 'edit', policy: first });
        for (const one of sequence) await trial.do(one);
      } finally {
        await trial.end();
      }
      expect(trial.wrong).toEqual([]);
    }),
    { numRuns: Number(process.env.CHATOPS_PROPERTY_RUNS ?? 40) },
  );
  console.info(`Property of the policy: ${JSON.stringify(seen)}`);
  expect(seen.ran).toBeGreaterThan(5);
  expect(seen.refusedPress + seen.refusedInQueue).toBeGreaterThan(0);
  expect(seen.restarts).toBeGreaterThan(0);
}, 300_000);
