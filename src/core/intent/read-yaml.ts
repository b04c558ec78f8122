import { type Document, LineCounter, type ParsedNode, parseAllDocuments } from 'yaml';
import { type FlatDocument, flatten, isEmpty, type YamlProblem } from './flat-document.js';
import { START } from './problem.js';
import { explainSyntax } from './yaml-syntax.js';

/** Larger files are refused unread: an intent has a few hundred bytes, and the time to read one is bounded. */
export const MAX_BYTES = 32 * 1024;
const MAX_DOCUMENTS = 50;

export interface YamlFile {
  readonly documents: readonly FlatDocument[];
  readonly problems: readonly YamlProblem[];
}

/**
 * Reads YAML 1.2 as a series of flat documents; empty ones are left out. Never throws: of a document with
 * wrong syntax the first error is reported (the others are usually its echoes), and the others are read.
 */
export function readYaml(text: string): YamlFile {
  const lines = new LineCounter();
  const parsed = parse(text, lines);
  if (parsed === null) {
    return broken('The file is nested too deeply to be read.', 'Write flat lines, such as action: backup.');
  }
  const filled = parsed.filter(({ errors, contents }) => errors.length > 0 || !isEmpty(contents));
  if (filled.length === 0) return broken('The file is empty.', 'Begin with a line such as action: backup.');
  if (filled.length > MAX_DOCUMENTS) {
    return broken(
      `The file has ${filled.length} documents, and ${MAX_DOCUMENTS} is the most.`,
      'Put some into a file of their own.',
    );
  }
  const position = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const problems: YamlProblem[] = [];
  const documents = filled.flatMap((document) => {
    const [error] = document.errors;
    if (error) {
      problems.push({ ...position(error.pos[0]), field: '', ...explainSyntax(error, text) });
      return [];
    }
    return flatten(document, position, (problem) => problems.push(problem)) ?? [];
  });
  return { documents, problems };
}

function broken(message: string, hint: string): YamlFile {
  return { documents: [], problems: [{ ...START, field: '', message, hint }] };
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
