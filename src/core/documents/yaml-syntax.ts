import type { YAMLError } from 'yaml';

interface Explained {
  readonly message: string;
  readonly hint: string;
}

const COLON: Explained = {
  message: 'There are two values or a wrong indent on this line.',
  hint: 'Begin each field at the start of a line; put a value that has ": " in it into quotes.',
};

const BY_CODE: Partial<Record<YAMLError['code'], Explained>> = {
  TAB_AS_INDENT: { message: 'A tab is used as indent.', hint: 'Use spaces; YAML takes no tabs there.' },
  BLOCK_AS_IMPLICIT_KEY: COLON,
  MULTILINE_IMPLICIT_KEY: {
    message: 'A line is neither a field nor the rest of the value before it.',
    hint: 'Write field: value, with a space after the colon.',
  },
  BAD_INDENT: {
    message: 'The indent does not fit the lines before, or a list in [ ] is not closed.',
    hint: 'Begin each field at the start of a line, and close each [ with ].',
  },
  BAD_DQ_ESCAPE: {
    message: 'A backslash in double quotes begins an escape that YAML does not know.',
    hint: 'Use single quotes for text with backslashes.',
  },
  BAD_SCALAR_START: {
    message: 'A value begins with a character that means something else in YAML.',
    hint: 'Put the value into quotes.',
  },
  RESOURCE_EXHAUSTION: {
    message: 'The file is nested too deeply to be read.',
    hint: 'Write flat lines, such as action: backup.',
  },
  BAD_ALIAS: { message: 'An alias (*) has no name.', hint: 'Put a value that begins with * into quotes.' },
  KEY_OVER_1024_CHARS: { message: 'A field’s name is far too long.', hint: 'Write field: value lines.' },
  BAD_DIRECTIVE: { message: 'A line begins with %.', hint: 'Remove that line.' },
};

/** A YAML syntax error in plain words. */
export function explainSyntax(error: YAMLError, text: string): Explained {
  const known = BY_CODE[error.code];
  if (known) return known;
  if (error.code === 'MISSING_CHAR' && /quote/.test(error.message)) {
    return {
      message: 'A quote that was opened above is never closed.',
      hint: 'Close it at the end of its value.',
    };
  }
  if (text.startsWith('*', error.pos[0])) {
    return { message: 'A value begins with *.', hint: 'Put the value into quotes.' };
  }
  return {
    message: `This is not valid YAML: ${error.message.replace(/\s+/g, ' ').slice(0, 120)}.`,
    hint: 'Write field: value lines; put values with special characters into quotes.',
  };
}
