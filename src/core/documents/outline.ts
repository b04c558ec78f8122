import { isMap, isScalar, type ParsedNode, type YAMLMap } from 'yaml';
import { closest } from '../text/closest.js';
import { listed } from '../text/listed.js';
import { type Position, START } from '../text/problem.js';
import {
  type FlatDocument,
  fieldName,
  flattenMap,
  isEmpty,
  refusal,
  type YamlProblem,
} from './flat-document.js';
import { parseYaml } from './read-yaml.js';
import { explainSyntax } from './yaml-syntax.js';

type Report = (problem: YamlProblem) => void;

/** A named group of fields. */
export interface Entry {
  readonly name: string;
  readonly at: Position;
  readonly fields: FlatDocument;
}

/** The file as sections; the named groups of a section keep their order. */
export interface Outline {
  readonly fields: FlatDocument | null;
  readonly sections: ReadonlyMap<string, readonly Entry[]>;
  readonly limits: FlatDocument | null;
}

const OWNERS = 'policies';
const HINT = 'Write lines such as rights: [run, view], with a space after the colon.';
const VALUE_HINT = 'Write it out; put text that begins with * or ! into quotes.';
const MOST_ENTRIES = 500;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._,'’()/-]{0,79}$/u;

/** Splits a policy file into its sections. Tells everything that does not have their form. Never throws. */
export function outline(text: string, sections: readonly string[], report: Report): Outline {
  const found = new Map<string, readonly Entry[]>();
  const { documents, position } = parseYaml(text, report, 'roles:');
  const [document, second] = documents;
  const none: Outline = { fields: null, sections: found, limits: null };
  if (!document) return none;
  const tell = (at: Position, field: string, message: string, hint: string): void =>
    report({ ...at, field, message, hint });
  const [error] = document.errors;
  if (error) {
    report({ ...position(error.pos[0]), field: '', ...explainSyntax(error, text) });
    return none;
  }
  if (second) {
    tell(
      position(second.range[0]),
      '',
      'The file has several documents, and a policy is one.',
      'Remove the --- line.',
    );
  }
  const { contents } = document;
  if (document.directives.yaml.explicit || !isMap(contents) || contents.tag !== undefined) {
    tell(START, '', 'This is not a list of sections.', 'Begin with a line such as roles:.');
    return none;
  }
  const known = [...sections, 'limits', 'timezone'];
  const start = position(contents.range[0]);
  const flattening = { start, position, report, owners: OWNERS, hint: HINT };
  const fields = flattenMap(contents, flattening);
  let limits: FlatDocument | null = null;
  for (const [name, node] of groups(contents)) {
    const at = fields.locateKey(name);
    if (!known.includes(name)) {
      const [near] = closest(name, known);
      const hint = near ? `Did you mean ${near}?` : `The sections are ${listed(known, 'and')}.`;
      tell(at, fieldName(name), `${fieldName(name)} is not a section of a policy.`, hint);
    } else if (name === 'timezone' || fields.refused.has(name) || isEmpty(node)) {
      if (sections.includes(name)) found.set(name, []);
    } else if (!isMap(node)) {
      tell(at, name, `${name} is not a group of fields.`, `Write its entries below it, indented.`);
    } else if (name === 'limits') {
      limits = flattenMap(node as YAMLMap.Parsed, { ...flattening, start: at, report: within(name, report) });
    } else {
      found.set(name, entriesOf(name, node as YAMLMap.Parsed, { ...flattening, start: at }));
    }
  }
  return { fields, sections: found, limits };
}

type Flattening = Parameters<typeof flattenMap>[1];

function entriesOf(section: string, map: YAMLMap.Parsed, flattening: Flattening): readonly Entry[] {
  const entries: Entry[] = [];
  const outer = flattenMap(map, { ...flattening, report: within(section, flattening.report) });
  const report = within(section, flattening.report);
  for (const [name, node] of groups(map)) {
    const at = outer.locateKey(name);
    const field = fieldName(name);
    if (outer.refused.has(name)) continue;
    if (!NAME.test(name)) {
      const message = `${field} can’t be a name here.`;
      report({
        ...at,
        field,
        message,
        hint: 'Use letters, digits and spaces, and begin with a letter or a digit.',
      });
    } else if (!isMap(node)) {
      const message = `${field} is not a group of fields.`;
      report({ ...at, field, message, hint: 'Write its fields below it, indented.' });
    } else if (refusal(node) !== null) {
      report({ ...at, field, message: `${field} ${refusal(node)}.`, hint: VALUE_HINT });
    } else if (entries.length === MOST_ENTRIES) {
      const message = `${section} has more than ${MOST_ENTRIES} entries.`;
      report({ ...at, field: '', message, hint: 'Use wildcards, such as "media-*".' });
      return entries;
    } else {
      const inner = { ...flattening, start: at, report: within(`${section} › ${name}`, flattening.report) };
      entries.push({ name, at, fields: flattenMap(node as YAMLMap.Parsed, inner) });
    }
  }
  return entries;
}

/** The fields of a map with their nodes, each once. What is wrong with their keys was told before. */
function groups(map: YAMLMap.Parsed): ReadonlyMap<string, ParsedNode | null> {
  const found = new Map<string, ParsedNode | null>();
  for (const { key, value } of map.items) {
    if (!isScalar(key) || key.value === null || key.value === '') continue;
    const name = String(key.value);
    if (!found.has(name)) found.set(name, value);
  }
  return found;
}

/** Puts the place in the file before what is told. */
export function within(path: string, report: Report): Report {
  return (problem) =>
    report({
      ...problem,
      field: problem.field === '' ? path : `${path} › ${problem.field}`,
      message: `${path}: ${problem.message}`,
    });
}
