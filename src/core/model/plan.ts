import type { PlanGraph } from './graph.js';
import type { IntentKind } from './intent.js';
import type { Origin } from './origin.js';
import type { Phrase } from './phrase.js';
import type { Notice } from './reasons.js';
import type { Action } from './request.js';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Among a plan's targets, at any depth: ids and states of containers, which are others once they were replaced. */
export const INSTANCES = 'instances';

/** One argument of a command. A secret is named, never held: it is resolved when the command starts. */
export type Arg = string | { readonly secret: string };
/** A command and its arguments; there is no shell anywhere. */
export type Argv = readonly Arg[];

/** One step as people read it, and the exact commands behind it. */
export interface PlanStep {
  readonly title: Phrase;
  /** Each entry is one command; several form a pipeline, stdout to stdin. Empty: done without a command. */
  readonly commands: readonly Argv[];
  /** What these commands do the work of in a quicker way, with the same result: which of both it is makes no other plan. */
  readonly insteadOf?: readonly Argv[];
  /** These commands make deletions that an `atMost` effect lists, and do nothing else. */
  readonly deletes?: true;
  /** So many bytes more to write are no other plan, however few there were: the source is a place where something always changes. */
  readonly slack?: number;
}

/** What a plan does to the world, in numbers. Sizes are bytes. */
export type Effect =
  | {
      readonly kind: 'write';
      readonly target: string;
      readonly bytes: number;
      readonly files: number;
      /** True when bytes is not measured but derived; `from` in the step's title says from what. */
      readonly estimate: boolean;
    }
  | {
      readonly kind: 'delete';
      readonly target: string;
      readonly paths: readonly string[];
      /** Of all that is deleted, where it is known. */
      readonly bytes?: number;
      /** How many such paths the target has before; an estimate, where it is known at all. */
      readonly of?: number;
      /** Each is looked at once more right before it is deleted, and may be left alone: fewer of them make no other plan. */
      readonly atMost?: true;
    }
  | {
      readonly kind: 'stop' | 'start' | 'create' | 'remove' | 'replace';
      readonly target: string;
    };

/** What an executor's plan() returns: plain data, complete enough that run() needs nothing else. */
export interface PlanDraft<Data extends Json = Json> {
  readonly steps: readonly PlanStep[];
  readonly effects: readonly Effect[];
  /**
   * Lease keys: `stack:<name>`, `compose:<project>`, `service:<project>/<name>`, `container:<name>`,
   * `path:<absolute>`, `vm:<id>`. A path also covers what lies below it.
   */
  readonly touches: readonly string[];
  readonly warnings: readonly Notice[];
  /** Any blocker means that the plan can't be confirmed. */
  readonly blockers: readonly Notice[];
  /** So dangerous that whoever agrees types the intent's name first; a warning says why. */
  readonly typeName?: true;
  /**
   * Facts that the fingerprint covers besides argv, touches and deletions: ids, digests, replicas. Those that an
   * earlier step of the same run may change, and nothing else, stand under the key {@link INSTANCES}.
   */
  readonly targets: Json;
  /** The executor's own working data for run() and recover(). Not covered by the fingerprint. */
  readonly data: Data;
}

/** What earlier runs let expect of a part. Times are in ms. */
export type Expected = {
  readonly tookMs: number;
  /** By the steps' keys (see estimate.ts). */
  readonly stepsMs: { readonly [step: string]: number };
  /** From how many runs, at least 1. */
  readonly runs: number;
  /** They had more or less to do; the times are converted to the amount of now. */
  readonly scaled: boolean;
};

/** Why nothing can be expected: the part never succeeded before, or never with about as much to do. */
export type Unknown = 'first_run' | 'other_amount';

/** The plan of one step of an intent. */
export interface PlanPart<Data extends Json = Json> extends PlanDraft<Data> {
  /** The intent this part comes from: the run's own, or one it depends on. */
  readonly intent: string;
  readonly kind: IntentKind;
  readonly action: Action;
  readonly stack: string;
  /** Which of that intent's own steps; missing in plans of before there were graphs. */
  readonly step?: number;
  /** sha256 (hex) of the step's fields with their values; missing in plans of before it was kept. */
  readonly fieldsHash?: string;
  /** The version of the executor's `data`; missing in plans of before it had one. */
  readonly dataVersion?: number;
  /** What its artifacts and memory belong to; missing in plans of before that was kept. Not covered by the fingerprint. */
  readonly origin?: Origin;
  /** What earlier runs let expect; not covered by the fingerprint. Absent where nothing was looked up. */
  readonly expected?: Expected | Unknown;
}

/** What a run would do: the parts in the order in which they run. Plain, serialisable data. */
export interface Plan {
  readonly intent: string;
  readonly action: Action;
  readonly stack: string;
  /** ISO 8601, UTC. File names with a time in them use this instant, also when planned again. */
  readonly plannedAt: string;
  readonly parts: readonly PlanPart[];
  readonly touches: readonly string[];
  /** The interrupted run whose last part is put back, instead of running the parts. */
  readonly undoes?: string;
  /** Intents that it depends on and that ran already in the same call, with their runs; they are left out. */
  readonly alreadyRan?: Readonly<Record<string, string>>;
  /** The run whose finished steps are not repeated. */
  readonly resumes?: string;
  /** How the parts belong to named steps that wait for each other; without it they run one after the other. */
  readonly graph?: PlanGraph;
  /** sha256, hex; see fingerprint.ts for what it covers. */
  readonly fingerprint: string;
  /** The plan was removed with the run's log, after their time; the run itself is kept. */
  readonly isRemoved?: true;
}

/** Bytes by which the work may grow in any case. */
export function slackOf(plan: { readonly parts: readonly Pick<PlanPart, 'steps'>[] }): number {
  return plan.parts.flatMap((part) => part.steps).reduce((sum, { slack = 0 }) => sum + slack, 0);
}

/** Bytes that the plan will move; planning again compares it with what was shown. */
export function workOf(plan: { readonly parts: readonly Pick<PlanPart, 'effects'>[] }): number {
  return plan.parts
    .flatMap((part) => part.effects)
    .reduce((sum, effect) => sum + (effect.kind === 'write' ? effect.bytes : 0), 0);
}

export function blockersOf(plan: Plan): readonly Notice[] {
  return plan.parts.flatMap((part) => part.blockers);
}

export function warningsOf(plan: Plan): readonly Notice[] {
  return plan.parts.flatMap((part) => part.warnings);
}

/** Every path that the plan deletes, in the order of its parts. */
export function deletionsOf(plan: Plan): readonly string[] {
  return plan.parts
    .flatMap((part) => part.effects)
    .flatMap((effect) => (effect.kind === 'delete' ? effect.paths : []));
}
