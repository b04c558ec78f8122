import { StringDecoder } from 'node:string_decoder';

/** Longest line that is passed on, in UTF-16 units; what follows up to the next line break is dropped. */
export const MAX_LINE = 64 * 1024;

/** Takes bytes as they come and calls `onLine` for each line. Call `end()` once after the last byte. */
export interface LineSplitter {
  write(chunk: Buffer): void;
  end(): void;
}

/**
 * Splits output into lines at \n and at \r (progress displays), decoding UTF-8; invalid bytes become U+FFFD.
 * Holds at most one line of `longest` UTF-16 units, however long the output's lines are.
 */
export function lineSplitter(onLine: (line: string) => void, longest = MAX_LINE): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let held = '';
  let afterReturn = false;

  const add = (text: string): void => {
    if (held.length < longest) held += text.slice(0, longest - held.length);
  };
  const flush = (): void => {
    const line = held;
    held = '';
    onLine(line);
  };
  const take = (text: string): void => {
    let start = 0;
    for (const { index, 0: mark } of text.matchAll(/[\r\n]/g)) {
      if (index > start) afterReturn = false;
      add(text.slice(start, index));
      start = index + 1;
      // A \r at the start of a line redraws it; the \n of a \r\n belongs to the line that \r ended.
      if (mark === '\r' ? held !== '' : !afterReturn || held !== '') flush();
      afterReturn = mark === '\r';
    }
    if (start < text.length) {
      afterReturn = false;
      add(text.slice(start));
    }
  };

  return {
    write: (chunk) => take(decoder.write(chunk)),
    end: () => {
      take(decoder.end());
      if (held !== '') flush();
    },
  };
}
