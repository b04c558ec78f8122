import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type ImageRecipe, imageSettings, packFiles } from './docker-images.js';

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

interface Blob {
  readonly bytes: Buffer;
  readonly digest: string;
}

interface Layer extends Blob {
  /** The digest of its content before it was compressed. */
  readonly contentDigest: string;
}

let shared: Layer | null = null;
/** `address/repository` of those that have the layer. */
const served = new Set<string>();

/**
 * Puts an image into a registry, `address/repository:tag`, as another machine would push it: no Docker engine knows of
 * it. All of them have one layer, so that only the first pull on a machine unpacks anything. Returns its id.
 */
export async function publishImage(name: string, recipe: ImageRecipe): Promise<string> {
  const [, place = '', address = '', repository = '', tag = ''] = /^(([^/]+)\/(.+)):(.+)$/.exec(name) ?? [];
  const api = `http://${address}/v2/${repository}`;
  shared ??= packLayer();
  const layer = shared;
  const config = blobOf({
    architecture: { x64: 'amd64' }[process.arch as string] ?? process.arch,
    os: 'linux',
    // Nothing that a container shows, so two versions differ by their ids only.
    author: recipe.version,
    config: imageSettings(name, recipe),
    rootfs: { type: 'layers', diff_ids: [layer.contentDigest] },
    history: [{ created_by: 'test' }],
  });
  if (!served.has(place)) await upload(api, layer);
  served.add(place);
  await upload(api, config);
  const described = ({ bytes, digest }: Blob, type: string) => ({
    mediaType: type,
    size: bytes.length,
    digest,
  });
  const body = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: described(config, 'application/vnd.docker.container.image.v1+json'),
    layers: [described(layer, 'application/vnd.docker.image.rootfs.diff.tar.gzip')],
  });
  await asked(`${api}/manifests/${tag}`, { method: 'PUT', body, headers: { 'content-type': MANIFEST } });
  return config.digest;
}

async function upload(api: string, { bytes, digest }: Blob): Promise<void> {
  const begun = await asked(`${api}/blobs/uploads/`, { method: 'POST' });
  const at = new URL(begun.headers.get('location') ?? '', api);
  at.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream' };
  await asked(at.href, { method: 'PUT', body: new Uint8Array(bytes), headers });
}

async function asked(url: string, options: RequestInit): Promise<Response> {
  const answer = await fetch(url, options);
  if (!answer.ok) throw new Error(`${options.method} ${url}: ${answer.status} ${await answer.text()}`);
  return answer;
}

function packLayer(): Layer {
  const content = packFiles('shared');
  const bytes = gzipSync(content, { level: 1 });
  return { bytes, digest: digestOf(bytes), contentDigest: digestOf(content) };
}

function blobOf(value: object): Blob {
  const bytes = Buffer.from(JSON.stringify(value));
  return { bytes, digest: digestOf(bytes) };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
