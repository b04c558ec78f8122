import { code, type Phrase, phrase } from '../core/model/phrase.js';
import { type Notice, notice } from '../core/model/reasons.js';
import type { StoreFault } from '../core/ports/store.js';
import { formatBytes } from '../core/text/format.js';
import { fileReason } from './data-dir.js';
import type { FileFinding } from './watched-files.js';

/** What a look at the files found; `unanswered`: nothing in time. */
export type Finding = FileFinding | { readonly what: 'unanswered' };

/** The kind of fault that keeps everything from being written after this finding. */
export function faultOf({ what }: Finding): StoreFault {
  if (what === 'denied') return 'denied';
  if (what === 'unanswered') return 'io';
  return what === 'shrunk' ? 'damaged' : 'gone';
}

/**
 * What people read of a finding.
 * @param rescued the folder with the copy that was made of files that are deleted; null when there is none
 */
export function findingNotice(finding: Finding, dataDir: string, rescued: string | null): Notice {
  return notice('store_unavailable', messageOf(finding, dataDir), remedyOf(finding, dataDir, rescued));
}

function messageOf(finding: Finding, dataDir: string): Phrase {
  switch (finding.what) {
    case 'folder_gone':
      return finding.deleted
        ? phrase`The data directory ${code(dataDir)} was deleted while ChatOps runs.`
        : phrase`The data directory ${code(dataDir)} is gone: a share was unmounted, or the folder was moved.`;
    case 'missing':
      return finding.deleted
        ? phrase`${code(finding.path)} was deleted while ChatOps runs.`
        : phrase`${code(finding.path)} was moved away while ChatOps runs.`;
    case 'replaced':
      return phrase`${code(finding.path)} was replaced by another file while ChatOps runs.`;
    case 'shrunk':
      return phrase`${code(finding.path)} was cut off while ChatOps runs: it has ${formatBytes(finding.bytes)}, and had ${formatBytes(finding.before)}.`;
    case 'denied':
      return phrase`${code(finding.path)} can’t be written any more: ${fileReason({ code: finding.code })}.`;
    case 'unanswered':
      return phrase`The data directory ${code(dataDir)} doesn’t answer.`;
  }
}

function remedyOf(finding: Finding, dataDir: string, rescued: string | null): Phrase {
  if (finding.what === 'denied')
    return phrase`Make it writable for the user that runs ChatOps; it continues by itself.`;
  if (finding.what === 'unanswered')
    return phrase`Check the mount or disk of ${code(dataDir)}; ChatOps continues when it answers.`;
  if (finding.what === 'shrunk')
    return phrase`Stop ChatOps, keep the file for examination, and put a backup of the data directory in its place.`;
  if (rescued !== null)
    return phrase`All that was stored is saved in ${code(rescued)}. Stop ChatOps, remove ${code('chatops.db*')} from ${code(dataDir)}, move the files of that folder there, and start it again.`;
  if (finding.deleted)
    return phrase`Stop ChatOps, put a backup of the data directory in its place, and start it again.`;
  return finding.what === 'replaced'
    ? phrase`Put the former file back, or restart ChatOps to use the new one.`
    : phrase`Put it back; ChatOps continues by itself.`;
}
