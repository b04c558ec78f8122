import type * as z from 'zod';
import type { Fault } from '../../documents/forms.js';
import type { FieldsByKind, IntentKind, IntentStep } from '../../model/intent.js';
import type { Action } from '../../model/request.js';
import type { Resolved } from '../paths.js';

/** What turning a document into an executor's fields may use. */
export interface Place {
  /** The YAML file's folder, absolute: where relative paths start. */
  readonly folder: string;
  readonly intent: string;
  readonly stack: string;
  /** Did somebody write the field? Defaults look the same in the document. */
  readonly isWritten: (field: string) => boolean;
  /** Notes what is wrong with a field's value; the step is then not made. */
  readonly fault: (path: readonly PropertyKey[], fault: Fault) => void;
  /** Notes what is wrong when the sentence "field is value, but …" doesn't fit. */
  readonly problem: (path: readonly PropertyKey[], message: string, hint: string) => void;
  /** The resolved path; notes the fault when there is one. */
  readonly resolved: (field: string, path: Resolved) => string;
}

/** How one kind of step is written: the flat fields of a document, and what its executor gets of them. */
export interface Kind {
  readonly kind: IntentKind;
  readonly action: Action;
  readonly schema: z.ZodObject;
  /** `values` is what the schema returned. */
  readonly step: (values: unknown, place: Place) => IntentStep;
}

/** Ties a kind's schema to its fields: what `fields` gets is what the schema returns. */
export function defineKind<Name extends IntentKind, Schema extends z.ZodObject>(definition: {
  readonly kind: Name;
  readonly action: Action;
  readonly schema: Schema;
  readonly fields: (document: z.output<Schema>, place: Place) => FieldsByKind[Name];
}): Kind {
  const { kind, action, schema, fields } = definition;
  return {
    kind,
    action,
    schema,
    step: (values, place) =>
      ({
        kind,
        action,
        stack: place.stack,
        fields: fields(values as z.output<Schema>, place),
      }) as IntentStep,
  };
}
