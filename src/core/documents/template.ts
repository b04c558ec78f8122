import { Liquid, type Template as Part } from 'liquidjs';
import { quote } from '../text/characters.js';
import { closest } from '../text/closest.js';
import { listed } from '../text/listed.js';

/** What a template can see: the intent's parameters, and `date`, the day (UTC) as `2026-11-22`. */
export type TemplateValues = Readonly<Record<string, string | number | boolean>>;

/** Why a text is no template that can be used, as the end of a sentence, and what would be right. */
export interface TemplateFault {
  readonly why: string;
  readonly hint: string;
}

/** The name under which every template finds the day. */
export const DATE = 'date';

/** Filters under the names that Liquid and Jinja have for them. None reads anything but its input. */
const FILTERS: Readonly<Record<string, string>> = {
  lower: 'downcase',
  upper: 'upcase',
  trim: 'strip',
  downcase: 'downcase',
  upcase: 'upcase',
  capitalize: 'capitalize',
  strip: 'strip',
  default: 'default',
  replace: 'replace',
  slice: 'slice',
  truncate: 'truncate',
  append: 'append',
  prepend: 'prepend',
  date: 'date',
  plus: 'plus',
  minus: 'minus',
  times: 'times',
  at_least: 'at_least',
  at_most: 'at_most',
  round: 'round',
  abs: 'abs',
};

const LONGEST = 4096;

let made: Liquid | null = null;

/** Made when it is first needed: it asks for the time zone, which takes 30 ms. */
function engine(): Liquid {
  made ??= createEngine();
  return made;
}

function createEngine(): Liquid {
  const liquid = new Liquid({
    strictFilters: true,
    strictVariables: true,
    ownPropertyOnly: true,
    timezoneOffset: 0,
    parseLimit: LONGEST,
    renderLimit: 200,
    memoryLimit: 1_000_000,
  });
  const library = { ...liquid.filters };
  for (const name of Object.keys(library)) delete liquid.filters[name];
  for (const [name, theirs] of Object.entries(FILTERS)) {
    const filter = library[theirs];
    if (filter) liquid.registerFilter(name, filter);
  }
  return liquid;
}

/** Is there anything in this text to put in? */
export function isTemplate(text: string): boolean {
  return /\{\{|\{%/.test(text);
}

/** What is wrong with a template that may use these names; null when nothing is. */
export function templateFault(text: string, names: readonly string[]): TemplateFault | null {
  if (/\{%/.test(text)) {
    return { why: 'it holds {% … %}, and only {{ … }} can be used', hint: 'Write it like {{ name }}.' };
  }
  const parts = parse(text);
  if (!Array.isArray(parts)) return parts;
  const known = [...new Set([...names, DATE])];
  const stray = engine()
    .globalVariablesSync(parts)
    .find((name) => !known.includes(name));
  if (stray === undefined) return null;
  const [near] = closest(stray, known);
  return {
    why: `it uses ${quote(stray)}, which is not among the params`,
    hint: near ? `Did you mean ${near}?` : `It can use ${listed(known, 'and')}.`,
  };
}

/** The names that a template uses; empty for one that can't be read. */
export function variablesOf(text: string): readonly string[] {
  const parts = parse(text);
  return Array.isArray(parts) ? engine().globalVariablesSync(parts) : [];
}

/**
 * Puts the values into a text that {@link templateFault} had nothing against, once: a value is data, what
 * looks like a template in it stays as it is. A text that is nothing but one `{{ … }}` keeps the type of its
 * value, so that `replicas: "{{ n }}"` is a number. A fault when a filter can't do its work.
 */
export function fill(text: string, values: TemplateValues): TemplateValues[string] | TemplateFault {
  const scope = Object.assign(Object.create(null), values) as object;
  const source = liquidOf(text);
  try {
    const [part, ...others] = engine().parse(source);
    const whole = others.length === 0 && /^\{\{.*\}\}$/s.test(source);
    if (!whole || !part) return String(engine().parseAndRenderSync(source, scope));
    const value: unknown = engine().evalValueSync(source.slice(2, -2).replace(/^-|-$/g, ''), scope);
    if (typeof value === 'number' || typeof value === 'boolean') return value;
    return String(engine().renderSync([part], scope));
  } catch (error) {
    return { why: `it can’t be filled in: ${firstLine(error)}`, hint: 'Correct the filter, or the value.' };
  }
}

function parse(text: string): Part[] | TemplateFault {
  if (text.length > LONGEST) {
    return { why: 'at most 4,096 characters fit into a template', hint: 'Shorten it.' };
  }
  try {
    return engine().parse(liquidOf(text));
  } catch (error) {
    const unknown = /undefined filter: ([\w-]+)/.exec(firstLine(error))?.[1];
    if (unknown === undefined) {
      return {
        why: `it is no template that can be read: ${firstLine(error)}`,
        hint: 'Write it like {{ name }} or {{ name | default("x") }}.',
      };
    }
    const [near] = closest(unknown, Object.keys(FILTERS));
    return {
      why: `it uses the filter ${quote(unknown)}, which does not exist`,
      hint: near ? `Did you mean ${near}?` : `There are ${listed(Object.keys(FILTERS), 'and')}.`,
    };
  }
}

/** Jinja writes a filter's arguments as `default("x")`, Liquid as `default: "x"`; both are understood. */
function liquidOf(text: string): string {
  return text.replace(/\{\{(?:"[^"]*"|'[^']*'|[^"'}]|\}(?!\}))*\}\}/g, (output) =>
    output.replace(
      /("[^"]*"|'[^']*')|\|\s*(\w+)\s*\(((?:"[^"]*"|'[^']*'|[^"'()])*)\)/g,
      (all, quoted: string | undefined, name: string, args: string) =>
        quoted !== undefined ? all : args.trim() === '' ? `| ${name}` : `| ${name}: ${args}`,
    ),
  );
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split('\n')[0] ?? '').replace(/, line:\d+, col:\d+$/, '');
}
