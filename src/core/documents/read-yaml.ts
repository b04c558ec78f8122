import { type Document, LineCounter, type ParsedNode, parseAllDocuments } from 'yaml';
import { type Position, START } from '../text/problem.js';
import { type FlatDocument, flatten, isEmpty, type YamlProblem } from './flat-document.js';
import { explainSyntax } from './yaml-syntax.js';

/** Larger files are refused unread: an intent has a few hundred bytes, and the time to read one is bounded. */
export const MAX_BYTES = 32 * 1024;
const MAX_DOCUMENTS = 50;
const WHOLE = { ...START, field: '' };

export interface YamlFile {
  readonly documents: readonly FlatDocument[];
  readonly problems: readonly YamlProblem[];
}

/**
 * Reads YAML 1.2 as a series of flat documents; empty ones are left out. Never throws: of a document with
 * wrong syntax the first error is reported (the others are usually its echoes), and the others are read.
 */
export function readYaml(text: string): YamlFile {
  const problems: YamlProblem[] = [];
  const report = (problem: YamlProblem): void => void problems.push(problem);
  const { documents, position } = parseYaml(text, report, 'action: backup');
  if (documents.length > MAX_DOCUMENTS) {
    const message = `The file has ${documents.length} documents, and ${MAX_DOCUMENTS} is the most.`;
    return { documents: [], problems: [{ ...WHOLE, message, hint: 'Put some into a file of their own.' }] };
  }
  const flat = documents.flatMap((document) => {
    const [error] = document.errors;
    if (!error) return flatten(document, position, report) ?? [];
    report({ ...position(error.pos[0]), field: '', ...explainSyntax(error, text) });
    return [];
  });
  return { documents: flat, problems };
}

interface ParsedYaml {
  /** Those that hold anything. Wrong syntax is in their `errors`. */
  readonly documents: readonly Document.Parsed<ParsedNode>[];
  readonly position: (offset: number) => Position;
}

/** Parses YAML 1.2. Never throws. `example`: a line as such files have, for a file that has none. */
export function parseYaml(text: string, report: (problem: YamlProblem) => void, example: string): ParsedYaml {
  const lines = new LineCounter();
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const parsed = parse(text, lines);
  const documents = parsed?.filter(({ errors, contents }) => errors.length > 0 || !isEmpty(contents)) ?? [];
  if (parsed === null) {
    const message = 'The file is nested too deeply to be read.';
    report({ ...WHOLE, message, hint: `Write flat lines, such as ${example}.` });
  } else if (documents.length === 0) {
    report({ ...WHOLE, message: 'The file is empty.', hint: `Begin with a line such as ${example}.` });
  }
  return { documents, position };
}

function parse(text: string, lineCounter: LineCounter): readonly Document.Parsed<ParsedNode>[] | null {
  try {
    // Repeated keys are found in flatten, in one pass; the library compares each key with all the others.
    const documents = parseAllDocuments(text, { lineCounter, prettyErrors: false, uniqueKeys: false });
    return Array.isArray(documents) ? documents : [];
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
