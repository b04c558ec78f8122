import type { Host } from '../../core/host.js';
import { code, phrase } from '../../core/phrase.js';
import { type Notice, notice } from '../../core/reasons.js';
import { READ, whyFailed } from '../docker/container.js';

export type Resolved =
  | { readonly ok: true; readonly digest: string }
  | { readonly ok: false; readonly missing: boolean; readonly notice: Notice };

/**
 * The digest that `docker pull` of this image would give now; `sha256:…`, of the index where there are
 * several platforms. The engine itself asks the registry, with its own settings and mirrors' trust and with
 * the credentials that Docker's configuration holds: Compose is the only plain client that lets it
 * (`--no-interpolate`, because Compose 2.25 and 2.26 ignore `--resolve-image-digests` without).
 */
export async function registryDigest(host: Host, image: string): Promise<Resolved> {
  const pinned = digestIn(image);
  if (pinned) return { ok: true, digest: pinned };
  const probe = JSON.stringify({ services: { probe: { image } } });
  const options = ['--resolve-image-digests', '--no-interpolate', '--format', 'json'];
  const argv = ['docker', 'compose', '-p', 'chatops-probe', '-f', '-', 'config', ...options];
  const result = await host.exec(argv, { ...READ, stdin: probe });
  const digest = result.ok ? digestIn(result.stdout) : null;
  if (digest) return { ok: true, digest };
  if (/manifest unknown|name unknown|not found/i.test(result.stderr)) {
    const message = phrase`${code(image)} is not in its registry.`;
    return { ok: false, missing: true, notice: notice('image_missing', message) };
  }
  const why = result.ok ? 'Compose named no digest' : whyFailed(result);
  const message = phrase`What the registry has for ${code(image)} can’t be found out: ${code(why)}.`;
  return { ok: false, missing: false, notice: notice('registry_unreachable', message) };
}

/** The image by digest, as `docker pull` takes it: `repository@sha256:…`. */
export function byDigest(image: string, digest: string): string {
  return `${repositoryOf(image)}@${digest}`;
}

/** Does the name fix the content, so that it can't be moved like a tag? */
export function isPinned(image: string): boolean {
  return image.includes('@');
}

function digestIn(text: string): string | null {
  return /@(sha256:[0-9a-f]{64})/.exec(text)?.[1] ?? null;
}

function repositoryOf(image: string): string {
  const [name = ''] = image.split('@');
  const tag = name.indexOf(':', name.lastIndexOf('/') + 1);
  return tag === -1 ? name : name.slice(0, tag);
}
