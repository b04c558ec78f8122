interface Described {
  /** What it is for; people are asked with these words. */
  readonly description?: string | undefined;
}

interface Choices extends Described {
  readonly type: 'choice';
  readonly choices: string[];
  readonly default?: string | undefined;
}

interface Text extends Described {
  readonly type: 'string';
  readonly default?: string | undefined;
  readonly example?: string | undefined;
  /** A regular expression that the whole value must match. */
  readonly pattern?: string | undefined;
  readonly max_length: number;
}

interface Numeric extends Described {
  readonly type: 'integer' | 'number';
  readonly default?: number | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

interface Flag extends Described {
  readonly type: 'boolean';
  readonly default?: boolean | undefined;
}

/** Its values are written as `90s` or `2h`. */
interface Duration extends Described {
  readonly type: 'duration';
  readonly default?: string | undefined;
  readonly min?: string | undefined;
  readonly max?: string | undefined;
}

interface Artifact extends Described {
  readonly type: 'artifact';
  /** The intent whose backups can be chosen. */
  readonly intent: string;
}

/** One declared parameter of an intent, as people write it below `params:`. */
export type ParamDecl = Text | Numeric | Flag | Choices | Duration | Artifact;

/** A declared parameter with its name. */
export type Param = ParamDecl & { readonly name: string };
