import { pathText } from '../documents/flat-document.js';
import { defaultOf, formOf, readParam, shown } from '../documents/param-values.js';
import type { GraphStep } from '../model/graph.js';
import type { Catalogue, Intent } from '../model/intent.js';
import { closest } from '../text/closest.js';
import { listed } from '../text/listed.js';
import { askable, REPLICAS } from './askable.js';
import { impliedIn } from './implied.js';
import type { Mention, Reference } from './read-step.js';

/** Why intents do not fit together, each fine by itself. */
export interface Misfit {
  /** The step that refers to the other intent; null: `depends_on` does. */
  readonly step: string | null;
  /** The intent that is referred to. */
  readonly intent: string;
  /** The parameter that it is about. */
  readonly param?: string;
  readonly message: string;
  readonly hint: string;
}

/**
 * Everything that an intent asks of the intents that it runs, and that they don't have.
 * @param mentions where its file names them; empty for a version that is in no file any more
 */
export function misfitsOf(
  catalogue: Pick<Catalogue, 'find'>,
  intent: Intent,
  mentions: readonly Mention[],
): readonly Misfit[] {
  const found: Misfit[] = [];
  for (const name of intent.dependsOn) {
    if (!catalogue.find(name)?.graph) continue;
    const message = `depends_on names ${name}, which has steps of its own, and those can only be run by asking for them.`;
    found.push({
      step: null,
      intent: name,
      message,
      hint: `Ask for ${name} by itself, or name what its steps do.`,
    });
  }
  if (!intent.graph) return found;
  const references = new Map(
    mentions.flatMap(({ reference }) => (reference ? [[reference.step, reference]] : [])),
  );
  for (const step of intent.graph.steps) found.push(...ofStep(catalogue, step, references.get(step.name)));
  for (const { intent: name, step, other } of impliedIn(catalogue, intent).doubles) {
    if (catalogue.find(name)?.graph) continue;
    const cause = step === null ? 'depends_on runs it' : `the intent of ${step} depends on it`;
    found.push({
      step,
      intent: name,
      message: `${name} would run twice: ${cause}, and ${other} runs it too.`,
      hint: `Make ${name} a step without a condition, and let the others need it.`,
    });
  }
  return found;
}

function ofStep(
  catalogue: Pick<Catalogue, 'find'>,
  { name: step, work }: GraphStep,
  reference: Reference | undefined,
): readonly Misfit[] {
  const target = work.kind === 'intent' ? catalogue.find(work.intent) : null;
  if (work.kind !== 'intent' || !target) return [];
  const about = { step, intent: target.name };
  if (target.graph) {
    const message = `${step} runs ${target.name}, which has steps of its own.`;
    return [{ ...about, message, hint: `Write the steps of ${target.name} here.` }];
  }
  const given = Object.keys(work.params);
  return [
    ...given.flatMap((param) => strange(about, target, param)),
    ...missing(about, target, given),
    ...given.flatMap((param) => unfit(about, target, param, reference)),
  ];
}

type About = Pick<Misfit, 'step' | 'intent'>;

function strange(about: About, target: Intent, param: string): readonly Misfit[] {
  const names = askable(target).map(({ name }) => name);
  if (names.includes(param)) return [];
  const [near] = closest(param, names);
  const known = names.length > 0 ? `It has ${listed(names, 'and')}.` : 'Remove the line; it has none.';
  const message = `${target.name} has no parameter ${param}.`;
  return [{ ...about, param, message, hint: near ? `Did you mean ${near}?` : known }];
}

function missing(about: About, target: Intent, given: readonly string[]): readonly Misfit[] {
  const path = (name: string): string => pathText(['steps', about.step ?? '', 'params', name]);
  const needed = target.params
    .filter((param) => defaultOf(param) === undefined && !given.includes(param.name))
    .map((param) => ({ name: param.name, hint: `Give ${path(param.name)} as ${formOf(param)}.` }));
  const declared = target.params.some(({ name }) => name === REPLICAS);
  const silent = target.steps.some((step) => step.kind === 'scale' && step.fields.replicas === null);
  if (silent && !declared && !given.includes(REPLICAS)) {
    needed.push({ name: REPLICAS, hint: `Give ${path(REPLICAS)} as a whole number.` });
  }
  return needed.map(({ name, hint }) => ({
    ...about,
    message: `${target.name} needs a value for ${name}, and ${about.step} gives none.`,
    hint,
  }));
}

/** Values that are the same in each run are judged right away. */
function unfit(
  about: About,
  target: Intent,
  name: string,
  reference: Reference | undefined,
): readonly Misfit[] {
  const param = target.params.find((one) => one.name === name);
  const constants = reference?.constants ?? {};
  const value = Object.hasOwn(constants, name) ? constants[name] : undefined;
  const read = param && value !== undefined ? readParam(param, value) : null;
  if (value === undefined || !read || read.ok) return [];
  return [
    { ...about, param: name, message: `${name} is ${shown(value)}, but ${read.why}.`, hint: read.hint },
  ];
}
