import { posix } from 'node:path';
import type { Artifact, Level } from '../model/artifact.js';
import type { IntentKind, IntentStep } from '../model/intent.js';
import { type Origin, originKey, originOf } from '../model/origin.js';
import { type Phrase, phrase } from '../model/phrase.js';
import { type Actor, actorRef, type Source } from '../model/request.js';
import type { CoreDeps } from '../ports/deps.js';
import { type Host, HostError } from '../ports/host.js';

/** An archive as it was found and read to its last byte, or a snapshot that was counted; or why it can't be taken. */
export type FoundArchive =
  | {
      readonly ok: true;
      readonly as: 'archive' | 'snapshot';
      readonly size: number;
      /** Null for a snapshot. */
      readonly sha256: string | null;
      readonly verified: Level;
      readonly files: number;
      readonly createdAt: string;
      readonly kind: IntentKind;
      /** What its name begins with; empty for a snapshot. */
      readonly prefix: string;
      /** What the manifest beside it tells; null: it has none. */
      readonly manifest: {
        readonly intent: string;
        readonly run: string;
        readonly source: string;
        /** Null in manifests of before origins were. */
        readonly origin: Origin | null;
      } | null;
    }
  | { readonly ok: false; readonly why: Phrase };

/** Knows how archives are called and read. */
export interface ArchiveReader {
  /** The path itself, or the archives and snapshots in the folder; null: nothing is there. */
  below(host: Host, path: string): Promise<readonly string[] | null>;
  read(host: Host, path: string): Promise<FoundArchive>;
}

/** What adopting these paths would do; it was read for that. */
export interface Adoption {
  readonly adopt: readonly Artifact[];
  /** Paths that the catalogue has already. */
  readonly known: readonly string[];
  readonly refused: readonly { readonly path: string; readonly why: Phrase }[];
}

/** The catalogue of what backups left, for people. */
export interface ArtifactDesk {
  /** Oldest first; of one intent, with what it made under another name, or of all. */
  list(intent: string | null): Promise<readonly Artifact[]>;
  look(paths: readonly string[], signal: AbortSignal): Promise<Adoption>;
  /** Takes what was found into the catalogue, with a row of the audit trail for each. */
  adopt(artifacts: readonly Artifact[], actor: Actor, source: Source): Promise<void>;
  /** Marks what is gone from its folder. Folders in which nothing that is known is left may not be mounted: they are skipped. */
  rescan(actor: Actor, source: Source, signal: AbortSignal): Promise<Rescan>;
}

export interface Rescan {
  readonly gone: readonly string[];
  readonly skipped: readonly string[];
}

type Deps = Pick<CoreDeps, 'store' | 'hosts' | 'catalogue' | 'now'>;

export function createArtifactDesk(deps: Deps, reader: ArchiveReader): ArtifactDesk {
  const { store, now } = deps;
  const audit = (event: string, { path, intent, runId, sha256 }: Artifact, actor: Actor, source: Source) =>
    store.audit.append({
      ...{ at: now().toISOString(), event, actor: actorRef(actor), source, runId: null, intent },
      detail: { path, sha256, run: runId },
    });
  return {
    async list(intent) {
      const all = await store.artifacts.all();
      if (intent === null) return all;
      const origins = new Set(all.filter((one) => one.intent === intent).map(({ origin }) => origin));
      origins.delete(null);
      return all.filter((one) => one.intent === intent || origins.has(one.origin));
    },

    async look(paths, signal) {
      const host = hostFor(deps, signal);
      const known = new Set((await store.artifacts.all()).filter(isThere).map(({ path }) => path));
      const found = await pathsBelow(host, reader, paths);
      const adopt: Artifact[] = [];
      const refused = [...found.refused];
      for (const path of found.paths) {
        if (known.has(path)) continue;
        const read = await reader.read(host, path);
        if (read.ok) adopt.push(artifactOf(deps, path, read));
        else refused.push({ path, why: read.why });
      }
      return { adopt, known: found.paths.filter((path) => known.has(path)), refused };
    },

    async adopt(artifacts, actor, source) {
      for (const artifact of artifacts) {
        await audit('artifact_adopted', artifact, actor, source);
        await store.artifacts.add(artifact);
      }
    },

    async rescan(actor, source, signal) {
      const host = hostFor(deps, signal);
      const there = (await store.artifacts.all()).filter(isThere).filter(isFile);
      const folders = groupByFolder(there);
      const gone: string[] = [];
      const skipped: string[] = [];
      for (const [folder, artifacts] of folders) {
        const names = new Set(await host.list(folder).catch(unlessBug));
        const missing = artifacts.filter(({ path }) => !names.has(posix.basename(path)));
        if (missing.length === artifacts.length) {
          skipped.push(folder);
          continue;
        }
        for (const artifact of missing) {
          await audit('artifact_gone', artifact, actor, source);
          await store.artifacts.markDeleted(artifact.intent, artifact.path, now().toISOString());
          gone.push(artifact.path);
        }
      }
      return { gone, skipped };
    },
  };
}

function groupByFolder(artifacts: readonly Artifact[]): ReadonlyMap<string, readonly Artifact[]> {
  const folders = new Map<string, Artifact[]>();
  for (const artifact of artifacts) {
    const folder = posix.dirname(artifact.path);
    folders.set(folder, [...(folders.get(folder) ?? []), artifact]);
  }
  return folders;
}

function isThere({ deletedAt }: Artifact): boolean {
  return deletedAt === null;
}

function isFile({ kind, path }: Artifact): boolean {
  return kind !== 'mirror' && path.startsWith('/');
}

function unlessBug(error: unknown): readonly string[] {
  if (!(error instanceof HostError)) throw error;
  return [];
}

function hostFor({ hosts }: Deps, signal: AbortSignal): Host {
  return hosts.open({
    ...{ runId: 'artifacts', signal, onlyLooks: true },
    resolveSecret: () => '',
    onChild: async () => {},
    onOutput: () => {},
  });
}

async function pathsBelow(host: Host, reader: ArchiveReader, named: readonly string[]) {
  const paths: string[] = [];
  const refused: { path: string; why: Phrase }[] = [];
  for (const path of named) {
    try {
      const below = await reader.below(host, path);
      if (below === null) refused.push({ path, why: phrase`There is nothing there.` });
      else if (below.length === 0)
        refused.push({ path, why: phrase`There are no archives or snapshots of ChatOps in it.` });
      else paths.push(...below);
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      refused.push({ path, why: phrase`It can’t be listed (${error.code}).` });
    }
  }
  return { paths: [...new Set(paths)], refused };
}

function artifactOf(deps: Deps, path: string, read: Extract<FoundArchive, { ok: true }>): Artifact {
  const { as: kind, size, sha256, files, createdAt, verified, manifest, prefix } = read;
  const origin = originFor(deps, posix.dirname(path), read);
  return {
    ...{ path, kind, size, sha256, files, createdAt, verified, deletedAt: null },
    runId: manifest?.run ?? 'adopted',
    intent: manifest?.intent ?? origin?.intent ?? (prefix || posix.basename(posix.dirname(path))),
    origin: origin ? originKey(origin.origin) : null,
  };
}

/** By its manifest, with the folder that it is in now; else by the one intent that puts such archives there. */
function originFor(
  { catalogue }: Deps,
  folder: string,
  { as, kind, manifest, prefix }: Extract<FoundArchive, { ok: true }>,
): { readonly origin: Origin; readonly intent: string | null } | null {
  const here = catalogue.all().flatMap(({ name, steps }) =>
    steps
      .filter((step) => step.kind === kind && isOfShape(step, as))
      .map((step) => ({ intent: name, isPlain: (step.taken?.label ?? '') === '', origin: originOf(step) }))
      .filter(({ origin }) => fits(origin.destination, folder)),
  );
  if (manifest) {
    const told = manifest.origin ?? {
      ...{ host: 'local' as const, kind, source: manifest.source, destination: folder, shape: {} },
    };
    // A folder in a container is that of the intent, wherever it is mounted.
    if (!told.destination.startsWith('/') || fits(told.destination, folder)) {
      const same = here.find(({ origin }) => origin.source === told.source);
      return {
        origin: manifest.origin ? told : { ...told, destination: same?.origin.destination ?? folder },
        intent: null,
      };
    }
    const moved = here.find(({ origin, isPlain }) => !isPlain || origin.source === told.source);
    return { origin: { ...told, destination: moved?.origin.destination ?? folder }, intent: null };
  }
  const [only, ...others] = here.filter(
    ({ intent, isPlain }) => isPlain && (kind === 'plex' || as === 'snapshot' || intent === prefix),
  );
  return only && others.length === 0 ? only : null;
}

/** Of a folder's backups, one intent makes archives and another one snapshots. */
function isOfShape(step: IntentStep, as: 'archive' | 'snapshot'): boolean {
  return step.kind !== 'files' || (step.fields.link_dest === true) === (as === 'snapshot');
}

/** Is this one of the folders that a destination stands for? */
function fits(destination: string, folder: string): boolean {
  const pattern = destination.split('*').map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('[^/]*')}$`).test(folder);
}
