import { canonicalJson, sha256 } from '../../../core/text/canonical.js';
import type { Config } from '../config.js';

/** What says where an image comes from, and how many containers there are: the plan holds both by itself. */
const BESIDE: readonly string[] = [
  'image',
  'build',
  'pull_policy',
  'depends_on',
  'scale',
  'profiles',
  'develop',
];

/**
 * sha256 (hex) of a service's rendered configuration without its image, with the networks, volumes, secrets and
 * configurations that it uses. Equal hashes make equal containers, also by another version of Compose.
 */
export function renderedHash(config: Config, name: string): string {
  const service = config.services?.[name] ?? {};
  const own = Object.entries(service).filter(([key]) => !BESIDE.includes(key));
  const { replicas: _, ...deploy } = { ...(service.deploy as object | undefined) } as Record<string, unknown>;
  const used = KINDS.map((kind) => {
    const all = (config[kind] ?? {}) as Record<string, unknown>;
    return namesIn(service, kind).map((key) => [key, all[key]]);
  });
  return sha256(canonicalJson([{ ...Object.fromEntries(own), deploy }, used]));
}

const KINDS = ['networks', 'volumes', 'secrets', 'configs'] as const;

/** The names of definitions that the service refers to. */
function namesIn(
  service: Readonly<Record<string, unknown>>,
  kind: (typeof KINDS)[number],
): readonly string[] {
  const used = service[kind];
  if (kind === 'networks') return Object.keys(used ?? {}).sort();
  const entries = Array.isArray(used) ? (used as readonly { readonly source?: unknown }[]) : [];
  return entries.flatMap(({ source }) => (typeof source === 'string' ? [source] : [])).sort();
}
