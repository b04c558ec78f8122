import { posix } from 'node:path';
import { parseDocument } from 'yaml';
import * as z from 'zod';
import type { Notice } from '../../core/model/reasons.js';
import type { Host } from '../../core/ports/host.js';
import type { ComposeService } from './config.js';
import type { StackInputs } from './inputs.js';
import { readDefined } from './project.js';

/** A stack's name and its services, which is all that a look at its containers needs. */
export interface Outline {
  readonly inputs: StackInputs;
  readonly name: string;
  readonly services: ReadonlyMap<string, Pick<ComposeService, 'name' | 'profiles'>>;
}

/** Reads what a stack's files say. */
export type Reader<Project> = (
  host: Host,
  inputs: StackInputs,
) => Promise<
  | { readonly ok: true; readonly project: Project }
  | { readonly ok: false; readonly blockers: readonly Notice[] }
>;

/**
 * Reads the files by itself, because a process of Compose for each stack takes longer than people wait for a list of twenty.
 * Whatever only Compose can tell (variables in names, files that include others, errors) is left to it.
 */
export const readOutline: Reader<Outline> = async (host, inputs) => {
  const outline = await plainOutline(host, inputs);
  if (outline !== null) return { ok: true, project: outline };
  return readDefined(host, inputs);
};

const PLAIN = z.looseObject({
  name: z.string().optional(),
  include: z.undefined().optional(),
  services: z.record(
    z.string(),
    z.looseObject({ profiles: z.array(z.string()).nullish(), extends: z.undefined().optional() }),
  ),
});

async function plainOutline(host: Host, inputs: StackInputs): Promise<Outline | null> {
  if (inputs.project === null && (await variablesName(host, inputs))) return null;
  const services = new Map<string, { readonly name: string; readonly profiles: readonly string[] }>();
  let name: string | null = null;
  for (const file of inputs.files) {
    const plain = await plainFile(host, file);
    if (plain === null) return null;
    name = plain.name ?? name;
    for (const [service, { profiles }] of Object.entries(plain.services)) {
      const known = services.get(service)?.profiles ?? [];
      services.set(service, { name: service, profiles: [...new Set([...known, ...(profiles ?? [])])] });
    }
  }
  // As Compose has them.
  const sorted = new Map([...services].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { inputs, name: inputs.project ?? name ?? folderName(inputs.folder), services: sorted };
}

/** Null: it isn't plain, or isn't right; tags such as `!reset` and variables that have to be set are Compose's own. */
async function plainFile(host: Host, file: string): Promise<z.output<typeof PLAIN> | null> {
  const text = await host.readText(file).catch(() => null);
  if (text === null || /\$\{\w+:?\?/.test(text)) return null;
  const document = parseDocument(text, { merge: true, logLevel: 'silent' });
  if (document.errors.length > 0 || document.warnings.length > 0) return null;
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch {
    return null;
  }
  const read = PLAIN.safeParse(value);
  if (!read.success) return null;
  const { name = '', services } = read.data;
  const names = [name, ...Object.values(services).flatMap(({ profiles }) => profiles ?? [])];
  return names.some((one) => one.includes('$')) ? null : read.data;
}

/** Does the file of variables name the project? */
async function variablesName(host: Host, { folder, envFiles }: StackInputs): Promise<boolean> {
  for (const file of envFiles.length > 0 ? envFiles : [posix.join(folder, '.env')]) {
    if ((await host.realpath(file)) === null) continue;
    const text = await host.readText(file).catch(() => null);
    if (text === null || text.includes('COMPOSE_')) return true;
  }
  return false;
}

/** As Compose makes a project's name of its folder's. */
function folderName(folder: string): string {
  return posix
    .basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}
