import type { CompressionFields } from '../../core/model/fields.js';
import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { Host } from '../../core/ports/host.js';
import { toolMissing, versionOf } from '../shared/tools.js';
import { type Compressor, compressorsFor } from './commands.js';

/** The programs that a run uses, with their versions; or what is missing. */
export interface Toolbox {
  readonly compressor: Compressor | null;
  readonly versions: { readonly [name: string]: string };
  readonly blockers: readonly Notice[];
}

export async function openToolbox(host: Host, fields: CompressionFields): Promise<Toolbox> {
  const versions: Record<string, string> = {};
  const blockers: Notice[] = [];
  const tar = await versionOf(host, 'tar');
  if (tar === null) blockers.push(toolMissing('tar'));
  else if (!tar.includes('GNU tar')) blockers.push(notGnu());
  else versions.tar = tar;

  if (fields.compress === 'none') return { compressor: null, versions, blockers };
  for (const compressor of compressorsFor(fields)) {
    const version = await versionOf(host, compressor.name);
    if (version === null) continue;
    versions[compressor.name] = version;
    return { compressor, versions, blockers };
  }
  return { compressor: null, versions, blockers: [...blockers, toolMissing(fields.compress)] };
}

/** Other tars read every file in a dry run and can't say how much they wrote. */
function notGnu(): Notice {
  return notice(
    'tool_unsuitable',
    phrase`The ${code('tar')} on this host is not GNU tar.`,
    phrase`Install GNU tar (${code('apt install tar')} or ${code('apk add tar')}), then try again.`,
  );
}
