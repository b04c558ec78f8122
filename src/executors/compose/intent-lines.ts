import { posix } from 'node:path';
import type { Host } from '../../core/ports/host.js';
import { findInputs } from './find.js';
import type { OriginPaths, Paths } from './origin.js';

/** Lines of an intent that mean what containers were made from; null where none can. */
export interface IntentLines {
  compose(its: OriginPaths): Promise<string | null>;
  envFiles(its: OriginPaths): string | null;
}

export function intentLines(host: Host, paths: Paths): IntentLines {
  return {
    compose: async ({ files, folder, envFiles }) => {
      const there = await Promise.all(files.map((file) => host.realpath(file)));
      if (files.length === 0 || there.includes(null)) return null;
      const ofFolder = await findInputs(host, { compose: folder, env_files: envFiles });
      if (ofFolder.ok && (await paths.areSame(ofFolder.inputs.files, files)))
        return line('compose', [folder]);
      return posix.dirname(files[0] ?? '') === folder ? line('compose', files) : null;
    },
    envFiles: ({ envFiles }) => (envFiles.length === 0 ? null : line('env_files', envFiles)),
  };
}

/** `compose: /opt/stacks/media`, or `profiles: [a, b]`. */
export function line(field: string, values: readonly string[]): string {
  const written = values.map((value) => (/^[\w/][\w/.-]*$/.test(value) ? value : JSON.stringify(value)));
  return `${field}: ${written.length === 1 ? written.join() : `[${written.join(', ')}]`}`;
}
