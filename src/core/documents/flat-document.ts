import { type Document, isAlias, isMap, isScalar, isSeq, type ParsedNode, type YAMLMap } from 'yaml';
import { quote } from '../text/characters.js';
import type { Position } from '../text/problem.js';
import { visible } from '../text/visible.js';

export interface YamlProblem extends Position {
  /** The field's path, such as `exclude[2]`; empty when it is about the whole document. */
  readonly field: string;
  readonly message: string;
  readonly hint: string;
}

/** Fields whose value is a group with fields of its own; all others are flat. */
const NESTED: readonly string[] = ['params', 'schedule'];

/** One YAML document as flat fields, and where each of them stands. */
export interface FlatDocument {
  readonly values: ReadonlyMap<string, unknown>;
  /** Fields that are there, but whose value was refused already. */
  readonly refused: ReadonlySet<string>;
  /** Where a value is; its key when it has none, the document's start when the field is missing. */
  locate(path: readonly PropertyKey[]): Position;
  locateKey(field: string): Position;
  /** The groups below `steps:`, in the file's order; missing where there is no such field. */
  readonly steps?: readonly StepGroup[];
}

/** One named group of fields below `steps:`. */
export interface StepGroup {
  readonly name: string;
  /** Where the name stands. */
  readonly at: Position;
  /** Null: something else than a group of fields is written there. */
  readonly fields: FlatDocument | null;
}

const FLAT_HINT = 'Write lines such as action: backup, with a space after the colon.';

/**
 * Makes a flat document of a parsed one. Aliases, tags and %YAML lines are refused: an intent needs none,
 * and they could make a short file long, or a value something else than it looks like.
 */
export function flatten(
  document: Document.Parsed<ParsedNode>,
  position: (offset: number) => Position,
  report: (problem: YamlProblem) => void,
): FlatDocument | null {
  const { contents, directives } = document;
  const start = position((contents ?? document).range[0]);
  if (directives.yaml.explicit) {
    const message = 'A %YAML line stands before the fields, and intents are always YAML 1.2.';
    report({ ...start, field: '', message, hint: 'Remove that line.' });
    return null;
  }
  if (!isMap(contents) || contents.tag !== undefined) {
    report({ ...start, field: '', message: 'This is not a list of fields.', hint: FLAT_HINT });
    return null;
  }
  const flattening = { start, position, report, owners: 'intents', hint: FLAT_HINT };
  const flat = flattenMap(contents, flattening);
  if (!flat.values.has('steps')) return flat;
  const written = contents.items.find(({ key }) => isScalar(key) && String(key.value) === 'steps')?.value;
  return isMap(written) ? { ...flat, steps: stepGroups(written as YAMLMap.Parsed, flattening) } : flat;
}

/** Each name below `steps:` with its fields. */
function stepGroups(written: YAMLMap.Parsed, flattening: Flattening): readonly StepGroup[] {
  const names = flattenMap(written, { ...flattening, report: below('steps', flattening.report) });
  const seen = new Set<string>();
  return written.items.flatMap(({ key, value }) => {
    if (!isScalar(key)) return [];
    const name = String(key.value);
    if (seen.has(name) || !names.values.has(name)) return [];
    seen.add(name);
    const at = names.locateKey(name);
    const report = below(pathText(['steps', name]), flattening.report);
    const fields = isMap(value)
      ? flattenMap(value as YAMLMap.Parsed, { ...flattening, start: at, report })
      : null;
    return [{ name, at, fields }];
  });
}

type Report = (problem: YamlProblem) => void;

/** Reports with the path of a group before the fields of what is in it. */
export function below(path: string, report: Report): Report {
  return (problem) => report({ ...problem, field: problem.field === '' ? path : `${path}.${problem.field}` });
}

/** Where a group of fields stands, who is told what is wrong with it, and how its owners are called. */
export interface Flattening {
  readonly start: Position;
  readonly position: (offset: number) => Position;
  readonly report: (problem: YamlProblem) => void;
  /** As in "uses an alias (*), and intents have none." */
  readonly owners: string;
  /** How fields are written. */
  readonly hint: string;
}

/** The fields of one group; what is nested deeper than a list in it is kept by its type only. */
export function flattenMap(
  contents: YAMLMap.Parsed,
  { start, position, report, owners, hint }: Flattening,
): FlatDocument {
  const values = new Map<string, unknown>();
  const refused = new Set<string>();
  const keys = new Map<string, Position>();
  const places = new Map<string, Position>();
  for (const { key, value } of contents.items) {
    const at = position(key.range[0]);
    if (!isScalar(key) || key.value === null || key.value === '') {
      report({ ...at, field: '', message: 'A field has no name.', hint });
      continue;
    }
    const field = String(key.value);
    const first = keys.get(field);
    if (first) {
      const message = `${fieldName(field)} is there twice, first on line ${first.line}.`;
      report({ ...at, field: pathText([field]), message, hint: 'Keep one of the two lines.' });
      continue;
    }
    keys.set(field, at);
    places.set(field, isEmpty(value) ? at : position(startOf(value, key.range[0])));
    const inner = innerOf(value, [field], NESTED.includes(field) ? DEEPEST : 1);
    for (const { path, node } of inner) {
      places.set(pathText(path), position(startOf(node, startOf(value, 0))));
    }
    const strange = [key, value, ...inner.map(({ node }) => node)]
      .map(refusal)
      .find((found) => found !== null);
    const why = strange
      ? `${strange}, and ${owners} have none.`
      : inner.map(twice).find((found) => found !== null);
    if (why) {
      refused.add(field);
      report({
        ...(places.get(field) ?? at),
        field: pathText([field]),
        message: `${fieldName(field)} ${why}`,
        hint: VALUE_HINT,
      });
    } else {
      values.set(field, plain(value, NESTED.includes(field) ? DEEPEST : 1));
    }
  }
  return {
    values,
    refused,
    locate: (path) => places.get(pathText(path)) ?? places.get(String(path[0])) ?? start,
    locateKey: (field) => keys.get(field) ?? start,
  };
}

const VALUE_HINT = 'Write the value itself; put text that begins with * or ! into quotes.';

/** A field's path as people write it: `exclude[2]`, `params.replicas.min`. */
export function pathText(path: readonly PropertyKey[]): string {
  const [field, ...rest] = path;
  const parts = rest.map((part) => (typeof part === 'number' ? `[${part}]` : `.${legible(String(part))}`));
  return `${legible(String(field ?? ''))}${parts.join('')}`;
}

/** A field's name as it can stand in a sentence: as it is, or quoted when it could be misread. */
export function fieldName(field: string): string {
  return visible(field) === field && /^\S{1,80}$/.test(field) ? field : quote(field);
}

function twice({ path, twice: repeated }: Inner): string | null {
  return repeated ? `has ${quote(String(path.at(-1)))} twice.` : null;
}

/** Why a node is none of the plain values that people write. */
export function refusal(node: unknown): string | null {
  if (isAlias(node)) return 'uses an alias (*)';
  if (typeof node === 'object' && node !== null && 'tag' in node && node.tag !== undefined) {
    return 'has a tag (!)';
  }
  return null;
}

/** Groups in groups are no deeper than this: a parameter's list of choices. */
const DEEPEST = 3;

/** The values of a group or list, and of those in it, with their paths; `key` is its own when it is in a group. */
function innerOf(node: unknown, path: readonly PropertyKey[], depth: number): readonly Inner[] {
  if (depth === 0) return [];
  const found: Inner[] = isSeq(node)
    ? node.items.map((item, index) => ({ path: [...path, index], node: item, twice: false }))
    : isMap(node) && depth > 1
      ? node.items.map(({ key, value }, index) => {
          const name = isScalar(key) ? String(key.value) : '';
          const twice =
            node.items.findIndex((other) => isScalar(other.key) && String(other.key.value) === name) < index;
          return { path: [...path, name], node: isEmpty(value) ? key : value, twice };
        })
      : [];
  return found.flatMap((inner) => [inner, ...innerOf(inner.node, inner.path, depth - 1)]);
}

interface Inner {
  readonly path: readonly PropertyKey[];
  readonly node: unknown;
  /** The same name stands before it in its group. */
  readonly twice: boolean;
}

/** Scalars as they are; what is nested deeper than that only by its type, because no field has such a value. */
function plain(node: unknown, depth: number): unknown {
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return depth === 0 ? [] : node.items.map((item) => plain(item, depth - 1));
  if (!isMap(node)) return null;
  const group: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  if (depth <= 1) return group;
  for (const { key, value } of node.items) {
    if (isScalar(key)) group[String(key.value)] = plain(value, depth - 1);
  }
  return group;
}

function legible(part: string): string {
  return visible(part).slice(0, 100);
}

/** Nothing is written there, or the word null. */
export function isEmpty(node: unknown): boolean {
  return !node || (isScalar(node) && node.value === null);
}

function startOf(node: unknown, fallback: number): number {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : null;
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : fallback;
}
