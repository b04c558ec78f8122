/** The image by digest, as `docker pull` takes it: `repository@sha256:…`. */
export function byDigest(image: string, digest: string): string {
  return `${repositoryOf(image)}@${digest}`;
}

/** Does the name fix the content, so that it can't be moved like a tag? */
export function isPinned(image: string): boolean {
  return image.includes('@');
}

/** The first digest in a text that names one after an `@`. */
export function digestIn(text: string): string | null {
  return /@(sha256:[0-9a-f]{64})/.exec(text)?.[1] ?? null;
}

/** The name without its tag and digest. */
function repositoryOf(image: string): string {
  const [name = ''] = image.split('@');
  const tag = name.indexOf(':', name.lastIndexOf('/') + 1);
  return tag === -1 ? name : name.slice(0, tag);
}

/** The repository as Docker shortens it: `nginx`, not `docker.io/library/nginx`. */
export function familiarRepository(image: string): string {
  return repositoryOf(image)
    .replace(/^(?:index\.)?docker\.io\//, '')
    .replace(/^library\//, '');
}

/** As Docker reads a name: what is before the first slash is a registry when it looks like a host; null: Docker Hub. */
export function registryOf(image: string): string | null {
  const [first = '', ...rest] = image.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return isHost && first !== 'docker.io' && first !== 'index.docker.io' ? first : null;
}
