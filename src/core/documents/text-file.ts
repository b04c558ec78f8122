import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** A file's text, or why there is none; `code` is the system's, such as ENOENT. */
export type TextFile =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly why: 'not_a_file' | 'too_large' | 'not_utf8' }
  | { readonly ok: false; readonly why: 'unreadable'; readonly code: string }
  /** The mount that it is on doesn't answer. */
  | { readonly ok: false; readonly why: 'unanswered'; readonly mount: string };

/** Reads a small UTF-8 file. Never waits for what is no regular file, and never throws for what the system says. */
export async function readTextFile(file: string, maxBytes: number): Promise<TextFile> {
  let handle: FileHandle | null = null;
  try {
    // Not waiting: opening a named pipe would, until somebody writes to it.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!(await handle.stat()).isFile()) return { ok: false, why: 'not_a_file' };
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(maxBytes + 1), 0, maxBytes + 1, 0);
    if (bytesRead > maxBytes) return { ok: false, why: 'too_large' };
    return decode(buffer.subarray(0, bytesRead));
  } catch (error) {
    return { ok: false, why: 'unreadable', code: systemCode(error) };
  } finally {
    await handle?.close();
  }
}

function decode(bytes: Buffer): TextFile {
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { ok: false, why: 'not_utf8' };
  }
}

/** The code of an error of the system; any other error is a defect and is thrown on. */
export function systemCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  if (typeof code === 'string') return code;
  throw error;
}
