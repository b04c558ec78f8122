import { plainReads } from '../core/documents/reads.js';
import type { HelperOperations } from './file-protocol.js';
import { plainLooks } from './looks.js';
import { asHostError, plainFiles } from './plain-files.js';

/** Everything that a file helper can be asked. */
export const helperOperations: HelperOperations = {
  ...plainFiles,
  ...plainLooks,
  facts: named(plainReads.facts),
  linkFacts: named(plainReads.linkFacts),
  names: named(plainReads.names),
  truePath: named(plainReads.truePath),
  text: plainReads.text,
};

/** With errors that keep the system's code on their way to whoever asked. */
function named<T>(work: (path: string) => Promise<T>): (path: string) => Promise<T> {
  return (path) =>
    work(path).catch((error: unknown) => {
      throw asHostError(error, path);
    });
}
