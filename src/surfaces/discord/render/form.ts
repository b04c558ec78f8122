/**
 * A form to fill in. Discord's limits: five fields, 45 characters for the title and for each label, 100 for
 * each description, placeholder and option.
 */
export interface Form {
  readonly id: string;
  readonly title: string;
  readonly fields: readonly Field[];
}

/** One field; every one has to be filled in. */
export type Field = {
  /** Under which its value comes back. */
  readonly id: string;
  readonly label: string;
  /** What it is for; empty: nothing is said. */
  readonly about: string;
  readonly placeholder: string;
  /** What stands in it already; empty: nothing. */
  readonly value: string;
} & (
  | { readonly kind: 'line' | 'text'; readonly maxLength: number }
  | { readonly kind: 'choice'; readonly options: readonly Option[] }
);

export interface Option {
  readonly label: string;
  readonly value: string;
}
