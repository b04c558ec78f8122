import * as z from 'zod';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { Host } from '../../core/ports/host.js';
import { READ } from '../docker/container.js';
import { joined } from '../shared/wording.js';
import type { Config } from './config.js';
import { composeVersion } from './difference/hashes.js';

type Definition = z.output<typeof DEFINED>;
type Existing = z.output<typeof EXISTING>;

/** What the files say of a network or volume. */
const DEFINED = z.looseObject({
  name: z.string(),
  external: z.unknown().optional(),
  driver: z.string().nullish(),
  driver_opts: z.record(z.string(), z.coerce.string()).nullish(),
  labels: z.record(z.string(), z.coerce.string()).nullish(),
  internal: z.boolean().nullish(),
  attachable: z.boolean().nullish(),
  enable_ipv6: z.boolean().nullish(),
  ipam: z
    .looseObject({ config: z.array(z.looseObject({ subnet: z.string().nullish() })).nullish() })
    .nullish(),
});

/** What the engine has; names are those of `docker network inspect` and `docker volume inspect`. */
const EXISTING = z.looseObject({
  Name: z.string(),
  Driver: z.string(),
  Options: z.record(z.string(), z.string()).nullish(),
  Labels: z.record(z.string(), z.string()).nullish(),
  Internal: z.boolean().nullish(),
  Attachable: z.boolean().nullish(),
  EnableIPv6: z.boolean().nullish(),
  IPAM: z.looseObject({ Config: z.array(z.looseObject({ Subnet: z.string() })).nullish() }).nullish(),
});

export interface DefinitionNotices {
  readonly warnings: readonly Notice[];
  readonly blockers: readonly Notice[];
}

/**
 * Networks and volumes of these services that the files define in another way than they exist. Volumes are left as they are
 * by every Compose, networks up to 2.30; later ones make a network again, and stop what is in it for that. Reads only.
 */
export async function definitionNotices(
  host: Host,
  config: Config,
  services: readonly string[],
): Promise<DefinitionNotices> {
  const networks = await differing(host, 'network', definitionsOf(config, 'networks', services));
  const volumes = await differing(host, 'volume', definitionsOf(config, 'volumes', services));
  const remade = networks.length > 0 && (await remakesNetworks(host));
  return {
    warnings: [
      ...volumes.map(({ name, words }) => stays('volume', name, words)),
      ...(remade ? [] : networks.map(({ name, words }) => stays('network', name, words))),
    ],
    blockers: remade ? networks.map(({ name, words }) => wouldBeRemade(name, words)) : [],
  };
}

/** The definitions that services use and Compose itself would make. */
function definitionsOf(
  config: Config,
  kind: 'networks' | 'volumes',
  services: readonly string[],
): readonly Definition[] {
  const all = z.record(z.string(), DEFINED).safeParse(config[kind] ?? {});
  if (!all.success) return [];
  const used = new Set(services.flatMap((service) => usedBy(config.services?.[service]?.[kind])));
  return Object.entries(all.data)
    .filter(([key, { external }]) => used.has(key) && !external)
    .map(([, definition]) => definition);
}

/** Networks are named by keys, mounts by their source. */
function usedBy(used: unknown): readonly string[] {
  if (!Array.isArray(used)) return Object.keys(used ?? {});
  return used.flatMap(({ source }: { source?: unknown }) => (typeof source === 'string' ? [source] : []));
}

async function differing(
  host: Host,
  kind: 'network' | 'volume',
  definitions: readonly Definition[],
): Promise<readonly { readonly name: string; readonly words: Phrase }[]> {
  if (definitions.length === 0) return [];
  const argv = ['docker', kind, 'inspect', '--', ...definitions.map(({ name }) => name)];
  const { stdout } = await host.exec(argv, READ);
  const found = z.array(EXISTING).safeParse(JSON.parse(stdout.trim() || '[]'));
  return (found.success ? found.data : []).flatMap((existing) => {
    const definition = definitions.find(({ name }) => name === existing.Name);
    const words = definition ? changesOf(kind, definition, existing) : [];
    return words.length > 0 ? [{ name: existing.Name, words: joined(words) }] : [];
  });
}

/** Of what the engine adds by itself nothing is compared. */
function changesOf(
  kind: 'network' | 'volume',
  definition: Definition,
  existing: Existing,
): readonly Phrase[] {
  const driver = definition.driver ?? (kind === 'network' ? 'bridge' : 'local');
  const subnets = (definition.ipam?.config ?? []).flatMap(({ subnet }) => subnet ?? []);
  const has = (existing.IPAM?.Config ?? []).map(({ Subnet }) => Subnet);
  const flags = [
    ['internal', definition.internal, existing.Internal],
    ['attachable', definition.attachable, existing.Attachable],
    ['enable_ipv6', definition.enable_ipv6, existing.EnableIPv6],
  ] as const;
  return [
    ...(driver === existing.Driver ? [] : [phrase`driver ${code(existing.Driver)} → ${code(driver)}`]),
    ...flags.flatMap(([name, wanted, is]) =>
      (wanted ?? false) === (is ?? false) ? [] : [phrase`${wanted ? 'now' : 'no longer'} ${code(name)}`],
    ),
    ...subnets
      .filter((subnet) => !has.includes(subnet))
      .map((subnet) => phrase`subnet ${has.length > 0 ? code(has.join(', ')) : 'none'} → ${code(subnet)}`),
    ...pairs('option', definition.driver_opts ?? {}, existing.Options ?? {}),
    ...pairs('label', definition.labels ?? {}, existing.Labels ?? {}),
  ];
}

/** Only those that the files name: the engine and Compose add others. */
function pairs(
  what: string,
  wanted: Readonly<Record<string, string>>,
  has: Readonly<Record<string, string>>,
): readonly Phrase[] {
  return Object.keys(wanted)
    .filter((name) => !name.startsWith('com.docker.compose.') && wanted[name] !== has[name])
    .map((name) => phrase`${what} ${code(name)} ${name in has ? 'has another value' : 'added'}`);
}

/** Compose 2.31 began to. A version that can't be told is taken for a new one. */
async function remakesNetworks(host: Host): Promise<boolean> {
  const [major = 2, minor = 31] = ((await composeVersion(host)) ?? '').split('.').filter(Boolean).map(Number);
  return major > 2 || minor >= 31;
}

function stays(kind: 'network' | 'volume', name: string, words: Phrase): Notice {
  const down = code(kind === 'network' ? 'docker compose down' : `docker volume rm ${name}`);
  const data = kind === 'volume' ? ', which deletes its data,' : '';
  return notice(
    'definition_changed',
    phrase`The file has another ${kind} ${code(name)} than the one that exists: ${words}. The existing one is kept.`,
    phrase`To have it made again, run ${down}${data} and then ${code('docker compose up -d')}.`,
  );
}

function wouldBeRemade(name: string, words: Phrase): Notice {
  return notice(
    'definition_changed',
    phrase`The file has another network ${code(name)} than the one that exists: ${words}. This version of Compose makes it again, and stops every container in it for that.`,
    phrase`Run ${code('docker compose down')} and then ${code('docker compose up -d')} at a time that suits you, or undo the change of the network.`,
  );
}
