import { ApiError } from './api-error.js';

/** Where in a form something is wrong: `['embeds', 0, 'title']`. */
export type FieldPath = readonly (string | number)[];

/** Collects what is wrong with a request's form, as Discord's error 50035 tells it. */
export interface FormErrors {
  add(path: FieldPath, code: string, message: string): void;
  /** @throws {ApiError} 50035, when anything was added. */
  throwIfAny(): void;
}

interface ErrorNode {
  [key: string]: ErrorNode | { code: string; message: string }[];
}

export function formErrors(): FormErrors {
  const root: ErrorNode = {};
  return {
    add(path, code, message) {
      const leaf = at(root, path);
      const errors = Array.isArray(leaf._errors) ? leaf._errors : [];
      leaf._errors = [...errors, { code, message }];
    },
    throwIfAny() {
      if (Object.keys(root).length > 0) throw new ApiError(400, 50035, 'Invalid Form Body', { errors: root });
    },
  };
}

/** The node at a path, created when it isn't there. */
function at(root: ErrorNode, path: FieldPath): ErrorNode {
  let node = root;
  for (const part of path) {
    const next = node[part];
    const child = next && !Array.isArray(next) ? next : {};
    node[part] = child;
    node = child;
  }
  return node;
}
