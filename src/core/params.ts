import { quote } from './intent/characters.js';
import type { Intent, IntentStep } from './intent/intent.js';
import { code, type Phrase, phrase } from './phrase.js';
import { notice } from './reasons.js';
import type { Params } from './request.js';
import type { Admission, Refusal, Ticket } from './ticket.js';

/** The one parameter there is: how many containers the intent's scale step asks for. */
const REPLICAS = 'replicas';

type ScaleStep = Extract<IntentStep, { kind: 'scale' }>;

/**
 * Puts a request's parameters into the steps of its intent, in a copy, and makes numbers of what was given as
 * text. Refuses a parameter that the intent does not have, a value out of bounds, and a chain in which a scale
 * step is left without a number.
 */
export function bindParams({ request, intent, chain }: Ticket): Admission {
  const [step, another] = scaleSteps(intent);
  const stray = Object.keys(request.params).find((name) => name !== REPLICAS || !step);
  if (stray !== undefined) return refuse(phrase`${code(intent.name)} has no parameter ${code(stray)}.`);
  const given = request.params[REPLICAS];
  if (!step || given === undefined) return whole({ request, intent, chain });
  if (another) {
    return refuse(
      phrase`${code(intent.name)} scales several services, so ${code(REPLICAS)} can’t say which one is meant.`,
      phrase`Leave it out, or ask for an intent that scales only one.`,
    );
  }
  const replicas = wholeNumber(given, step);
  if (replicas === null) return outOfBounds(given, step);
  const steps = intent.steps.map((each) => (each === step ? withReplicas(step, replicas) : each));
  const bound: Intent = { ...intent, steps };
  return whole({
    request: { ...request, params: { [REPLICAS]: replicas } },
    intent: bound,
    chain: chain.map((link) => (link.name === intent.name ? bound : link)),
  });
}

/** The ticket, unless one of its scale steps has no number: then where it is to be said. */
function whole(ticket: Ticket): Admission {
  const silent = ticket.chain.find((link) => scaleSteps(link).some(isSilent));
  if (!silent) return { ok: true, ticket };
  const [step, another] = scaleSteps(silent);
  const services = scaleSteps(silent)
    .filter(isSilent)
    .map(({ fields }) => fields.service);
  return refuse(
    phrase`How many replicas of ${code(services.join(', '))} is not said.`,
    step && !another && silent.name === ticket.intent.name
      ? phrase`Give ${code(REPLICAS)}: ${allowed(step)}.`
      : phrase`Write ${code(REPLICAS)} into the file of ${code(silent.name)}.`,
  );
}

function scaleSteps({ steps }: Intent): readonly ScaleStep[] {
  return steps.filter((step) => step.kind === 'scale');
}

function isSilent({ fields }: ScaleStep): boolean {
  return fields.replicas === null;
}

function withReplicas(step: ScaleStep, replicas: number): ScaleStep {
  return { ...step, fields: { ...step.fields, replicas } };
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
