import type { AllFileOperations } from './plain-files.js';

/** The file operations, by name. */
export type FileOperation = keyof AllFileOperations;

/** One line from this process to its file helper. */
export interface FileRequest {
  readonly id: number;
  readonly operation: FileOperation;
  readonly args: readonly string[];
}

/** One line of its answer. */
export type FileAnswer =
  | { readonly id: number; readonly value: unknown }
  | {
      readonly id: number;
      readonly fault: { readonly code: string; readonly path: string; readonly message: string };
    };
