import { defaultOf, formOf, type ParamValue, readParam, shown } from '../documents/param-values.js';
import { DATE } from '../documents/template.js';
import { REPLICAS } from '../intent/askable.js';
import { readIntent } from '../intent/read-intent.js';
import type { BoundIntent } from '../model/bound-intent.js';
import type { Intent, IntentStep } from '../model/intent.js';
import type { Param } from '../model/param.js';
import { code, type Phrase, phrase } from '../model/phrase.js';
import { notice } from '../model/reasons.js';
import type { Params } from '../model/request.js';
import type { Refusal } from '../model/ticket.js';
import { quote } from '../text/characters.js';
import { closest } from '../text/closest.js';

type ScaleStep = Extract<IntentStep, { kind: 'scale' }>;

export type Binding = ({ readonly ok: true } & BoundIntent) | Refusal;

/**
 * Puts values into the fields of an intent. Refuses a parameter that it does not have, a value that does not
 * fit, and what is missing.
 * @param at the instant whose day (UTC) the intent may use as `date`
 * @param mayAsk the one who gives the values can give more of them
 */
export function bindIntent(intent: Intent, given: Params, at: Date, mayAsk: boolean): Binding {
  const declared = intent.params.map(({ name }) => name);
  const isImplicit = !intent.graph && !declared.includes(REPLICAS);
  const stray = Object.keys(given).find(
    (name) => !declared.includes(name) && !(isImplicit && name === REPLICAS),
  );
  if (stray !== undefined) return strange(intent, stray);
  const filled = fillIntent(intent, given, at);
  if (!filled.ok) return filled;
  const replicas = isImplicit && Object.hasOwn(given, REPLICAS) ? given[REPLICAS] : undefined;
  const bound = replicas === undefined ? filled : withReplicas(filled, replicas);
  return bound.ok ? whole(bound, mayAsk) : bound;
}

/** The parameters for which a request must still give a value. */
export function missingParams({ params }: Pick<Intent, 'params'>, given: Params): readonly Param[] {
  return params.filter((param) => given[param.name] === undefined && defaultOf(param) === undefined);
}

function fillIntent(intent: Intent, given: Params, at: Date): Binding {
  if (intent.template === null) return { ok: true, intent, params: {} };
  const [missing] = missingParams(intent, given);
  if (missing) {
    return refuse(
      phrase`${code(intent.name)} needs ${code(missing.name)}${missing.description ? `: ${missing.description}` : '.'}`,
      phrase`Give ${code(missing.name)} as ${formOf(missing)}.`,
    );
  }
  const values: Record<string, ParamValue> = {};
  for (const param of intent.params) {
    const value = given[param.name] ?? defaultOf(param) ?? '';
    const read = readParam(param, value);
    if (!read.ok) {
      return refuse(phrase`${code(param.name)} is ${code(shown(value))}, but ${read.why}.`, [read.hint]);
    }
    values[param.name] = read.value;
  }
  const filled = readIntent(intent.template, intent.file, {
    ...values,
    [DATE]: at.toISOString().slice(0, 10),
  });
  if (filled.intent) return { ok: true, intent: filled.intent, params: values };
  const [problem] = filled.problems;
  return refuse(
    phrase`With these values ${code(intent.name)} can’t be used: ${problem?.message ?? ''}`,
    problem ? [problem.hint] : undefined,
  );
}

function strange(intent: Intent, name: string): Refusal {
  const declared = intent.params.map((param) => param.name);
  const [near] = closest(name, declared);
  return refuse(
    phrase`${code(intent.name)} has no parameter ${code(name)}.`,
    near === undefined ? undefined : phrase`Did you mean ${code(near)}?`,
  );
}

function withReplicas({ intent, params }: BoundIntent, given: ParamValue): Binding {
  const [step, another] = scaleSteps(intent);
  if (!step) return strange(intent, REPLICAS);
  if (another) {
    return refuse(
      phrase`${code(intent.name)} scales several services, so ${code(REPLICAS)} can’t say which one is meant.`,
      phrase`Leave it out, or ask for an intent that scales only one.`,
    );
  }
  const replicas = wholeNumber(given, step);
  if (replicas === null) return outOfBounds(given, step);
  const scaled: ScaleStep = { ...step, fields: { ...step.fields, replicas } };
  const steps = intent.steps.map((each) => (each === step ? scaled : each));
  return { ok: true, intent: { ...intent, steps }, params: { ...params, [REPLICAS]: replicas } };
}

/** The intent, unless one of its scale steps has no number: then where it is to be said. */
function whole(bound: { readonly ok: true } & BoundIntent, mayAsk: boolean): Binding {
  const { intent } = bound;
  const [step, another] = scaleSteps(intent);
  const services = scaleSteps(intent)
    .filter(isSilent)
    .map(({ fields }) => fields.service);
  if (services.length === 0) return bound;
  return refuse(
    phrase`How many replicas of ${code(services.join(', '))} is not said.`,
    step && !another && mayAsk
      ? phrase`Give ${code(REPLICAS)}: ${allowed(step)}.`
      : phrase`Write ${code(REPLICAS)} into the file of ${code(intent.name)}.`,
  );
}

function scaleSteps({ steps }: Intent): readonly ScaleStep[] {
  return steps.filter((step) => step.kind === 'scale');
}

function isSilent({ fields }: ScaleStep): boolean {
  return fields.replicas === null;
}

/** Null: not one within the bounds. A text of digits counts, because the command line knows only texts. */
function wholeNumber(given: Params[string], { fields: { min, max } }: ScaleStep): number | null {
  const text = String(given);
  if (!/^\d+$/.test(text)) return null;
  const value = Number(text);
  return value >= min && value <= max ? value : null;
}

function outOfBounds(given: Params[string], step: ScaleStep): Refusal {
  const value = typeof given === 'string' ? quote(given) : String(given);
  return refuse(
    phrase`${code(REPLICAS)} must be ${allowed(step)}, and ${code(value)} is not.`,
    phrase`Give such a number, or change ${code('min')} or ${code('max')} in the intent.`,
  );
}

function allowed({ fields: { min, max } }: ScaleStep): Phrase {
  return min === max ? [String(min)] : [`a whole number from ${min} to ${max}`];
}

function refuse(message: Phrase, remedy?: Phrase): Refusal {
  return { ok: false, notice: notice('params_invalid', message, remedy) };
}
