import { resolve } from 'node:path';
import { plainReads, type Reads } from '../core/documents/reads.js';
import type { TextFile } from '../core/documents/text-file.js';
import { HostError, NoAnswerError } from '../core/ports/host.js';
import type { FileArgument, HelperOperations } from './file-protocol.js';
import { createMountTable, type MountTable } from './mounts.js';
import { createUncertainFiles, type UncertainFiles } from './uncertain-files.js';

/** Reads end when they have their answer, or at their deadline. */
const NEVER = new AbortController().signal;

/**
 * Reads that hold up nothing but themselves: what lies on a disk of this machine is read here, and what lies on a
 * mount that may not answer by a process of its own. It is another one than that of the runs, which have more patience.
 */
export function createReads(
  table: MountTable = createMountTable(),
  uncertain: UncertainFiles = createUncertainFiles(table.has),
): Reads {
  /** @param follow a symlink at the path's end is followed */
  const read = <Name extends Exclude<keyof Reads, 'isCertain'>>(name: Name, follow: boolean) => {
    const plain = plainReads[name] as (path: string, ...more: readonly FileArgument[]) => Promise<unknown>;
    const work = async (path: string, ...more: readonly FileArgument[]): Promise<unknown> => {
      const absolute = resolve(path);
      const mount = await table.uncertain(absolute, follow);
      if (mount === null) return plain(absolute, ...more);
      return uncertain.ask(mount, name, [absolute, ...more], NEVER);
    };
    return work as unknown as HelperOperations[Name];
  };
  const text = read('text', true);
  return {
    facts: read('facts', true),
    linkFacts: read('linkFacts', false),
    names: read('names', true),
    truePath: read('truePath', true),
    text: (file, maxBytes) => text(file, maxBytes).catch(unreadText),
    isCertain: async (path) => (await table.uncertain(resolve(path), true)) === null,
  };
}

function unreadText(error: unknown): TextFile {
  if (error instanceof NoAnswerError) return { ok: false, why: 'unanswered', mount: error.path };
  if (error instanceof HostError) return { ok: false, why: 'unreadable', code: error.code };
  throw error;
}
