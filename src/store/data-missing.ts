import { existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Reads } from '../core/documents/reads.js';
import { NoAnswerError } from '../core/ports/host.js';
import { fileReason, shortened } from './data-dir.js';
import { errorCode } from './error-code.js';

/** procfs and sysfs, as statfs(2) names them. */
const KERNEL_FILE_SYSTEMS: readonly number[] = [0x9fa0, 0x62656572];

/** Why there is nothing to read in a data directory, as a sentence; null: there is a database. Changes nothing. */
export function whyNoData(dataDir: string): string | null {
  const folder = resolve(dataDir);
  try {
    if (!statSync(folder).isDirectory()) return `${folder} is a file, not a data folder.`;
    return hasDatabase(folder) ? null : `There is no ChatOps database in ${folder}.`;
  } catch (error) {
    const code = errorCode(error);
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? `There is no data folder at ${shortened(folder)}${takesFolders(folder) ? '' : ', and it can’t be made'}.`
      : `The data folder ${shortened(folder)} can’t be read: ${fileReason(error)}.`;
  }
}

/** The mount of a data directory, when that doesn't answer; null: it answers, whatever it says. Changes nothing. */
export async function silentMount(dataDir: string, reads: Reads): Promise<string | null> {
  const looks = [reads.names(dataDir), reads.facts(join(dataDir, 'chatops.db'))];
  const failed = (await Promise.allSettled(looks)).filter((look) => look.status === 'rejected');
  const silent = failed.map(({ reason }) => reason).find((error) => error instanceof NoAnswerError);
  return silent?.path ?? null;
}

/** Where the kernel shows itself, nobody makes folders: its answers look as if only the folder were missing. */
function takesFolders(folder: string): boolean {
  let parent = dirname(folder);
  while (!existsSync(parent)) parent = dirname(parent);
  return !KERNEL_FILE_SYSTEMS.includes(statfsSync(parent).type) && statSync(parent).isDirectory();
}

/** An empty file is what a first start leaves that was cut off. */
function hasDatabase(folder: string): boolean {
  return (statSync(join(folder, 'chatops.db'), { throwIfNoEntry: false })?.size ?? 0) > 0;
}
