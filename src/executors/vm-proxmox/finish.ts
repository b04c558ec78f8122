import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { Notice } from '../../core/model/reasons.js';
import type { PartResult, RunContext } from '../../core/ports/executor.js';
import { formatBytes, formatCount, formatDuration } from '../../core/text/format.js';
import { announceDeletions } from '../shared/deletions.js';
import type { Access } from './access.js';
import type { Backup, Place } from './calls.js';
import { deleteOld } from './clean.js';
import { guestName, type VmData } from './data.js';
import { heldFor, heldText } from './held.js';
import { JOURNAL } from './journal.js';
import type { LogFacts } from './log-facts.js';
import { harmless, warningsOf } from './log-warnings.js';
import { STEP } from './steps.js';
import { artifactOf } from './verify.js';

/** What the end of a backup that was made needs. */
export interface Made {
  readonly backup: Backup;
  readonly began: Date;
  readonly facts: Readonly<LogFacts>;
  /** How often Proxmox says that it warned. */
  readonly warned: number;
}

/** The new backup goes into the catalogue; only then are old ones deleted. */
export async function finish(
  access: Access,
  data: VmData,
  place: Place,
  { backup, began, facts, warned }: Made,
  ctx: RunContext,
): Promise<PartResult> {
  const isDoubtful = !harmless(facts);
  await ctx.addArtifact(artifactOf(backup, began, isDoubtful ? 'none' : 'listed'));
  await ctx.note(isDoubtful ? JOURNAL.doubted : JOURNAL.recorded, backup.volid);
  ctx.step(STEP.check, 'done');
  const warnings = warningsOf(data, facts, warned);
  const made = [
    phrase`${code(guestName(data))}: ${formatBytes(backup.size)} in ${formatDuration(ctx.now().getTime() - began.getTime())}.`,
    ...heldText(data, facts),
    isDoubtful
      ? phrase`${code(backup.volid)} is in the storage. It isn’t verified: Proxmox’s log says that it was finished, and names errors.`
      : phrase`${code(backup.volid)} is in the storage, and Proxmox’s log says that it was finished.`,
  ];
  ctx.remember({
    size: backup.size,
    heldSeconds: heldFor(facts),
    fellBack: facts.fellBack !== null,
    included: [...facts.included],
  });
  if (data.deletions.length === 0) return done(made, warnings);
  if (isDoubtful) return done([...made, phrase`No old backup was deleted.`], warnings);
  if (ctx.signal.aborted)
    return done([...made, phrase`The stop came after that: no old backup was deleted.`], warnings);
  ctx.step(STEP.clean, 'running');
  const unnoted = await announceDeletions(JOURNAL.cleaning, ctx);
  const cleaned = unnoted ? { deleted: 0, warnings: [unnoted] } : await deleteOld(access, data, place, ctx);
  ctx.step(STEP.clean, cleaned.warnings.length > 0 ? 'failed' : 'done');
  const stay = data.kept + data.deletions.length - cleaned.deleted;
  const text = phrase`${formatCount(cleaned.deleted, 'old backup')} deleted, ${stay} kept.`;
  return done([...made, text], [...warnings, ...cleaned.warnings]);
}

function done(summary: readonly Phrase[], warnings: readonly Notice[]): PartResult {
  return { state: 'succeeded', reason: 'done', summary, warnings };
}
