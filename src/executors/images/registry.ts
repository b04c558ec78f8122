import type { Notice } from '../../core/model/reasons.js';
import { CircuitOpenError } from '../../core/ports/circuit.js';
import type { ExecResult, Host } from '../../core/ports/host.js';
import { READ } from '../docker/container.js';
import { type Engine, engineOf } from './engine.js';
import { type Manifest, manifestOf } from './manifest.js';
import { digestIn } from './name.js';
import { type Refusal, refusalOf } from './refusal.js';
import { retryAfter } from './retry-after.js';
import { refusalNotice } from './wording.js';

export type Resolved =
  | { readonly ok: true; readonly digest: string }
  | {
      readonly ok: false;
      /** Null: it was not asked, because it has not answered several times in a row. */
      readonly cause: Refusal['cause'] | null;
      readonly notice: Notice;
    };

/** Looks up what registries have; each image once, however many services have it. */
export interface Registries {
  digestOf(image: string): Promise<Resolved>;
  /** Of `repository@sha256:…`; null when it can't be found out. */
  manifestOf(reference: string, platform: string | null): Promise<Manifest | null>;
}

/** For one plan: what a name stood for holds as long as the plan is being made, and no longer. */
export function askRegistries(host: Host): Registries {
  const digests = new Map<string, Promise<Resolved>>();
  const manifests = new Map<string, Promise<Manifest | null>>();
  let engine: Promise<Engine | null> | null = null;
  const look = async (reference: string, platform: string | null): Promise<Manifest | null> => {
    const key = `${host.name} ${reference} ${platform ?? ''}`;
    const known = read.get(key);
    if (known) return known;
    engine ??= engineOf(host);
    const it = await engine;
    const found = it && (await manifestOf(host, it, reference, platform));
    if (found) keep(key, found);
    return found;
  };
  return {
    digestOf: (image) => once(digests, image, () => registryDigest(host, image)),
    manifestOf: (reference, platform) =>
      once(manifests, `${reference} ${platform ?? ''}`, () => look(reference, platform)),
  };
}

/** What a digest stands for never changes: a plan that is made again needs no second look. */
const read = new Map<string, Manifest>();
const KEPT = 200;

function keep(key: string, manifest: Manifest): void {
  const [oldest] = read.keys();
  if (read.size >= KEPT && oldest !== undefined) read.delete(oldest);
  read.set(key, manifest);
}

function once<T>(answers: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const answer = answers.get(key) ?? ask();
  answers.set(key, answer);
  return answer;
}

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
  let result: ExecResult;
  try {
    result = await host.exec(argv, { ...READ, stdin: probe });
  } catch (error) {
    if (!(error instanceof CircuitOpenError) || !error.circuit.target.startsWith('registry:')) throw error;
    return { ok: false, cause: null, notice: error.notice };
  }
  const digest = result.ok ? digestIn(result.stdout) : null;
  if (digest) return { ok: true, digest };
  const told = refusalOf(result);
  const isSilent = told.cause === 'limited' && told.waitMs === null;
  const refusal = isSilent ? { ...told, waitMs: await retryAfter(host, image, new Date()) } : told;
  return { ok: false, cause: refusal.cause, notice: refusalNotice(image, refusal, result) };
}
