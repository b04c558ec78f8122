import type { StackFields } from '../../core/model/fields.js';
import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { ExecResult, Host } from '../../core/ports/host.js';
import { READ } from '../docker/container.js';
import { composeArgv, environmentOf } from './command.js';
import {
  besideWithoutDependencies,
  CONFIG,
  type ComposeService,
  type Config,
  parseHashes,
  serviceOf,
} from './config.js';
import { renderedHash } from './difference/fingerprint.js';
import { composeFault } from './fault.js';
import { findInputs } from './find.js';

import { namesOf, type StackInputs } from './inputs.js';

/** A stack as Compose itself reads it. */
export interface ComposeProject {
  readonly inputs: StackInputs;
  /** From the file's `name:` or its folder. */
  readonly name: string;
  /** As Compose renders it. */
  readonly config: Config;
  /** All services, also those of profiles that are not switched on. */
  readonly services: ReadonlyMap<string, ComposeService>;
  readonly warnings: readonly Notice[];
}

export type ReadProject =
  | { readonly ok: true; readonly project: ComposeProject }
  | { readonly ok: false; readonly blockers: readonly Notice[] };

/** Finds a stack's files and reads them, whatever runs. */
export async function readDefinition(host: Host, fields: StackFields): Promise<ReadProject> {
  const found = await findInputs(host, fields);
  return found.ok ? readProject(host, found.inputs) : blocked(found.notice);
}

/** The configuration as Compose renders it now; null where it can't. */
export async function readConfig(host: Host, inputs: StackInputs): Promise<Config | null> {
  const rendered = await render(host, inputs);
  return rendered.ok ? CONFIG.parse(JSON.parse(rendered.stdout)) : null;
}

/** Reads a stack with `docker compose config`, which starts and changes nothing. */
export function readProject(host: Host, inputs: StackInputs): Promise<ReadProject> {
  return read(host, inputs, (config) => hashesOf(host, inputs, config));
}

/** {@link readProject} without the hashes, which are a question of their own. */
export function readDefined(host: Host, inputs: StackInputs): Promise<ReadProject> {
  return read(host, inputs, async () => () => []);
}

async function read(
  host: Host,
  inputs: StackInputs,
  hashed: (config: Config) => Promise<(service: string) => readonly string[]>,
): Promise<ReadProject> {
  const rendered = await render(host, inputs);
  if (!rendered.ok) return blocked(composeFault(namesOf(inputs), rendered));
  const config = CONFIG.parse(JSON.parse(rendered.stdout));
  const hashes = await hashed(config);
  const services = Object.entries(config.services ?? {}).map(
    ([name, raw]) =>
      [
        name,
        serviceOf(config.name, name, raw, { hashes: hashes(name), rendered: renderedHash(config, name) }),
      ] as const,
  );
  const warnings = unsetVariables(rendered.stderr);
  return { ok: true, project: { inputs, name: config.name, config, services: new Map(services), warnings } };
}

/** The blocker for a service that the file does not have. */
export function unknownService(
  { inputs, services }: { readonly inputs: StackInputs; readonly services: ReadonlyMap<string, unknown> },
  service: string,
): Notice {
  const known = [...services.keys()].sort().slice(0, 10);
  return notice(
    'service_unknown',
    phrase`${code(namesOf(inputs))} has no service ${code(service)}.`,
    known.length === 0
      ? phrase`Add it to the file, which has none so far.`
      : phrase`It has ${known.flatMap((name, index) => [index === 0 ? '' : ', ', code(name)])}. Correct ${code('service')} in the intent.`,
  );
}

const EVERY_PROFILE = ['--profile', '*'] as const;

/** Services of different profiles may name their container alike, which Compose refuses while all profiles are on. */
async function render(host: Host, inputs: StackInputs): Promise<ExecResult> {
  const ask = (...args: readonly string[]): Promise<ExecResult> =>
    host.exec(composeArgv(inputs, ...args), { ...READ, ...environmentOf(inputs) });
  const whole = await ask(...EVERY_PROFILE, 'config', '--format', 'json');
  if (whole.ok || whole.notFound || whole.timedOut) return whole;
  const own = await ask('config', '--quiet');
  return own.ok ? ask(...EVERY_PROFILE, 'config', '--no-consistency', '--format', 'json') : own;
}

function blocked(...blockers: readonly Notice[]): ReadProject {
  return { ok: false, blockers };
}

/**
 * What Compose would write into the label `config-hash`, by service: the hash of the rendered configuration, not of the
 * file: `config --hash` leaves `env_file` unresolved,
 * `up` does not, and so the hashes of such services never agree.
 */
export async function hashesOf(host: Host, { folder }: StackInputs, config: Config) {
  const { both, otherOf } = besideWithoutDependencies(config);
  const argv = ['docker', 'compose', '-p', config.name, '--project-directory', folder, '-f', '-'];
  const result = await host.exec([...argv, ...EVERY_PROFILE, 'config', '--no-consistency', '--hash', '*'], {
    ...READ,
    stdin: JSON.stringify(both),
  });
  const found = parseHashes(result.ok ? result.stdout : '');
  return (service: string): readonly string[] => [
    ...new Set([service, otherOf(service)].flatMap((name) => found.get(name) ?? [])),
  ];
}

/** Variables that the file uses and nothing sets: often the bot's environment is not the one people use. */
function unsetVariables(stderr: string): readonly Notice[] {
  const names = [...stderr.matchAll(/The \\?"(\w+)\\?" variable is not set/g)].map(([, name = '']) => name);
  return [...new Set(names)].map((name) =>
    notice(
      'variable_unset',
      phrase`The Compose file uses the variable ${code(name)}, which is not set: it is empty.`,
    ),
  );
}
