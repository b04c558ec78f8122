import { createMountTable, type Mount, type MountTable } from './mounts.js';
import { type AllFileOperations, plainFiles } from './plain-files.js';
import { createUncertainFiles, type UncertainFiles } from './uncertain-files.js';

/** The file operations of this machine, none of which can hold up this process. */
export interface Files {
  /** For one run; once `signal` has come, what waits for a mount gets a moment and no more. */
  for(signal: AbortSignal): AllFileOperations;
  /** The mount that may not answer on the way to this path; null: none. A symlink at its end is followed. */
  uncertain(path: string): Promise<Mount | null>;
}

/**
 * What lies on a disk of this machine is asked here. Everything else, such as a share or a FUSE mount, is asked by a
 * process of its own: a call that waits would otherwise take one of the few threads that the database, DNS and every
 * other file need, and keep this process from ending.
 */
export function createFiles(
  table: MountTable = createMountTable(),
  uncertain: UncertainFiles = createUncertainFiles(table.has),
): Files {
  return {
    uncertain: (path) => table.uncertain(path, true),
    for: (signal) => {
      /** @param paths how many of the arguments are paths */
      const operation = <Name extends keyof AllFileOperations>(name: Name, follow: boolean, paths = 1) => {
        const plain = plainFiles[name] as (...args: readonly string[]) => Promise<unknown>;
        const work = async (...args: readonly string[]): Promise<unknown> => {
          for (const path of args.slice(0, paths)) {
            const mount = await table.uncertain(path, follow);
            if (mount) return uncertain.ask(mount, name, args, signal);
          }
          return plain(...args);
        };
        return work as unknown as AllFileOperations[Name];
      };
      return {
        stat: operation('stat', false),
        list: operation('list', true),
        realpath: operation('realpath', true),
        access: operation('access', true),
        readText: operation('readText', true),
        writeText: operation('writeText', true),
        rename: operation('rename', false, 2),
        remove: operation('remove', false),
        mkdir: operation('mkdir', true),
        sync: operation('sync', true),
        free: operation('free', true),
        create: operation('create', false),
      };
    },
  };
}
