import { quote } from './intent/characters.js';
import { closest } from './intent/closest.js';
import type { Intent, IntentStep, Param } from './intent/intent.js';
import { defaultOf, formOf, type ParamValue, readParam, shown } from './intent/param-values.js';
import { readIntent } from './intent/read-intent.js';
import { DATE } from './intent/template.js';
import { code, type Phrase, phrase } from './phrase.js';
import { type Notice, notice } from './reasons.js';
import type { Params } from './request.js';
import type { ArtifactStore } from './store.js';
import type { Admission, Refusal, Ticket } from './ticket.js';

/** The parameter that every intent with one scale step has: how many containers it asks for. */
const REPLICAS = 'replicas';

type ScaleStep = Extract<IntentStep, { kind: 'scale' }>;

/**
 * Puts a request's parameters into the steps of its intent and of those it depends on, in copies. What the
 * intent declares is filled in, with its default when it is not given. Refuses a parameter that the intent
 * does not have, a value that does not fit, and what is missing.
 * @param at the instant whose day (UTC) the intent may use as `date`
 */
export function bindParams({ request, intent, chain }: Ticket, at: Date): Admission {
  const declared = intent.params.map(({ name }) => name);
  const replicas = declared.includes(REPLICAS) ? undefined : request.params[REPLICAS];
  const stray = Object.keys(request.params).find((name) => name !== REPLICAS && !declared.includes(name));
  if (stray !== undefined) return strange(intent, stray);
  const links: Intent[] = [];
  const values: Record<string, ParamValue> = {};
  for (const link of chain) {
    const isOwn = link.name === intent.name;
    const filled = fillIntent(link, isOwn ? request.params : {}, at);
    if (!filled.ok) return filled;
    links.push(filled.intent);
    if (isOwn) Object.assign(values, filled.values);
  }
  const bound = links.find((link) => link.name === intent.name) ?? intent;
  const ticket: Ticket = { request: { ...request, params: values }, intent: bound, chain: links };
  return replicas === undefined ? whole(ticket) : bindReplicas(ticket, replicas);
}

/** The parameters for which a request must still give a value. */
export function missingParams({ params }: Pick<Intent, 'params'>, given: Params): readonly Param[] {
  return params.filter((param) => given[param.name] === undefined && defaultOf(param) === undefined);
}

/** Do the backups that a request names still exist? Null means yes, or that it names none. */
export async function checkArtifacts(
  artifacts: Pick<ArtifactStore, 'list'>,
  { intent, request }: Ticket,
): Promise<Notice | null> {
  for (const param of intent.params) {
    if (param.type !== 'artifact') continue;
    const given = request.params[param.name];
    const there = await artifacts.list(param.intent);
    if (there.some(({ path }) => path === given)) continue;
    const newest = there.at(-1);
    return notice(
      'params_invalid',
      phrase`${code(param.name)} is ${code(shown(given ?? ''))}, but ${code(param.intent)} has no such backup.`,
      newest ? phrase`Its newest is ${code(newest.path)}.` : phrase`It has made none that is still there.`,
    );
  }
  return null;
}

type Filled = { readonly ok: true; readonly intent: Intent; readonly values: Params } | Refusal;

function fillIntent(intent: Intent, given: Params, at: Date): Filled {
  if (intent.template === null) return { ok: true, intent, values: {} };
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
  if (filled.intent) return { ok: true, intent: filled.intent, values };
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

function bindReplicas({ request, intent, chain }: Ticket, given: ParamValue): Admission {
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
  const steps = intent.steps.map((each) => (each === step ? withReplicas(step, replicas) : each));
  const bound: Intent = { ...intent, steps };
  return whole({
    request: { ...request, params: { ...request.params, [REPLICAS]: replicas } },
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
