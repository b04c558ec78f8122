import { existsSync, readFileSync } from 'node:fs';
import { open, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { StoreError } from '../core/ports/store.js';
import type { Head } from './audit-chain.js';
import { fileFault, fileReason } from './data-dir.js';

const HeadJson = z.object({ count: z.int().nonnegative(), hash: z.string().regex(/^[0-9a-f]{64}$/) });

/** The head as the file has it, or what is wrong with the file. */
export type SealedHead = { readonly head: Head } | { readonly head: null; readonly problem: string };

/** The file beside the database that says how far the audit trail went. */
export interface HeadFile {
  read(): SealedHead;
  /** Replaces the file in one step, so that a reader or a crash never meets half of it. */
  write(head: Head): Promise<void>;
  exists(): boolean;
}

/** @param database the file whose owner the head file gets, so that a command run by root locks nobody out */
export function headFile(path: string, database: string): HeadFile {
  return {
    read() {
      let text: string;
      try {
        text = readFileSync(path, 'utf8');
      } catch (error) {
        return { head: null, problem: `${path} can’t be read: ${fileReason(error)}.` };
      }
      try {
        return { head: HeadJson.parse(JSON.parse(text)) };
      } catch {
        return { head: null, problem: `${path} was edited: it no longer holds a count and a hash.` };
      }
    },
    async write(head) {
      const temporary = `${path}.tmp`;
      try {
        await writeThrough(temporary, `${JSON.stringify(head)}\n`, database);
        await rename(temporary, path);
      } catch (cause) {
        // What can't be removed here is replaced at the next write; the write's own error is the one to tell.
        await unlink(temporary).catch(() => undefined);
        throw new StoreError(`${path} can’t be written: ${fileReason(cause)}.`, {
          cause,
          fault: fileFault(cause),
          folder: dirname(path),
        });
      }
    },
    exists: () => existsSync(path),
  };
}

async function writeThrough(path: string, text: string, ownedLike: string): Promise<void> {
  const handle = await open(path, 'w', 0o600);
  try {
    await handle.writeFile(text);
    if (process.getuid?.() === 0) {
      const { uid, gid } = await stat(ownedLike);
      await handle.chown(uid, gid);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}
