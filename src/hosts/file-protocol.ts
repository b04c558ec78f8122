import type { Reads } from '../core/documents/reads.js';
import type { plainLooks } from './looks.js';
import type { AllFileOperations } from './plain-files.js';

/** What a file helper does. */
export type HelperOperations = AllFileOperations & Omit<Reads, 'isCertain'> & typeof plainLooks;

/** The file operations, by name. */
export type FileOperation = keyof HelperOperations;

/** A path, a text, or a size. */
export type FileArgument = string | number;

/** One line from this process to its file helper. */
export interface FileRequest {
  readonly id: number;
  readonly operation: FileOperation;
  readonly args: readonly FileArgument[];
}

/** One line of its answer. */
export type FileAnswer =
  | { readonly id: number; readonly value: unknown }
  | {
      readonly id: number;
      readonly fault: { readonly code: string; readonly path: string; readonly message: string };
    };
