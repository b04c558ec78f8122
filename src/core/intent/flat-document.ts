import { type Document, isAlias, isMap, isScalar, isSeq, type ParsedNode, type YAMLMap } from 'yaml';
import { quote, visible } from './characters.js';
import type { Position } from './problem.js';

export interface YamlProblem extends Position {
  /** The field's path, such as `exclude[2]`; empty when it is about the whole document. */
  readonly field: string;
  readonly message: string;
  readonly hint: string;
}

/** One YAML document as flat fields, and where each of them stands. */
export interface FlatDocument {
  readonly values: ReadonlyMap<string, unknown>;
  /** Fields that are there, but whose value was refused already. */
  readonly refused: ReadonlySet<string>;
  /** Where a value is; its key when it has none, the document's start when the field is missing. */
  locate(path: readonly PropertyKey[]): Position;
  locateKey(field: string): Position;
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
  return flattenMap(contents, { start, position, report, owners: 'intents', hint: FLAT_HINT });
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
    const items = isSeq(value) ? value.items : [];
    places.set(field, isEmpty(value) ? at : position(startOf(value, key.range[0])));
    items.forEach((item, index) => {
      places.set(`${field}[${index}]`, position(startOf(item, startOf(value, 0))));
    });
    const why = [key, value, ...items].map(refusal).find((found) => found !== null);
    if (why) {
      refused.add(field);
      report({
        ...(places.get(field) ?? at),
        field: pathText([field]),
        message: `${fieldName(field)} ${why}, and ${owners} have none.`,
        hint: VALUE_HINT,
      });
    } else {
      values.set(field, isSeq(value) ? items.map(plain) : plain(value));
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

/** A field's path as people write it: `exclude[2]`. */
export function pathText(path: readonly PropertyKey[]): string {
  const [field, ...rest] = path.map(String);
  return `${visible(field ?? '').slice(0, 100)}${rest.map((part) => `[${part}]`).join('')}`;
}

/** A field's name as it can stand in a sentence: as it is, or quoted when it could be misread. */
export function fieldName(field: string): string {
  return visible(field) === field && /^\S{1,80}$/.test(field) ? field : quote(field);
}

/** Why a node is none of the plain values that people write. */
export function refusal(node: unknown): string | null {
  if (isAlias(node)) return 'uses an alias (*)';
  if (typeof node === 'object' && node !== null && 'tag' in node && node.tag !== undefined) {
    return 'has a tag (!)';
  }
  return null;
}

/** Scalars as they are; what is nested deeper only by its type, because no field has such a value. */
function plain(node: unknown): unknown {
  if (isScalar(node)) return node.value;
  if (isMap(node)) return {};
  return isSeq(node) ? [] : null;
}

/** Nothing is written there, or the word null. */
export function isEmpty(node: unknown): boolean {
  return !node || (isScalar(node) && node.value === null);
}

function startOf(node: unknown, fallback: number): number {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : null;
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : fallback;
}
