import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { Host } from '../../core/ports/host.js';
import { type Failure, failure } from './failure.js';

/** Looks whether a destination is still on the disk that it was on. */
export interface DiskWatch {
  /** Null: it is. A folder that wasn't there, or isn't on this host, can't tell. */
  look(): Promise<Failure | null>;
}

/** @param folder null: it isn't on this host */
export async function watchDisk(host: Host, folder: string | null): Promise<DiskWatch> {
  const disk = folder === null ? null : await diskOf(host, folder);
  return {
    look: async () => {
      if (folder === null || disk === null || disk === (await diskOf(host, folder))) return null;
      return failure(
        'destination_not_mounted',
        phrase`${code(folder)} isn’t on the disk that it was on when the run began.`,
        phrase`Mount it again, then retry.`,
      );
    },
  };
}

/** What a run says instead of that nothing half-done is left, where what it wrote to has gone away. */
export function leftElsewhere(partial: string): Phrase {
  return phrase`${code(partial)} may be left on the disk that went away. Delete it when the disk is back.`;
}

/** The device on which a folder is; null: it isn't there, or doesn't answer. */
async function diskOf(host: Host, folder: string): Promise<number | null> {
  const real = await host.realpath(folder).catch(() => null);
  return real === null ? null : ((await host.stat(real).catch(() => null))?.device ?? null);
}
