import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { FreeSpace, Host } from '../../core/ports/host.js';
import { formatBytes } from '../../core/text/format.js';
import { engineOf } from './engine.js';
import type { Pull } from './pull-data.js';

/** Where the engine keeps its images. */
export interface Room {
  readonly root: string;
  /** Null where the bot can't see that folder: the engine is on another host, or the bot is in a container. */
  readonly free: FreeSpace | null;
}

/** Images take about this much more room unpacked than they are to download. */
const UNPACKED = 3;

/** Null when the engine doesn't say where it keeps its images. */
export async function roomOf(host: Host): Promise<Room | null> {
  const engine = await engineOf(host);
  if (engine === null) return null;
  const { root } = engine;
  const there = await host.stat(root).catch(() => null);
  const free = there?.type === 'directory' ? await host.free(root).catch(() => null) : null;
  return { root, free };
}

type Size = Pick<Pull, 'layers'>;

/** Bytes to download, each layer counted once; some may be here already. Null when it isn't known of all. */
export function downloadOf(pulls: readonly Size[]): number | null {
  const sizes = new Map<string, number>();
  for (const { layers } of pulls) {
    if (layers === null) return null;
    for (const { digest, size } of layers) sizes.set(digest, size);
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

/** What is downloaded, and what is free for it: `up to 312 MiB, 78 GiB free on /var/lib/docker`. */
export function downloadWords(pulls: readonly Size[], room: Room | null): Phrase {
  const bytes = downloadOf(pulls);
  if (bytes === 0) return phrase`on this host already`;
  const size = bytes === null ? phrase`size unknown` : phrase`up to ${formatBytes(bytes)} to download`;
  if (!room?.free) return size;
  return phrase`${size}, ${formatBytes(room.free.available)} free on ${code(room.root)}`;
}

/** `destination_full` where the download alone doesn't fit, `destination_low` where it may not once it is unpacked. */
export function roomNotice(pulls: readonly Size[], room: Room | null): Notice | null {
  const bytes = downloadOf(pulls);
  if (!room?.free || bytes === null || bytes === 0) return null;
  const { available } = room.free;
  if (available >= bytes * (1 + UNPACKED)) return null;
  const numbers = phrase`up to ${formatBytes(bytes)} to download, ${formatBytes(available)} free on ${code(room.root)}`;
  return available < bytes
    ? notice('destination_full', phrase`The new images don’t fit: ${numbers}.`, makeRoom())
    : notice(
        'destination_low',
        phrase`The new images may not fit: ${numbers}, and they often take three times as much unpacked.`,
        makeRoom(),
      );
}

/** That an image doesn't fit, and the way out. */
export function fullWords(
  { image, layers }: Pull,
  room: Room | null,
): { readonly why: Phrase; readonly next: Phrase } {
  const where =
    room === null ? phrase`Docker’s disk` : phrase`The disk of Docker’s images, ${code(room.root)},`;
  const size = downloadOf([{ layers }]);
  const needed =
    size === null ? [] : phrase` About ${formatBytes(size)} are downloaded, and more when they are unpacked.`;
  const free = room?.free ? phrase` ${formatBytes(room.free.available)} are free.` : [];
  return { why: phrase`${where} is full: ${code(image)} doesn’t fit.${needed}${free}`, next: makeRoom() };
}

function makeRoom(): Phrase {
  return phrase`Free some space there (${code('docker system df')} shows what takes it), then try again.`;
}
