import type { ConfirmRule } from './confirm-rule.js';
import type { FieldsByKind } from './fields.js';
import type { Graph } from './graph.js';
import type { Param } from './param.js';
import type { Notice } from './reasons.js';
import type { Action } from './request.js';
import type { Schedule } from './schedule.js';

export type { FieldsByKind } from './fields.js';

/** Which executor an intent's step is for. */
export type IntentKind = keyof FieldsByKind;

/** One step of an intent: an executor's kind with exactly the fields that executor knows, already valid. */
export type IntentStep = {
  [Kind in IntentKind]: {
    readonly kind: Kind;
    readonly action: Action;
    readonly stack: string;
    readonly fields: FieldsByKind[Kind];
    /** Missing where no parameter tells its backups apart. */
    readonly taken?: Taken;
  };
}[IntentKind];

/** What parameters and the date put into a step's fields, as far as it tells backups apart. */
export interface Taken {
  /** The destination with `*` in place of what they put into it; missing where it can't be told. */
  readonly destination?: string;
  /** Fields that decide what is inside, and that have values in them, beside where it comes from. */
  readonly shape: Readonly<Record<string, string>>;
  /** What decides what is inside, for a file's name; empty when nothing does. */
  readonly label: string;
}

/** A named YAML document (or several, in order) that says what may be done. */
export interface Intent {
  /** The file's name without its ending. */
  readonly name: string;
  readonly file: string;
  readonly description: string;
  /** Of the first document. */
  readonly action: Action;
  readonly stack: string;
  readonly labelRequired: string | null;
  /** Who has to agree before it runs; missing where its file says nothing. */
  readonly confirmRule?: ConfirmRule;
  /** Names of intents that run before this one. */
  readonly dependsOn: readonly string[];
  /** What a request may or must give; empty for most intents. */
  readonly params: readonly Param[];
  /** The file's text, when its fields are filled in from `params`; `steps` then has sample values. */
  readonly template: string | null;
  readonly steps: readonly IntentStep[];
  /** The named steps of `action: steps`; `steps` then holds the inline actions. Missing in other intents. */
  readonly graph?: Graph;
  /** When it runs by itself; missing where its file says nothing. */
  readonly schedule?: Schedule;
}

/** One thing wrong with an intent file. Lines and columns start at 1. */
export interface IntentProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The field's path, such as `exclude[2]`; empty when it is about the whole document. */
  readonly field: string;
  /** A whole sentence that names the field itself. */
  readonly message: string;
  /** What would be right, as a sentence of its own. */
  readonly hint: string;
}

/** The intents as they are now. */
export interface Catalogue {
  /** Exact match to the letter; null when there is none. What it depends on can be found too. */
  find(name: string): Intent | null;
  /** Sorted by name. */
  all(): readonly Intent[];
  /** Everything wrong with the files as they are on disk now. */
  problems(): readonly IntentProblem[];
  /**
   * Why this intent should be looked at: `intent_stale` when its file is broken and its last good version is in
   * use, `intent_invalid` when there is no such version (then it is not found), `intents_unavailable` when all are those
   * of an earlier time.
   */
  warning(name: string): Notice | null;
  /** Why all intents are those of an earlier time: their folder can't be read. Null: they are as it has them. */
  outdated(): Notice | null;
  /** Names close to a mistyped one, best first, at most three. */
  suggest(name: string): readonly string[];
}
