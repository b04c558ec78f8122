import type { Host } from '../../../core/ports/host.js';
import { READ } from '../container.js';
import { askEngine, enginePath } from '../engine.js';
import type { InspectedContainer } from './inspected.js';

/** More than this, and they are no secrets and configurations any more. */
const MOST = 64;
const MOST_BYTES = 1024 * 1024;
/** Between the making of a container and what is put into it, in ms. */
const SOON_MS = 60_000;
/** Times in archives have no fractions, and the engine's clock may be another one's. */
const SKEW_MS = 2000;
const ENGINES_OWN = ['/sbin/docker-init', '/.dockerenv'];

/**
 * Files that were put into a container after it was made and before it ran: Compose does that with secrets and configurations
 * that come from a variable or from the Compose file itself. Nothing but their time tells them from what was written later.
 */
export async function injectedFiles(
  host: Host,
  container: InspectedContainer,
): Promise<readonly string[] | { readonly why: string }> {
  const { Id, HostConfig, Mounts } = container;
  if (HostConfig.ReadonlyRootfs) return [];
  const listed = await host.exec(['docker', 'diff', '--', Id], READ);
  if (!listed.ok) return { why: 'what was written into it can’t be listed' };
  const mounted = (Mounts ?? []).map(({ Destination }) => Destination);
  const changed = listed.stdout.split('\n').flatMap((line) => /^[AC] (\/.+)$/.exec(line)?.[1] ?? []);
  const parents = new Set(changed.flatMap(foldersOf));
  const candidates = changed.filter(
    (path) =>
      !parents.has(path) &&
      !ENGINES_OWN.includes(path) &&
      !mounted.some((mount) => path === mount || path.startsWith(`${mount}/`)),
  );
  const likely = candidates.length <= MOST ? candidates : candidates.filter(isUsual).slice(0, MOST);
  const found: string[] = [];
  for (const path of likely) if (await wasPutThere(host, container, path)) found.push(path);
  return found;
}

function isUsual(path: string): boolean {
  return path.startsWith('/run/secrets/') || foldersOf(path).length === 0;
}

/** `/a/b/c` is in `/a` and `/a/b`. */
export function foldersOf(path: string): readonly string[] {
  const names = path.split('/').slice(1, -1);
  return names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`);
}

/** What is no plain file has one of these set, which Go keeps far above the permissions. */
const GO_TYPE_BITS = 2 ** 24;

async function wasPutThere(host: Host, container: InspectedContainer, path: string): Promise<boolean> {
  const asked = enginePath(['containers', container.Id, 'archive'], { path });
  const answer = await askEngine(host, { method: 'HEAD', path: asked });
  const stat = answer.ok ? statOf(answer.headers.get('x-docker-container-path-stat')) : null;
  if (stat === null || !stat.isFile || stat.size > MOST_BYTES) return false;
  const created = Date.parse(container.Created);
  const began = Date.parse(container.State.StartedAt);
  const until = began > created ? Math.min(began, created + SOON_MS) : created + SOON_MS;
  return stat.mtimeMs >= created - SKEW_MS && stat.mtimeMs <= until;
}

/** Base64 of JSON; the bits above the permissions are Go's. */
function statOf(
  header = '',
): { readonly isFile: boolean; readonly size: number; readonly mtimeMs: number } | null {
  try {
    const { mode, size, mtime } = JSON.parse(Buffer.from(header, 'base64').toString()) as Record<
      string,
      unknown
    >;
    if (typeof mode !== 'number' || typeof size !== 'number' || typeof mtime !== 'string') return null;
    return { isFile: mode < GO_TYPE_BITS, size, mtimeMs: Date.parse(mtime) };
  } catch {
    return null;
  }
}
