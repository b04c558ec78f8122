import { posix } from 'node:path';
import * as z from 'zod';
import type { Notice } from '../../core/model/reasons.js';
import type { Host } from '../../core/ports/host.js';
import { READ } from '../docker/container.js';
import { composeFault } from './fault.js';

/** What a stack's variables say of the stack itself. */
export type StackVariables =
  | { readonly ok: true; readonly files: readonly string[]; readonly profiles: readonly string[] }
  | { readonly ok: false; readonly notice: Notice };

const NONE: StackVariables = { ok: true, files: [], profiles: [] };

/** A stack that tells what Compose knows of its variables: it reads such files in a way of its own. */
const PROBE = JSON.stringify({
  services: {
    probe: {
      image: 'probe',
      labels: {
        // biome-ignore-start lint/suspicious/noTemplateCurlyInString: Compose fills them in
        files: '${COMPOSE_FILE-}',
        separator: '${COMPOSE_PATH_SEPARATOR-}',
        profiles: '${COMPOSE_PROFILES-}',
        // biome-ignore-end lint/suspicious/noTemplateCurlyInString: Compose fills them in
      },
    },
  },
});

const ANSWER = z.object({
  services: z.object({
    probe: z.object({
      labels: z.object({ files: z.string(), separator: z.string(), profiles: z.string() }),
    }),
  }),
});

/** `COMPOSE_FILE` and `COMPOSE_PROFILES` of `.env` in this folder, or of the files that take its place. */
export async function variablesOf(
  host: Host,
  folder: string,
  envFiles: readonly string[],
): Promise<StackVariables> {
  const files = envFiles.length > 0 ? envFiles : [posix.join(folder, '.env')];
  const named = await Promise.all(files.map((file) => namesCompose(host, file)));
  if (!named.includes(true)) return NONE;
  const given = envFiles.flatMap((file) => ['--env-file', file]);
  const argv = ['docker', 'compose', '-p', 'chatops-probe', '--project-directory', folder, ...given];
  const options = { ...READ, env: { PWD: folder }, stdin: PROBE };
  const result = await host.exec([...argv, '-f', '-', 'config', '--format', 'json'], options);
  if (!result.ok) return { ok: false, notice: composeFault(files.join(', '), result) };
  const { labels } = ANSWER.parse(JSON.parse(result.stdout)).services.probe;
  return {
    ok: true,
    files: labels.files.split(labels.separator || ':').filter(Boolean),
    profiles: labels.profiles.split(',').filter(Boolean),
  };
}

/** Most such files say nothing of this, and asking Compose takes a process. */
async function namesCompose(host: Host, file: string): Promise<boolean> {
  if ((await host.realpath(file)) === null) return false;
  // Compose itself tells best why a file can't be read.
  const text = await host.readText(file).catch(() => null);
  return text === null || /COMPOSE_(FILE|PROFILES)/.test(text);
}
