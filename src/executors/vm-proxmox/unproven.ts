import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { PartResult, RunContext } from '../../core/ports/executor.js';
import { someOf } from '../shared/wording.js';
import { guestName, type VmData } from './data.js';
import { notMade } from './ends.js';
import { JOURNAL } from './journal.js';
import { type Evidence, others, type Verdict } from './verdict.js';
import { artifactOf } from './verify.js';

/**
 * It ended well, as somebody `says`, and one of the proofs is missing. A volume that is surely its own goes into the
 * catalogue as not verified.
 */
export async function unproven(
  data: VmData,
  evidence: Evidence,
  { backup, why }: Extract<Verdict, { kind: 'unproven' }>,
  { began, says }: { readonly began: Date; readonly says: Phrase },
  ctx: RunContext,
): Promise<PartResult> {
  if (backup !== null) {
    await ctx.addArtifact(artifactOf(backup, began, 'none'));
    await ctx.note(JOURNAL.doubted, backup.volid);
  }
  const unknown = others(evidence, backup);
  const there =
    backup === null
      ? []
      : [phrase`${code(backup.volid)} is in ${code(data.storage)} and isn’t verified; don’t rely on it.`];
  const strange =
    unknown.length === 0 || backup !== null
      ? []
      : [
          phrase`New in ${code(data.storage)} since: ${someOf(unknown)}. Whether this run made it can’t be told; don’t rely on it.`,
        ];
  return notMade('check_failed', [
    phrase`${says} for ${code(guestName(data))}, but ${why}.`,
    ...there,
    ...strange,
    phrase`The old backups are untouched.`,
  ]);
}
