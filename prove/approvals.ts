import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Answer } from '../src/core/approval/decisions.js';
import { type ConfirmRule, NOTHING_SAID } from '../src/core/model/confirm-rule.js';
import type { Actor, ActorRef } from '../src/core/model/request.js';
import type { Run } from '../src/core/model/run.js';
import {
  alice,
  bob,
  Installation,
  intentNamed,
  mallory,
  type Process,
  request,
} from '../tests/core/harness.js';
import type { Proof } from './support/proof.js';

const boss: Actor = { kind: 'user', id: '4', name: 'carol', administrator: true, roleNames: ['Boss'] };
const operator: Actor = { kind: 'operator', id: 'ada', name: 'ada' };
const nightly: Actor = { kind: 'schedule', id: 'nightly', name: 'nightly' };
const PEOPLE = [alice, bob, boss, mallory, operator, nightly] as const;
const RULES: readonly ConfirmRule[] = [
  NOTHING_SAID,
  { confirm: 'never', approverRoles: [] },
  { confirm: 'person', approverRoles: [] },
  { confirm: 'two_people', approverRoles: [] },
  { confirm: 'two_people', approverRoles: ['Boss'] },
];

/** How many stories one seed tells. */
const STORIES = 60;

type Deed =
  | { readonly do: 'ask'; readonly intent: string; readonly actor: Actor }
  | { readonly do: 'press'; readonly run: number; readonly actor: Actor; readonly answer: Answer }
  | { readonly do: 'policy'; readonly rule: ConfirmRule }
  | { readonly do: 'world' | 'restart' };

const deeds = fc.oneof(
  fc.record({
    do: fc.constant('ask' as const),
    intent: fc.constantFrom('two', 'photos'),
    actor: fc.constantFrom(alice, bob, operator, nightly),
  }),
  {
    arbitrary: fc.record({
      do: fc.constant('press' as const),
      run: fc.nat(5),
      actor: fc.constantFrom(...PEOPLE),
      answer: fc.constantFrom<Answer>('confirm', 'approve', 'approve', 'reject', 'cancel'),
    }),
    weight: 6,
  },
  fc.record({ do: fc.constant('policy' as const), rule: fc.constantFrom(...RULES) }),
  fc.record({ do: fc.constantFrom('world' as const, 'restart' as const) }),
) satisfies fc.Arbitrary<Deed>;

/** Everything that somebody did in one life of an installation, and what was begun in it. */
class Life {
  policy = NOTHING_SAID;
  readonly runs: string[] = [];
  /** Who pressed Approve on which run. */
  readonly approvals: { readonly run: string; readonly by: Actor; readonly fingerprint: string }[] = [];
  /** What each run asked for at first, and at its strictest since. */
  readonly needsTwo = new Set<string>();

  constructor(
    private readonly home: Installation,
    private process: Process,
  ) {}

  async live(deed: Deed): Promise<void> {
    if (deed.do === 'policy') this.policy = deed.rule;
    if (deed.do === 'world') this.home.world.deletions.push(`/dst/${this.home.world.deletions.length}`);
    if (deed.do === 'restart') this.process = await this.home.start({ confirmRule: () => this.policy });
    if (deed.do === 'ask') await this.#ask(deed.intent, deed.actor);
    if (deed.do === 'press') await this.#press(deed.run, deed.actor, deed.answer);
    for (const { id } of await this.process.deps.store.runs.list({ limit: 100 })) {
      if (!this.runs.includes(id)) this.#note(await this.run(id));
    }
  }

  async run(id: string): Promise<Run> {
    const run = await this.process.deps.store.runs.get(id);
    if (!run) throw new Error(`no run ${id}`);
    return run;
  }

  async #ask(intent: string, actor: Actor): Promise<void> {
    const admission = await this.process.pipeline.admit(request(intent));
    if (!admission.ok) throw new Error(admission.notice.code);
    const source = actor.kind === 'operator' ? 'cli' : actor.kind === 'schedule' ? 'schedule' : 'discord';
    const ticket = { ...admission.ticket, request: request(intent, { actor, source }) };
    this.#note(await this.process.pipeline.prepare(ticket));
  }

  #note(run: Run): void {
    this.runs.push(run.id);
    if (run.intent === 'two' || this.policy.confirm === 'two_people') this.needsTwo.add(run.id);
  }

  async #press(index: number, actor: Actor, answer: Answer): Promise<void> {
    const id = this.runs[index % Math.max(1, this.runs.length)];
    if (id === undefined) return;
    const run = await this.run(id);
    if (run.state === 'awaiting' && this.policy.confirm === 'two_people') this.needsTwo.add(id);
    if (answer === 'approve') this.approvals.push({ run: id, by: actor, fingerprint: run.plan.fingerprint });
    const find = async (who: ActorRef): Promise<Actor | null> =>
      PEOPLE.find(({ id }) => id === who.id) ?? null;
    const decision = await this.process.pipeline.decide(id, actor, answer, { find });
    if (decision.ok) await decision.done;
  }
}

/** Lives one story, and checks who agreed to what was begun in it. Returns how many runs needed two people. */
async function tell(story: readonly Deed[]): Promise<number> {
  let begunWithTwo = 0;
  const home = await Installation.create();
  home.intents.push(intentNamed('two', { confirmRule: { confirm: 'two_people', approverRoles: [] } }));
  try {
    const life: Life = new Life(home, await home.start({ confirmRule: () => life.policy }));
    for (const deed of story) await life.live(deed);
    for (const id of life.runs) {
      const run = await life.run(id);
      if (run.startedAt === null || !life.needsTwo.has(id)) continue;
      begunWithTwo += 1;
      checkConsent(run, life.approvals);
    }
  } finally {
    await home.end();
  }
  return begunWithTwo;
}

function checkConsent(run: Run, approvals: Life['approvals']): void {
  const { fingerprint } = run.plan;
  const first = run.consent?.confirmed?.by ?? run.actor;
  const another = approvals.some(
    ({ run: id, by, fingerprint: seen }) =>
      id === run.id &&
      seen === fingerprint &&
      by.kind === 'user' &&
      by.administrator === true &&
      by.id !== first.id &&
      by.id !== run.actor.id,
  );
  assert.notEqual(first.kind, 'schedule', `${run.id} was begun by a schedule alone`);
  assert.ok(another, `${run.id} was begun, and nobody else approved this plan`);
  assert.equal(run.consent?.approved?.fingerprint, fingerprint, `${run.id} keeps another plan’s approval`);
}

export const proof: Proof = {
  description: 'nothing that needs two people begins without another person’s Approve for this very plan',

  async run({ seeds, log, signal }) {
    let stories = 0;
    let begunWithTwo = 0;
    let violations = 0;
    for (const seed of seeds) {
      if (signal.aborted) break;
      const property = fc.asyncProperty(fc.array(deeds, { minLength: 4, maxLength: 14 }), async (story) => {
        stories += 1;
        begunWithTwo += await tell(story);
      });
      const { failed, counterexample, errorInstance } = await fc.check(property, {
        numRuns: STORIES,
        seed,
        endOnFailure: true,
      });
      if (!failed) continue;
      violations += 1;
      log(`seed ${seed}: ${String(errorInstance)}\n${JSON.stringify(counterexample, null, 1)}`);
    }
    return { ok: violations === 0, figures: { stories, begunWithTwo, violations } };
  },
};
